package dev.fleetwright.server.ui;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.target.Logs;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.ui.LogView.Around;
import dev.fleetwright.server.ui.LogView.Line;
import dev.fleetwright.server.ui.LogView.Search;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Shows logs: the end of a long one at once, what comes next as soon as it is there, and any other
/// part by where it begins. A place in a log is an offset in bytes, so it costs the same to go to
/// at the end of a gigabyte as at its beginning.
final class LogParts {

  private static final int SHOWN_AT_ONCE = 128 << 10;
  private static final int PART = 64 << 10;

  /// So much is shown before the line that was asked for.
  private static final int BEFORE = 4 << 10;

  /// How long a request for more waits for it. Shorter than the idle times of proxies.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final LogStore logs;
  private final LogSearch search;

  LogParts(LogStore logs) {
    this.logs = logs;
    this.search = new LogSearch(logs);
  }

  /// What a page asks of a log.
  ///
  /// @param at where the line begins that is to be shown; below 0 for the end of the log
  /// @param find what is looked for; empty for nothing
  /// @param from where looking begins
  record Wish(long at, String find, long from) {

    static final Wish THE_END = new Wish(-1, "", 0);

    private static final int LONGEST = 200;

    static Wish of(Call call) {
      var find = call.query("find").orElse("").strip();
      return new Wish(
          call.queryNumber("at").orElse(-1),
          find.length() > LONGEST ? find.substring(0, LONGEST) : find,
          call.queryNumber("after").orElse(0));
    }

    /// As it was asked, to be added to a path.
    String query() {
      var parts = new ArrayList<String>();
      if (at >= 0) {
        parts.add("at=" + at);
      }
      if (!find.isEmpty()) {
        parts.add("find=" + Paths.encoded(find));
      }
      if (from > 0) {
        parts.add("after=" + from);
      }
      return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }
  }

  /// A log as a page shows it.
  ///
  /// @param page where the page is; the part after this one is asked for below it, at `/log`
  /// @param grows whether more may come
  /// @param raw where all of it is, as plain text
  LogView shown(LogName name, String page, Wish wish, boolean grows, String raw) {
    var size = logs.size(name);
    var found =
        wish.find().isEmpty() ? Search.NONE : search.find(name, page, wish.find(), wish.from());
    return wish.at() >= 0 && wish.at() < size
        ? around(name, page, wish.at(), size, grows, raw, found)
        : end(name, page, size, grows, raw, found);
  }

  private LogView end(
      LogName name, String page, long size, boolean grows, String raw, Search found) {
    var from = Math.max(0, size - SHOWN_AT_ONCE);
    var bytes = logs.read(name, from, SHOWN_AT_ONCE);
    // Begin with a whole line, and leave a line that is not whole yet to the next part.
    var begin = from == 0 ? 0 : after(bytes, (byte) '\n', 0);
    var end = Math.max(begin, grows ? lastLine(bytes) : bytes.length);
    var part = read(name, bytes, from, begin, end, LogText.START);
    return new LogView(
        "log-" + name + (grows ? "-live" : "-whole"),
        page,
        part.lines(),
        grows ? more(page, from + end, part.style()) : "",
        size == 0 && !grows ? "" : raw,
        from == 0
            ? Around.NOTHING
            : new Around(
                "the last %s of %s".formatted(size(end - begin), size(size)),
                List.of(beginning(page), earlier(page, from + begin))),
        found);
  }

  private LogView around(
      LogName name, String page, long at, long size, boolean grows, String raw, Search found) {
    var from = Math.max(0, at - BEFORE);
    var bytes = logs.read(name, from, SHOWN_AT_ONCE);
    var begin = from == 0 ? 0 : Math.min(after(bytes, (byte) '\n', 0), (int) (at - from));
    var whole = lastLine(bytes);
    var toTheEnd = from + bytes.length >= size && !grows;
    var end = toTheEnd || whole <= begin ? bytes.length : whole;
    var part = read(name, bytes, from, begin, end, LogText.START);
    var links = new ArrayList<Link>();
    if (from + begin > 0) {
      links.add(beginning(page));
      links.add(earlier(page, from + begin));
    }
    if (from + end < size) {
      links.add(new Link("later", page + "?at=" + (from + end) + "#log-title"));
    }
    links.add(new Link("end", page + "#log-title"));
    return new LogView(
        "log-" + name + "-at-" + at,
        page,
        part.lines(),
        "",
        raw,
        new Around(
            "from %s to %s of %s".formatted(size(from + begin), size(from + end), size(size)),
            links),
        found);
  }

  private static Link beginning(String page) {
    return new Link("beginning", page + "?at=0#log-title");
  }

  private static Link earlier(String page, long begin) {
    return new Link(
        "earlier", page + "?at=" + Math.max(0, begin - SHOWN_AT_ONCE + BEFORE) + "#log-title");
  }

  /// What follows an offset; waits for it for a while.
  ///
  /// @param page where the page is that shows the log
  LogView next(LogName name, String page, long from, String style, boolean grows)
      throws InterruptedException {
    var bytes = logs.read(name, from, PART);
    var end = whole(bytes, grows);
    if (end == 0 && grows) {
      logs.await(name, from + bytes.length, PATIENCE);
      bytes = logs.read(name, from, PART);
      end = whole(bytes, true);
    }
    var part = read(name, bytes, from, 0, end, style);
    var more = grows || bytes.length == PART;
    return LogView.part(page, part.lines(), more ? more(page, from + end, part.style()) : "");
  }

  /// @param from where the bytes begin in the log
  private LogText.Part read(
      LogName name, byte[] bytes, long from, int begin, int end, String style) {
    var part = LogText.read(Arrays.copyOfRange(bytes, begin, end), from + begin, style);
    var moments = logs.moments(name, from + begin, from + end);
    if (moments.isEmpty()) {
      return part;
    }
    var dated = new ArrayList<Line>();
    var latest = 0;
    for (var line : part.lines()) {
      while (latest + 1 < moments.size() && moments.get(latest + 1).offset() <= line.at()) {
        latest++;
      }
      dated.add(
          line.at() < 0 || !line.origin().isEmpty() || moments.get(latest).offset() > line.at()
              ? line
              : line.from(TIME.format(moments.get(latest).at())));
    }
    return new LogText.Part(dated, part.style());
  }

  /// How much of a part is whole lines. A line longer than a part is cut.
  private static int whole(byte[] bytes, boolean grows) {
    var lines = lastLine(bytes);
    return (!grows && bytes.length < PART) || (lines == 0 && bytes.length == PART)
        ? bytes.length
        : lines;
  }

  private static int after(byte[] bytes, byte wanted, int otherwise) {
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i + 1;
      }
    }
    return otherwise;
  }

  private static int lastLine(byte[] bytes) {
    for (var i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }

  private static String more(String page, long from, String style) {
    return page + "/log?from=" + from + (style.isEmpty() ? "" : "&style=" + Paths.encoded(style));
  }

  /// For people.
  static String size(long bytes) {
    return bytes < 1 << 20
        ? "%d kB".formatted(bytes >> 10)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1048576.0);
  }

  /// Lines of components, each with where it comes from.
  static LogView of(List<Logs.Line> lines) {
    return LogView.part(
        "",
        lines.stream()
            .flatMap(line ->
                LogText.read(line.text().getBytes(StandardCharsets.UTF_8), -1, LogText.START)
                    .lines()
                    .stream()
                    .map(read -> read.from(line.host())))
            .toList(),
        "");
  }
}
