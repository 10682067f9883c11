package dev.fleetwright.adapters.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/// What components printed: a file for each start, `web.12.log`, and where that grew too large, the
/// part before in `web.12.log.old`.
///
/// A program writes straight into its file, so it neither waits for the keeper nor ends with it.
/// That is why the file is cut under its hands instead of being renamed.
final class Output {

  /// When a file is cut. What is printed between two looks comes on top.
  private static final long LARGEST = 4 << 20;

  private static final int STARTS_KEPT = 3;
  private static final int BLOCK = 64 << 10;

  /// A component may have dots in its name, a start has none.
  private static final Pattern NAME = Pattern.compile("(.+)\\.(\\d+)\\.log(\\.old)?");

  private Output() {}

  private record Start(String component, long number, Path file) {}

  /// Cut what has grown too large.
  static void cut(Path logs) throws IOException {
    for (var start : starts(logs)) {
      if (Files.size(start.file()) > LARGEST) {
        cutOne(start.file());
      }
    }
  }

  // Lines printed between the copy and the cut are lost: few, and only of a program that has just
  // printed four megabytes.
  private static void cutOne(Path file) throws IOException {
    var old = old(file);
    var part = file.resolveSibling(file.getFileName() + ".part");
    try (var log = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var copy =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      var from = Math.max(0, log.size() - LARGEST);
      log.transferTo(from, LARGEST, copy);
      Files.move(part, old, StandardCopyOption.ATOMIC_MOVE);
      log.truncate(0);
    }
  }

  /// Begin the keeper's own log anew when it has grown too large.
  static void drop(Path log) throws IOException {
    if (Files.exists(log) && Files.size(log) > LARGEST) {
      try (var channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
    }
  }

  /// Keep the last starts of these components and nothing of others.
  static void sweep(Path logs, Collection<String> components) throws IOException {
    for (var component : starts(logs).stream().map(Start::component).distinct().toList()) {
      var keep = components.contains(component) ? STARTS_KEPT : 0;
      for (var start : newestFirst(logs, component).stream().skip(keep).toList()) {
        Files.deleteIfExists(start.file());
        Files.deleteIfExists(old(start.file()));
      }
    }
  }

  /// The last lines of a component, from its last start back, oldest first.
  static List<String> last(Path logs, String component, int lines) throws IOException {
    List<String> found = new ArrayList<>();
    for (var start : newestFirst(logs, component)) {
      if (found.size() < lines) {
        found.addAll(0, last(logs, component, start.number(), lines - found.size()));
      }
    }
    return found;
  }

  /// The last lines of one start, oldest first; empty where it printed nothing or left no log.
  static List<String> last(Path logs, String component, long start, int lines) {
    var file = Instance.log(logs, component, start);
    try {
      var found = new ArrayList<>(tail(file, lines));
      if (found.size() < lines && Files.exists(old(file))) {
        found.addAll(0, tail(old(file), lines - found.size()));
      }
      return found;
    } catch (IOException _) {
      return List.of();
    }
  }

  /// Reads at most one block for each hundred lines asked for, however long the lines are.
  private static List<String> tail(Path file, int lines) throws IOException {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      var room = Math.min(LARGEST, (long) BLOCK * (1 + lines / 100));
      var from = Math.max(0, log.length() - room);
      log.seek(from);
      var bytes = new byte[(int) (log.length() - from)];
      log.readFully(bytes);
      var text = new String(bytes, StandardCharsets.UTF_8);
      // The first line is cut somewhere, unless the file begins with it.
      var all = text.lines().skip(from > 0 && text.contains("\n") ? 1 : 0).toList();
      return all.subList(Math.max(0, all.size() - lines), all.size());
    }
  }

  private static List<Start> newestFirst(Path logs, String component) throws IOException {
    return starts(logs).stream()
        .filter(s -> s.component().equals(component))
        .sorted(Comparator.comparingLong(Start::number).reversed())
        .toList();
  }

  private static List<Start> starts(Path logs) throws IOException {
    var starts = new ArrayList<Start>();
    try (var all = Files.newDirectoryStream(logs, "*.log")) {
      for (var file : all) {
        var name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          starts.add(new Start(name.group(1), Long.parseLong(name.group(2)), file));
        }
      }
    } catch (NoSuchFileException _) {
      // Nothing has been started yet.
    }
    return starts;
  }

  private static Path old(Path file) {
    return file.resolveSibling(file.getFileName() + ".old");
  }
}
