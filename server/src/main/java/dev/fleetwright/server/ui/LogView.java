package dev.fleetwright.server.ui;

import java.util.List;

/// A log, or a part of one.
///
/// @param id unique on the page
/// @param page where its lines are linked to; empty when they cannot be
/// @param more where the part after this one is fetched; empty when it does not grow
/// @param raw where all of it is, as plain text; empty when there is nothing
/// @param search what was looked for in it, and found
record LogView(
    String id,
    String page,
    List<Line> lines,
    String more,
    String raw,
    Around around,
    Search search) {

  LogView {
    lines = List.copyOf(lines);
  }

  /// Lines on their own.
  static LogView part(String page, List<Line> lines, String more) {
    return new LogView("", page, lines, more, "", Around.NOTHING, Search.NONE);
  }

  boolean grows() {
    return !more.isEmpty();
  }

  /// @param at where it begins in the log, in bytes; below 0 when it cannot be linked to
  /// @param origin when it was printed, and the host and component that printed it; may be empty
  record Line(long at, String origin, List<Run> runs, Fold fold) {
    Line {
      runs = List.copyOf(runs);
    }

    String anchor() {
      return at < 0 ? "" : "b" + at;
    }

    /// What it is called where it is linked to.
    String mark() {
      return origin.isEmpty() ? "#" : origin;
    }

    Line from(String origin) {
      return new Line(at, origin, runs, fold);
    }
  }

  /// Text of one colour.
  ///
  /// @param css classes of the stylesheet; may be empty
  record Run(String css, String text) {}

  /// What a line has to do with a section, a part of the log that can be folded.
  sealed interface Fold {

    /// Nothing.
    record No() implements Fold {}

    /// It is its title.
    ///
    /// @param second of the Unix time
    /// @param folded from the beginning
    record Begin(String section, long second, boolean folded) implements Fold {}

    /// It ends it, and says nothing.
    record End(String section, long second) implements Fold {}

    Fold NO = new No();
  }

  /// The rest of a long log, of which a part is shown.
  ///
  /// @param words how much of it this is; empty when it is all
  record Around(String words, List<Link> links) {
    static final Around NOTHING = new Around("", List.of());

    Around {
      links = List.copyOf(links);
    }
  }

  /// @param text empty when nothing is looked for
  /// @param more where it is looked for on from where this ended; empty when that was the end
  record Search(String text, String words, List<Hit> hits, String more) {
    static final Search NONE = new Search("", "", List.of(), "");

    Search {
      hits = List.copyOf(hits);
    }

    /// A line in which it is.
    record Hit(String href, String text) {}
  }
}
