package dev.fleetwright.server.ui;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.server.ui.LogView.Search;
import dev.fleetwright.server.ui.LogView.Search.Hit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Looks for a text in a log, from a place on, without regard to upper and lower case. It reads as
/// far as there is time for, and says where it ended, so that neither a large log nor a frequent
/// word makes a page wait long.
final class LogSearch {

  private static final int MOST_HITS = 100;
  private static final Duration MOST_TIME = Duration.ofSeconds(2);
  private static final int PART = 1 << 20;
  private static final int SHOWN = 400;

  private final LogStore logs;

  LogSearch(LogStore logs) {
    this.logs = logs;
  }

  /// @param page where the lines are linked to
  /// @param text what a line has to have; not empty
  /// @param from where a line begins
  Search find(LogName name, String page, String text, long from) {
    var until = System.nanoTime() + MOST_TIME.toNanos();
    var wanted = text.toLowerCase(Locale.ROOT);
    var hits = new ArrayList<Hit>();
    var at = from;
    while (true) {
      var bytes = logs.read(name, at, PART);
      if (bytes.length == 0) {
        return new Search(text, words(text, hits.size(), true, ""), hits, "");
      }
      for (var begin = 0; begin < bytes.length; ) {
        var end = begin;
        while (end < bytes.length && bytes[end] != '\n') {
          end++;
        }
        if (end == bytes.length && bytes.length == PART && begin > 0) {
          // The rest of the line is in the next part. A longer line than a part is looked at in
          // pieces.
          break;
        }
        var line = LogText.plain(bytes, begin, end - begin);
        var found = line.toLowerCase(Locale.ROOT).indexOf(wanted);
        if (found >= 0) {
          hits.add(
              new Hit(
                  "%s?at=%d&find=%s#b%d".formatted(page, at, Paths.encoded(text), at),
                  excerpt(line, found)));
        }
        at += end - begin + (end < bytes.length ? 1 : 0);
        begin = end + 1;
        if (hits.size() == MOST_HITS) {
          return more(page, text, hits, at, name);
        }
      }
      if (System.nanoTime() > until) {
        return more(page, text, hits, at, name);
      }
    }
  }

  private Search more(String page, String text, List<Hit> hits, long at, LogName name) {
    var seen = "looked at %s of %s".formatted(LogParts.size(at), LogParts.size(logs.size(name)));
    return new Search(
        text,
        words(text, hits.size(), false, seen),
        hits,
        "%s?find=%s&after=%d".formatted(page, Paths.encoded(text), at));
  }

  private static String words(String text, int hits, boolean all, String seen) {
    var lines =
        switch (hits) {
          case 0 -> "no line has";
          case 1 -> "1 line has";
          default -> hits + " lines have";
        };
    return "%s `%s`%s".formatted(lines, text, all ? "" : "; " + seen);
  }

  private static String excerpt(String line, int found) {
    var begin = line.length() <= SHOWN ? 0 : Math.max(0, found - SHOWN / 4);
    var end = Math.min(line.length(), begin + SHOWN);
    return (begin > 0 ? "…" : "") + line.substring(begin, end) + (end < line.length() ? "…" : "");
  }
}
