package dev.fleetwright.testkit.history;

import java.util.HashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// I6: what targets print while they work. Targets of tests number their lines for each attempt, as
/// [#text] writes them.
public final class Lines {

  private static final Pattern NUMBERED =
      Pattern.compile("order (\\S+) attempt (\\d+) line (\\d+)");

  private Lines() {}

  /// The text of a line.
  ///
  /// @param attempt from 1, counted by the target for each order
  /// @param line from 1, for each attempt
  public static String text(Object order, int attempt, int line) {
    return "order %s attempt %d line %d".formatted(order, attempt, line);
  }

  static void check(History history, Consumer<String> violation) {
    history
        .logs()
        .forEach((deploy, log) -> {
          var last = new HashMap<String, Integer>();
          for (var line : log.split("\n", -1)) {
            var numbered = NUMBERED.matcher(line);
            if (numbered.find()) {
              var attempt = numbered.group(1) + " attempt " + numbered.group(2);
              var number = Integer.parseInt(numbered.group(3));
              var before = last.getOrDefault(attempt, 0);
              if (number != before + 1) {
                violation.accept(
                    "in the log of deploy %d line %d of %s follows line %d"
                        .formatted(deploy, number, attempt, before));
              }
              last.put(attempt, number);
            }
          }
          for (var secret : history.secrets()) {
            if (log.contains(secret)) {
              violation.accept("the log of deploy %d holds a secret".formatted(deploy));
            }
          }
        });
  }
}
