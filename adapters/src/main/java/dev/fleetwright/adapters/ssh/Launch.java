package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.adapters.process.HowToRun.Probe;
import dev.fleetwright.adapters.process.HowToRun.Program;
import dev.fleetwright.core.target.Place;
import java.util.regex.MatchResult;

/// What a host is given to run a component: a script that becomes its process, and what the host's
/// agent has to know of it.
final class Launch {

  private Launch() {}

  /// The script. A POSIX shell reads it in the folder of the component's files, with the variables
  /// of the host already set.
  static String script(String component, Program program, Place place) {
    var script =
        new StringBuilder(
            "# Written by Fleetwright: the environment and the command of a component.\n");
    export(script, "FLEETWRIGHT_PROJECT", place.project().value());
    export(script, "FLEETWRIGHT_ENVIRONMENT", place.environment().value());
    export(script, "FLEETWRIGHT_COMPONENT", component);
    program.variables().forEach((name, value) -> export(script, name, value));
    script.append("exec");
    program.command().forEach(word -> script.append(' ').append(withVariables(word)));
    return script.append('\n').toString();
  }

  private static void export(StringBuilder script, String name, String value) {
    script.append("export ").append(name).append('=').append(ShellWord.quote(value)).append('\n');
  }

  /// `${NAME}` becomes an expansion between double quotes, which the shell expands once and never
  /// splits; everything else is quoted.
  private static String withVariables(String word) {
    var out = new StringBuilder();
    var at = 0;
    for (var variable : HowToRun.VARIABLE.matcher(word).results().toList()) {
      out.append(literal(word, at, variable))
          .append("\"${")
          .append(variable.group(1))
          .append("}\"");
      at = variable.end();
    }
    var rest = word.substring(at);
    return out.append(rest.isEmpty() && at > 0 ? "" : ShellWord.quote(rest)).toString();
  }

  private static String literal(String word, int from, MatchResult next) {
    return next.start() == from ? "" : ShellWord.quote(word.substring(from, next.start()));
  }

  /// What the host's agent has to know, in lines of words: how to ask whether it is well, where it
  /// listens (`any` leaves the choice to the host), and how many seconds it may take to end.
  static String about(Program program) {
    var port = program.port().orElse(0);
    return "probe "
        + words(program.probe())
        + "\nport "
        + (port > 0 ? Integer.toString(port) : program.listens() ? "any" : "none")
        + "\nstop "
        + Math.max(1, program.stopWithin().toSeconds())
        + "\n";
  }

  /// A probe as the agent keeps it.
  static String words(Probe probe) {
    return switch (probe) {
      case Probe.StaysAlive _ -> "none";
      case Probe.Tcp _ -> "tcp";
      case Probe.Http(var path) -> "http " + path;
    };
  }

  /// Read what [#words] wrote.
  static Probe probe(String words) {
    if (words.startsWith("http /")) {
      return new Probe.Http(words.substring("http ".length()));
    }
    return words.equals("tcp") ? new Probe.Tcp() : new Probe.StaysAlive();
  }
}
