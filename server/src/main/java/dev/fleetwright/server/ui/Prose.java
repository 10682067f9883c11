package dev.fleetwright.server.ui;

import java.util.ArrayList;
import java.util.List;

/// A sentence in which code stands between backticks, as our messages have it.
record Prose(List<Piece> pieces) {

  Prose {
    pieces = List.copyOf(pieces);
  }

  record Piece(boolean code, String text) {}

  /// Backticks that do not come in pairs stay as they are.
  static Prose of(String text) {
    var pieces = new ArrayList<Piece>();
    var at = 0;
    while (at < text.length()) {
      var begin = text.indexOf('`', at);
      var end = begin < 0 ? -1 : text.indexOf('`', begin + 1);
      if (end < 0) {
        pieces.add(new Piece(false, text.substring(at)));
        break;
      }
      if (begin > at) {
        pieces.add(new Piece(false, text.substring(at, begin)));
      }
      if (end > begin + 1) {
        pieces.add(new Piece(true, text.substring(begin + 1, end)));
      }
      at = end + 1;
    }
    return new Prose(pieces);
  }
}
