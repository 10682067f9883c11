package dev.fleetwright.testkit;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Logs;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Outcome.Unknown;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The smallest target that keeps [TargetContract]: children of the test itself, on two
/// make-believe hosts, remembered in memory. It proves that the contract can be kept; the liars are
/// made from it, each with one method that lies.
class SmallTarget implements Target {

  private static final List<String> HOSTS = List.of("one", "two");

  private final Blobs blobs;
  private final Path folder;
  // The far side: what stays when a server dies.
  private final Map<Place, FarSide> places = new HashMap<>();
  boolean loseNextAnswer;

  SmallTarget(Blobs blobs, Path folder) {
    this.blobs = blobs;
    this.folder = folder;
  }

  static final class FarSide {
    final Map<String, Map<String, Running>> hosts = new TreeMap<>();
    final Map<ApplyId, Outcome> done = new HashMap<>();
    final Map<String, Map<String, Running>> beside = new TreeMap<>();
    final Map<String, Map<String, Running>> resting = new TreeMap<>();
    @Nullable Revision newcomer;
    int percent;
    int calls;
    long highestToken;
  }

  record Running(Component component, Process process, int port, File output) {}

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.values());
  }

  @Override
  public Observation observe(Place place) {
    var instances = new ArrayList<Observation.Instance>();
    for (var host : HOSTS) {
      running(place, host)
          .values()
          .forEach(r ->
              instances.add(
                  new Observation.Instance(
                      host,
                      r.component().name(),
                      r.component().digest(),
                      r.process().isAlive() ? Health.HEALTHY : Health.DOWN,
                      "http://localhost:" + r.port(),
                      "pid " + r.process().pid())));
    }
    var far = far(place);
    var newcomer = far.newcomer;
    return newcomer == null
        ? new Observation(instances, HOSTS)
        : new Observation(
            instances,
            HOSTS,
            Optional.of(new Observation.Beside(newcomer.digest(), percent(far), List.of())));
  }

  int percent(FarSide far) {
    return far.percent;
  }

  /// Whom a caller comes to: what a load balancer before the hosts would do.
  String call(Place place, String component) throws IOException {
    var far = far(place);
    var host = HOSTS.get(far.calls % HOSTS.size());
    var newcomer = far.beside.getOrDefault(host, Map.of()).get(component);
    var running =
        newcomer != null && far.calls++ / 2 % 10 * 10 < far.percent
            ? newcomer
            : Objects.requireNonNull(running(place, host).get(component));
    return TargetContract.get("http://127.0.0.1:" + running.port() + "/");
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    var changes = new ArrayList<Change>();
    for (var host : HOSTS) {
      var runs = running(place, host);
      for (var component : desired.components()) {
        var now = runs.get(component.name());
        var kind =
            now == null
                ? Change.Kind.CREATE
                : now.component().equals(component) ? Change.Kind.NONE : Change.Kind.UPDATE;
        changes.add(new Change(kind, component.name() + " on " + host, List.of()));
      }
      runs.keySet().stream()
          .filter(name -> desired.component(name).isEmpty())
          .forEach(
              name -> changes.add(new Change(Change.Kind.DELETE, name + " on " + host, List.of())));
    }
    return new Preview.Possible(changes, observe(place));
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    var far = far(place);
    if (stale(far, order)) {
      return new Refused("a newer server has spoken");
    }
    var repeated = far.done.get(order.id());
    if (repeated != null) {
      return repeated;
    }
    var answer = change(place, desired, slice);
    far.done.put(order.id(), answer);
    if (loseNextAnswer) {
      loseNextAnswer = false;
      return new Unknown("waiting for the answer", new IOException("connection reset"));
    }
    return answer;
  }

  boolean stale(FarSide far, Order order) {
    if (order.fencingToken() < far.highestToken) {
      return true;
    }
    far.highestToken = order.fencingToken();
    return false;
  }

  Outcome change(Place place, Revision desired, Slice slice) {
    return switch (slice) {
      case Slice.Share(var percent) -> bringBeside(place, desired, percent);
      case Slice.Standby _ -> bringBeside(place, desired, 0);
      case Slice.Switch _ -> switchOver(place, desired);
      case Slice.All _, Slice.Components _, Slice.Batch _ -> changeHosts(place, desired, slice);
    };
  }

  Outcome bringBeside(Place place, Revision desired, int percent) {
    var far = far(place);
    if (observeRuns(place, desired)) {
      dropBeside(place);
      return new Applied("nobody is beside it");
    }
    for (var host : HOSTS) {
      var its = far.beside.computeIfAbsent(host, _ -> new TreeMap<>());
      for (var component : desired.components()) {
        var there = its.get(component.name());
        if (there == null || !there.component().equals(component)) {
          var started = boot(component);
          if (started.isEmpty()) {
            dropBeside(place);
            return new Refused(component.name() + " never became healthy");
          }
          its.put(component.name(), started.get());
        }
      }
    }
    far.newcomer = desired;
    far.percent = percent;
    return new Applied("beside");
  }

  private boolean observeRuns(Place place, Revision desired) {
    return HOSTS.stream()
        .allMatch(host ->
            desired.components().stream()
                .allMatch(c -> {
                  var now = running(place, host).get(c.name());
                  return now != null && now.component().equals(c);
                }));
  }

  void dropBeside(Place place) {
    var far = far(place);
    far.beside.values().forEach(its -> its.values().forEach(this::kill));
    far.beside.clear();
    far.newcomer = null;
    far.percent = 0;
  }

  Outcome switchOver(Place place, Revision desired) {
    var far = far(place);
    for (var host : HOSTS) {
      var its = far.beside.getOrDefault(host, Map.of());
      var runs = running(place, host);
      for (var component : desired.components()) {
        var next = its.get(component.name());
        var before = runs.get(component.name());
        if (next != null && before != null) {
          runs.put(component.name(), next);
          far.resting.computeIfAbsent(host, _ -> new TreeMap<>()).put(component.name(), before);
        }
      }
    }
    far.beside.clear();
    dropBeside(place);
    return new Applied("switched");
  }

  private Outcome changeHosts(Place place, Revision desired, Slice slice) {
    var answer = replaceHosts(place, desired, slice);
    if (answer instanceof Applied) {
      dropBeside(place);
      far(place).resting.values().forEach(its -> its.values().forEach(this::kill));
      far(place).resting.clear();
    }
    return answer;
  }

  private Outcome replaceHosts(Place place, Revision desired, Slice slice) {
    for (var host : HOSTS) {
      var before = new TreeMap<>(running(place, host));
      var wanted = new ArrayList<Component>();
      for (var component : desired.components()) {
        if (slice.covers(host, component.name())) {
          wanted.add(component);
        }
      }
      for (var name : before.keySet()) {
        if (slice.covers(host, name) && desired.component(name).isEmpty()) {
          stop(place, host, name);
        }
      }
      for (var component : wanted) {
        if (!replace(place, host, component)) {
          putBack(place, host, before);
          return new Refused(component.name() + " never became healthy");
        }
      }
    }
    return new Applied("done");
  }

  void putBack(Place place, String host, Map<String, Running> before) {
    for (var name : List.copyOf(running(place, host).keySet())) {
      if (!before.containsKey(name)) {
        stop(place, host, name);
      }
    }
    before.forEach((_, running) -> replace(place, host, running.component()));
  }

  boolean replace(Place place, String host, Component component) {
    var now = running(place, host).get(component.name());
    if (now != null && now.component().equals(component) && now.process().isAlive()) {
      return true;
    }
    var far = far(place);
    for (var spare : List.of(far.beside, far.resting)) {
      var its = spare.computeIfAbsent(host, _ -> new TreeMap<>());
      var up = its.get(component.name());
      if (up != null && up.component().equals(component) && up.process().isAlive()) {
        its.remove(component.name());
        stop(place, host, component.name());
        running(place, host).put(component.name(), up);
        return true;
      }
    }
    stop(place, host, component.name());
    return start(place, host, component);
  }

  boolean start(Place place, String host, Component component) {
    var started = boot(component);
    started.ifPresent(up -> running(place, host).put(component.name(), up));
    return started.isPresent();
  }

  private Optional<Running> boot(Component component) {
    try {
      var home = Files.createTempDirectory(folder, component.name());
      for (var entry : component.files()) {
        var file = home.resolve(entry.path());
        Files.createDirectories(file.getParent());
        switch (entry) {
          case TreeEntry.File(_, var digest, _, _) -> Files.write(file, blobs.read(digest));
          case TreeEntry.Link(_, var to) -> Files.createSymbolicLink(file, Path.of(to));
        }
      }
      int port;
      try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      var output = home.resolve("output").toFile();
      var command = new ProcessBuilder(component.settings().list("run.command"));
      command.directory(home.toFile()).redirectErrorStream(true).redirectOutput(output);
      command.environment().putAll(component.settings().map("run.variables"));
      command.environment().put("PORT", Integer.toString(port));
      var process = command.start();
      var running = new Running(component, process, port, output);
      if (becomesHealthy(component, process, port)) {
        return Optional.of(running);
      }
      process.destroyForcibly().onExit().join();
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + component.name(), e);
    }
  }

  private static boolean becomesHealthy(Component component, Process process, int port)
      throws IOException {
    var path = component.settings().text("run.health.http").orElseThrow();
    var patience =
        component.settings().text("run.health.within").filter("2 s"::equals).isPresent() ? 2 : 20;
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience);
    while (System.nanoTime() - end < 0 && process.isAlive()) {
      if (says200(URI.create("http://127.0.0.1:" + port + path))) {
        return true;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  private static boolean says200(URI uri) throws IOException {
    var call = (HttpURLConnection) uri.toURL().openConnection();
    try {
      return call.getResponseCode() == 200;
    } catch (java.net.SocketException _) {
      return false;
    } finally {
      call.disconnect();
    }
  }

  void stop(Place place, String host, String name) {
    var running = running(place, host).remove(name);
    if (running != null) {
      kill(running);
    }
  }

  void kill(Running running) {
    running.process().destroyForcibly().onExit().join();
  }

  @Override
  public Outcome remove(Order order, Place place) {
    if (stale(far(place), order)) {
      return new Refused("a newer server has spoken");
    }
    HOSTS.forEach(
        host -> List.copyOf(running(place, host).keySet()).forEach(n -> stop(place, host, n)));
    dropBeside(place);
    far(place).resting.values().forEach(its -> its.values().forEach(this::kill));
    places.remove(place);
    return new Applied("gone");
  }

  @Override
  public Optional<Logs> logs() {
    return Optional.of((place, component, lines) -> {
      var found = new ArrayList<Logs.Line>();
      for (var host : HOSTS) {
        var running = running(place, host).get(component);
        if (running != null) {
          found.addAll(lines(host, running));
        }
      }
      return found;
    });
  }

  private static List<Logs.Line> lines(String host, Running running) {
    try (InputStream in = Files.newInputStream(running.output().toPath())) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
          .lines()
          .map(text -> new Logs.Line(host, running.component().name(), text))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("reading what it printed", e);
    }
  }

  FarSide far(Place place) {
    return places.computeIfAbsent(place, _ -> new FarSide());
  }

  Map<String, Running> running(Place place, String host) {
    return far(place).hosts.computeIfAbsent(host, _ -> new TreeMap<>());
  }
}
