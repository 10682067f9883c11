package dev.fleetwright.adapters.ssh;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Text of a host, made safe to show: a terminal or a page must find nothing in it to obey.
final class Printable {

  private static final int LONGEST_LINE = 500;
  private static final int MOST_LINES = 200;

  private Printable() {}

  /// One line: control characters and what changes the direction of text are gone, and it is cut
  /// where it is too long.
  static String line(@Nullable String text) {
    if (text == null) {
      return "";
    }
    var line =
        text.codePoints()
            .filter(Printable::harmless)
            .limit(LONGEST_LINE + 1)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .strip();
    return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line;
  }

  /// Several lines, the last ones when there are too many.
  static String lines(String text) {
    var lines = text.lines().map(Printable::line).filter(l -> !l.isEmpty()).toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - MOST_LINES))
        .collect(Collectors.joining("\n"));
  }

  private static boolean harmless(int c) {
    return c == '\t'
        || switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }
}
