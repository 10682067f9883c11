package dev.fleetwright.adapters.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Which process listens on a port, as far as `/proc` tells an ordinary user.
final class PortOwner {

  private static final String LISTENING = "0A";

  private PortOwner() {}

  /// For the end of a sentence: `; process 4711 (nginx) listens on it`, or nothing when it is not
  /// known.
  static String words(int port) {
    return of(port).map(who -> "; " + who + " listens on it").orElse("");
  }

  private static Optional<String> of(int port) {
    var sockets = new HashSet<String>();
    try {
      for (var table : Set.of("/proc/net/tcp", "/proc/net/tcp6")) {
        if (Files.exists(Path.of(table))) {
          for (var line : Files.readAllLines(Path.of(table))) {
            // proc(5): local address, remote address, state … inode is the tenth word.
            var words = line.strip().split("\\s+", -1);
            if (words.length > 9
                && words[3].equals(LISTENING)
                && words[1].endsWith(":%04X".formatted(port))) {
              sockets.add("socket:[" + words[9] + "]");
            }
          }
        }
      }
      return sockets.isEmpty() ? Optional.empty() : holder(sockets);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> holder(Set<String> sockets) {
    return ProcessHandle.allProcesses()
        .filter(process -> holds(process.pid(), sockets))
        .findFirst()
        .map(process -> "process " + process.pid() + " (" + command(process.pid()) + ")");
  }

  private static boolean holds(long pid, Set<String> sockets) {
    try (var open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (var one : open) {
        if (Files.isSymbolicLink(one) && sockets.contains(Files.readSymbolicLink(one).toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException | java.nio.file.DirectoryIteratorException _) {
      // Another user's, or just ended.
      return false;
    }
  }

  private static String command(long pid) {
    try {
      return new String(
              Files.readAllBytes(Path.of("/proc/" + pid + "/comm")), StandardCharsets.UTF_8)
          .strip();
    } catch (IOException _) {
      return "ended since";
    }
  }
}
