package dev.fleetwright.cli;

import dev.fleetwright.api.Json;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where a command says its result: for people, or with `--json` as one JSON document.
final class Output {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print one JSON document, for programs.")
  private boolean json;

  boolean json() {
    return json;
  }

  /// Say the result.
  ///
  /// @param value what programs get
  /// @param lines what people read
  void result(Object value, List<String> lines) {
    if (json) {
      spec.commandLine().getOut().println(Json.pretty(value));
    } else {
      lines.forEach(this::line);
    }
  }

  /// Say one line to people; programs do not get it.
  void line(String text) {
    if (!json) {
      spec.commandLine().getOut().println(text);
    }
  }

  /// Print as it is, without an end of line.
  void raw(String text) {
    var out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
