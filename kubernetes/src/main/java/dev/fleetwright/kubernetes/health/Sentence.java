package dev.fleetwright.kubernetes.health;

import java.util.List;

/// What a check says, with pieces that are CEL: `its phase is {status.phase}`.
record Sentence(List<Piece> pieces) {

  sealed interface Piece {
    record Text(String text) implements Piece {}

    record Asked(RuleProgram program) implements Piece {}
  }

  /// A controller's message may be a whole log.
  private static final int LONGEST = 1_000;

  String of(RuleInput input) {
    var text = new StringBuilder();
    for (var piece : pieces) {
      text.append(
          switch (piece) {
            case Piece.Text(var plain) -> plain;
            case Piece.Asked(var program) -> program.text(input);
          });
    }
    var whole = text.toString().strip();
    return whole.length() > LONGEST ? whole.substring(0, LONGEST) + "…" : whole;
  }
}
