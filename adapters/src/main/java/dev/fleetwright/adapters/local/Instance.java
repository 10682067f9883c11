package dev.fleetwright.adapters.local;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.adapters.process.HowToRun.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// One process of a component, from its start to its end.
///
/// It is known by [Born] and not by [Process], so an instance that an earlier keeper started is not
/// different from one of our own.
final class Instance {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);
  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(2);

  /// How long a program that is not probed must stay alive to be taken for well.
  static final Duration SETTLING = Duration.ofSeconds(1);

  private final Part part;
  private final HowToRun.Program program;
  private final Born born;
  private final int port;
  private final long start;
  private final long since;
  private final Set<Front.Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean wasWell;

  /// @param start the number of this start
  /// @param since when it was started or adopted, in the time of [System#nanoTime]
  Instance(Part part, HowToRun.Program program, Born born, int port, long start, long since) {
    this.part = part;
    this.program = program;
    this.born = born;
    this.port = port;
    this.start = start;
    this.since = since;
  }

  Part part() {
    return part;
  }

  HowToRun.Program program() {
    return program;
  }

  Born born() {
    return born;
  }

  int port() {
    return port;
  }

  long start() {
    return start;
  }

  boolean alive() {
    return born.alive();
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - since);
  }

  /// The connections that the front has open to it.
  Set<Front.Connection> connections() {
    return connections;
  }

  /// Whether it has ever been well.
  boolean wasWell() {
    return wasWell;
  }

  /// Ask it how it is; takes at most a few seconds.
  boolean well() {
    var well =
        alive()
            && switch (program.probe()) {
              case Probe.StaysAlive _ -> wasWell || age().compareTo(SETTLING) >= 0;
              case Probe.Tcp _ -> accepts();
              case Probe.Http(var path) -> answers(path);
            };
    wasWell |= well;
    return well;
  }

  /// Wait until it is well, or dead, or the time is over.
  boolean becomesWell() throws InterruptedException {
    while (alive() && age().compareTo(program.healthyWithin()) < 0) {
      if (well()) {
        return true;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return program.probe() instanceof Probe.StaysAlive && well();
  }

  /// A connection to it, on whichever of the two loopback addresses it listens.
  Socket connect(Duration patience) throws IOException {
    try {
      return connect("127.0.0.1", patience);
    } catch (IOException e) {
      try {
        return connect("::1", patience);
      } catch (IOException also) {
        e.addSuppressed(also);
        throw e;
      }
    }
  }

  private Socket connect(String loopback, Duration patience) throws IOException {
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral(loopback), port), (int) patience.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private boolean accepts() {
    try (var _ = connect(PROBE_PATIENCE)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private boolean answers(String path) {
    try (var socket = connect(PROBE_PATIENCE)) {
      socket.setSoTimeout((int) PROBE_PATIENCE.toMillis());
      var request =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: localhost:"
              + port
              + "\r\nUser-Agent: fleetwright\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      // RFC 9112, 4: `HTTP/1.1 200`; what follows is not looked at.
      var line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      return line.matches("HTTP/1\\.[01] [23]\\d\\d");
    } catch (IOException _) {
      return false;
    }
  }

  /// Let its callers finish, then end it: connections have [HowToRun.Program#stopWithin] to end,
  /// and the process has as long again after `TERM`, before `KILL`. Returns when it is dead.
  void drain() throws InterruptedException {
    var end = System.nanoTime() + program.stopWithin().toNanos();
    while (!connections.isEmpty() && alive() && System.nanoTime() - end < 0) {
      connections.forEach(Front.Connection::closeWhenIdle);
      Thread.sleep(BETWEEN_LOOKS);
    }
    end(born, program.stopWithin());
    connections.forEach(Front.Connection::close);
  }

  /// End a process and all of its group. Returns when it is dead.
  static void end(Born born, Duration patience) throws InterruptedException {
    if (born.alive()) {
      var group = "-" + born.pid();
      var one = Long.toString(born.pid());
      if (!signal("TERM", group)) {
        signal("TERM", one);
      }
      if (!awaitDeath(born, patience)) {
        if (!signal("KILL", group)) {
          signal("KILL", one);
        }
        awaitDeath(born, KILLED_WITHIN);
      }
    }
    endStragglers(born);
  }

  /// End what a dead process left of its group. The system gives the number of a process to no
  /// other one while it is the number of a group, so as long as there is anybody in it, they are
  /// ours.
  static void endStragglers(Born born) {
    if (born.thisBoot() && Born.of(born.pid()).isEmpty()) {
      signal("KILL", "-" + born.pid());
    }
  }

  private static boolean awaitDeath(Born born, Duration patience) throws InterruptedException {
    var end = System.nanoTime() + patience.toNanos();
    while (born.alive()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return true;
  }

  /// The JDK can signal a process and not a group; the shell can.
  ///
  /// @return whether there was anybody to signal
  private static boolean signal(String name, String whom) {
    var command = List.of("/bin/sh", "-c", "kill -s \"$1\" -- \"$2\"", "sh", name, whom);
    try {
      var kill =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException("signalling process " + whom, e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static Path log(Path logs, String component, long start) {
    return logs.resolve(component + "." + start + ".log");
  }
}
