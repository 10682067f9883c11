package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.process.HowToRun.Probe;
import dev.fleetwright.adapters.ssh.Connection.Call;
import dev.fleetwright.adapters.ssh.HostView.Running;
import dev.fleetwright.adapters.ssh.HostView.State;
import dev.fleetwright.core.target.Health;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Tells how the processes of one host are. Ports are called through the SSH connection, so a host
/// needs no program for it and the port need not be open to the world; where the host does not let
/// us, its agent asks.
final class HealthCheck {

  /// How long one call may take.
  private static final Duration CALL = Duration.ofSeconds(3);

  /// A process without a probe is healthy when it has stayed for so many seconds.
  private static final int STAYS = 1;

  /// After so many ends in a row there is no point in waiting for more.
  private static final int HOPELESS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})( .*)?");

  /// How one is.
  ///
  /// @param words such as `answers /healthz with 503`
  record Finding(Health health, String words) {}

  private final HostAgent agent;

  HealthCheck(HostAgent agent) {
    this.agent = agent;
  }

  /// How one process is at this moment.
  Finding of(Running running) throws IOException {
    return switch (running.state()) {
      case DOWN -> new Finding(Health.DOWN, "is not running");
      case WAITING ->
          new Finding(
              Health.FAILING, "ended " + running.restarts() + " times and will be started again");
      case UP -> {
        var probed = probed(running);
        yield probed.health() != Health.HEALTHY && running.keepsEnding()
            ? new Finding(Health.FAILING, "keeps ending: " + running.restarts() + " times by now")
            : probed;
      }
    };
  }

  private Finding probed(Running running) throws IOException {
    return switch (running.probe()) {
      case Probe.StaysAlive _ ->
          running.restarts() > 0 && running.keepsEnding()
              ? new Finding(Health.FAILING, "keeps ending: " + running.restarts() + " times by now")
              : running.age() < STAYS
                  ? new Finding(Health.STARTING, "has just been started")
                  : new Finding(Health.HEALTHY, "is up");
      case Probe.Tcp _ -> tcp(running);
      case Probe.Http(var path) -> http(running, path);
    };
  }

  private Finding tcp(Running running) throws IOException {
    return switch (agent.connection().call(running.port(), "", CALL)) {
      case Call.Answered _ -> new Finding(Health.HEALTHY, "accepts connections");
      case Call.NobodyThere _ -> silent(running);
      case Call.NotAllowed _ ->
          agent.probe(running.port(), Optional.empty()).equals("open")
              ? new Finding(Health.HEALTHY, "accepts connections")
              : silent(running);
    };
  }

  private Finding http(Running running, String path) throws IOException {
    var request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost:"
            + running.port()
            + "\r\nUser-Agent: Fleetwright\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    return switch (agent.connection().call(running.port(), request, CALL)) {
      case Call.Answered(var start) -> {
        var status = STATUS.matcher(start);
        yield status.matches()
            ? answered(path, status.group(1))
            : new Finding(
                Health.FAILING,
                start.isEmpty() ? "does not answer " + path : "answers " + path + " with no HTTP");
      }
      case Call.NobodyThere _ -> silent(running);
      case Call.NotAllowed _ -> asked(running, path);
    };
  }

  private Finding asked(Running running, String path) throws IOException {
    var status = agent.probe(running.port(), Optional.of(path));
    return switch (status) {
      case "unable" ->
          new Finding(
              Health.FAILING,
              "cannot be asked: the host neither lets us through to its ports (AllowTcpForwarding)"
                  + " nor has curl or wget");
      case "000" -> silent(running);
      default -> answered(path, status);
    };
  }

  private static Finding answered(String path, String status) {
    var fine = status.matches("[23]\\d\\d");
    return new Finding(
        fine ? Health.HEALTHY : Health.FAILING, "answers " + path + " with " + status);
  }

  private static Finding silent(Running running) {
    return new Finding(Health.STARTING, "does not listen on port " + running.port() + " yet");
  }

  /// Wait until all of them are healthy.
  ///
  /// @param within by name of component, how long each may take
  /// @return what is wrong with the first that is not; empty when all are
  Optional<String> await(Map<String, Duration> within) throws IOException {
    var began = System.nanoTime();
    var left = new TreeMap<>(within);
    var pause = FIRST_PAUSE;
    while (!left.isEmpty()) {
      var runs = agent.ask().runs();
      for (var name : java.util.List.copyOf(left.keySet())) {
        var running = runs.get(name);
        var finding = running == null ? new Finding(Health.DOWN, "is not running") : of(running);
        var patience = left.getOrDefault(name, Duration.ZERO);
        if (finding.health() == Health.HEALTHY) {
          left.remove(name);
        } else if (System.nanoTime() - began > patience.toNanos() || hopeless(running)) {
          return Optional.of(name + " " + finding.words() + " after " + spoken(began));
        }
      }
      if (!left.isEmpty()) {
        pause = sleep(pause);
      }
    }
    return Optional.empty();
  }

  private static boolean hopeless(@org.jspecify.annotations.Nullable Running running) {
    return running == null
        || running.state() == State.DOWN
        || running.restarts() >= HOPELESS
        || (running.restarts() > 0 && running.probe() instanceof Probe.StaysAlive);
  }

  private static String spoken(long began) {
    return Math.max(1, Duration.ofNanos(System.nanoTime() - began).toSeconds()) + " s";
  }

  private static Duration sleep(Duration pause) throws InterruptedIOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("told to stop waiting");
    }
    var longer = pause.plus(pause.dividedBy(2));
    return longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
  }
}
