package dev.fleetwright.server.ui;

import java.util.List;

/// A log, or the next part of one.
///
/// @param id unique on the page
/// @param more where the part after this one is fetched; empty when the log is complete
/// @param earlier how much was left out before this part, for people; may be empty
/// @param raw where all of it is, as plain text
record LogView(String id, List<Line> lines, String more, String earlier, String raw) {

  LogView {
    lines = List.copyOf(lines);
  }

  boolean grows() {
    return !more.isEmpty();
  }

  /// @param origin the host and component that printed it; may be empty
  record Line(String origin, List<Run> runs) {
    Line {
      runs = List.copyOf(runs);
    }
  }

  /// Text of one colour.
  ///
  /// @param css classes of the stylesheet; may be empty
  record Run(String css, String text) {}
}
