package dev.fleetwright.adapters.executor;

import java.util.List;

/// What a shell is given to run, in the way of GitLab's runner: each line is shown in green before
/// it runs, and the first that fails ends the script.
///
/// Only what the job's author wrote is in it. Variables are in the environment: a value can
/// therefore not become a part of the script, whatever it holds.
final class ShellScript {

  private static final String GREEN = "\u001b[32;1m";
  private static final String PLAIN = "\u001b[0;m";

  private ShellScript() {}

  /// @param lines one command each; one of several lines is shown by its first
  static String of(List<String> lines) {
    var script =
        new StringBuilder(
            """
            set -e
            if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi
            """);
    for (var line : lines) {
      var command = line.stripTrailing();
      var first = command.lines().findFirst().orElse("");
      var shown = command.contains("\n") ? first + " # collapsed multi-line command" : first;
      script.append("printf '%s\\n' ").append(quoted(GREEN + "$ " + shown + PLAIN)).append('\n');
      script.append(command).append('\n');
    }
    return script.toString();
  }

  /// One word for a shell, whatever it holds.
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
