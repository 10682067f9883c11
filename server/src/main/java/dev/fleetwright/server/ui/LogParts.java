package dev.fleetwright.server.ui;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Shows logs: the end of a long one at once, and what comes next as soon as it is there.
final class LogParts {

  private static final int SHOWN_AT_ONCE = 128 << 10;
  private static final int PART = 64 << 10;

  /// How long a request for more waits for it. Shorter than the idle times of proxies.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final LogStore logs;

  LogParts(LogStore logs) {
    this.logs = logs;
  }

  /// The log as far as it is there.
  ///
  /// @param path where the next part is asked for
  /// @param grows whether more may come
  /// @param raw where all of it is, as plain text
  LogView all(LogName name, String path, boolean grows, String raw) {
    var size = logs.size(name);
    var from = Math.max(0, size - SHOWN_AT_ONCE);
    var bytes = logs.read(name, from, SHOWN_AT_ONCE);
    // Begin with a whole line, and leave a line that is not whole yet to the next part.
    var begin = from == 0 ? 0 : after(bytes, (byte) '\n', 0);
    var end = grows ? lastLine(bytes) : bytes.length;
    if (end < begin) {
      end = begin;
    }
    var part = LogText.read(Arrays.copyOfRange(bytes, begin, end), LogText.START);
    return new LogView(
        "log-" + name + (grows ? "-live" : "-whole"),
        part.lines(),
        grows ? more(path, from + end, part.style()) : "",
        from == 0 ? "" : "The first %s are only in the plain text.".formatted(size(from + begin)),
        size == 0 && !grows ? "" : raw);
  }

  /// What follows an offset; waits for it for a while.
  ///
  /// @param path where the part after this one is asked for
  LogView next(LogName name, String path, long from, String style, boolean grows)
      throws InterruptedException {
    var bytes = logs.read(name, from, PART);
    var end = whole(bytes, grows);
    if (end == 0 && grows) {
      logs.await(name, from + bytes.length, PATIENCE);
      bytes = logs.read(name, from, PART);
      end = whole(bytes, true);
    }
    var part = LogText.read(Arrays.copyOf(bytes, end), style);
    var more = grows || bytes.length == PART;
    return new LogView("", part.lines(), more ? more(path, from + end, part.style()) : "", "", "");
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

  private static String more(String path, long from, String style) {
    return path + "?from=" + from + (style.isEmpty() ? "" : "&style=" + Paths.encoded(style));
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? "%d kB".formatted(bytes >> 10)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1048576.0);
  }

  /// Lines of components, each with where it comes from.
  static LogView of(List<dev.fleetwright.core.target.Logs.Line> lines) {
    return new LogView(
        "",
        lines.stream()
            .flatMap(line ->
                LogText.read(
                        line.text().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        LogText.START)
                    .lines()
                    .stream()
                    .map(read -> new LogView.Line(line.host(), read.runs())))
            .toList(),
        "",
        "",
        "");
  }
}
