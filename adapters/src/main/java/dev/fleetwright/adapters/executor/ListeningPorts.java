package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// On which ports a process listens, as the kernel tells for its network: nothing has to be in its
/// image for that, nor has this machine to reach it.
final class ListeningPorts {

  private static final String LISTENS = "0A"; // TCP_LISTEN of the kernel's tcp_states.h

  private ListeningPorts() {}

  /// Ports that others than the process's own machine can reach.
  ///
  /// @return empty where the kernel does not tell: it is no Linux, or the engine is elsewhere
  static Optional<Set<Integer>> of(long pid) {
    var ports = new HashSet<Integer>();
    var told = false;
    for (var table : List.of("tcp", "tcp6")) {
      try {
        Files.readString(Path.of("/proc", Long.toString(pid), "net", table), US_ASCII)
            .lines()
            .skip(1)
            .forEach(line -> add(line.strip().split("\\s+", -1), ports));
        told = true;
      } catch (IOException _) {
        // A kernel without IPv6 has no tcp6.
      }
    }
    return told ? Optional.of(ports) : Optional.empty();
  }

  private static void add(String[] socket, Set<Integer> ports) {
    if (socket.length < 4 || !socket[3].equals(LISTENS)) {
      return;
    }
    var address = socket[1].substring(0, socket[1].indexOf(':'));
    // 127.0.0.1, ::ffff:127.0.0.1 and ::1, written as the machine's own integers.
    var ownMachine =
        address.endsWith("0100007F") || address.equals("00000000000000000000000001000000");
    if (!ownMachine) {
      ports.add(Integer.parseInt(socket[1].substring(socket[1].indexOf(':') + 1), 16));
    }
  }
}
