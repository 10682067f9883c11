package dev.fleetwright.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// How things look on a terminal.
final class Terminal {

  // Everything that could move the cursor, set the title, write the clipboard or hide text: control
  // characters but tab, C1, and the bidirectional overrides. Colours in logs go too: a log line is
  // shown among ours.
  private static final Pattern ESCAPES =
      Pattern.compile("\\x1b(\\[[0-9;?]*[ -/]*[@-~]|[\\]PX^_][^\\x07\\x1b]*(\\x07|\\x1b\\\\)?|.)?");
  private static final Pattern CONTROLS =
      Pattern.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]");

  // Where a job's log folds, in GitLab's form; only pages can fold.
  private static final Pattern FOLDS =
      Pattern.compile("section_(?:start|end):\\d+:[A-Za-z0-9_.-]+(?:\\[[^\\]]*])?\\r");

  private Terminal() {}

  /// A part of a log, harmless to print.
  static String log(String text) {
    return clean(FOLDS.matcher(text).replaceAll(""));
  }

  /// Text of others, harmless to print.
  static String clean(String text) {
    return CONTROLS.matcher(ESCAPES.matcher(text).replaceAll("")).replaceAll("");
  }

  /// `12 s`, `3 min`, `2 h`, `5 days`.
  static String ago(Instant then) {
    return words(Duration.between(then, Instant.now())) + " ago";
  }

  static String words(Duration duration) {
    var seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    } else if (seconds < 3600) {
      return seconds / 60 + " min";
    } else if (seconds < 48 * 3600) {
      return seconds / 3600 + " h";
    } else {
      return seconds / 86_400 + " days";
    }
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static String orDash(Optional<String> text) {
    return text.map(Terminal::clean).orElse("-");
  }

  /// Rows in columns, each as wide as its widest cell.
  static List<String> table(List<List<String>> rows) {
    var widths = new ArrayList<Integer>();
    for (var row : rows) {
      for (var i = 0; i < row.size(); i++) {
        var width = row.get(i).length();
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    return rows.stream()
        .map(row -> {
          var line = new StringBuilder();
          for (var i = 0; i < row.size(); i++) {
            var cell = row.get(i);
            line.append(cell);
            if (i < row.size() - 1) {
              line.repeat(" ", widths.get(i) - cell.length() + 2);
            }
          }
          return line.toString();
        })
        .toList();
  }
}
