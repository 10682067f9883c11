package dev.fleetwright.cli;

import java.io.Console;
import java.util.Optional;

/// Asks a person at the terminal.
final class Question {

  private Question() {}

  /// Whether the answer is yes. Without a terminal nobody can answer, and that is a refusal rather
  /// than a yes.
  static boolean yes(String question) {
    var answer =
        terminal()
            .orElseThrow(() ->
                new Refusal(
                    ExitCode.REFUSED,
                    "there is no terminal to ask \"" + question + "\" on; give --yes"))
            .readLine("%s [y/N] ", question);
    return answer != null && answer.strip().matches("(?i)y(es)?");
  }

  /// The terminal that a person sits at, if there is one.
  static Optional<Console> terminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }
}
