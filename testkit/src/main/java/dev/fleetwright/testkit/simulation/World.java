package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.testkit.history.Effect;
import dev.fleetwright.testkit.history.History.HostRuns;
import dev.fleetwright.testkit.history.History.TurnedDown;
import dev.fleetwright.testkit.history.Lines;
import dev.fleetwright.testkit.simulation.Node.Link;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where deploys go: what runs on each host of each place, and the log of everything that changed.
/// It outlives every server.
final class World {

  /// How a target is, by the kind that a binding names.
  ///
  /// @param hosts its instances
  private record Kind(Set<Capability> capabilities, List<String> hosts) {
    boolean observable() {
      return capabilities.contains(Capability.OBSERVE);
    }
  }

  private static final Set<Capability> ALL =
      Set.of(Capability.OBSERVE, Capability.ROLL_BACK, Capability.REMOVE);

  private static final Map<String, Kind> KINDS =
      Map.of(
          "cluster", new Kind(ALL, List.of("api")),
          "hosts",
              new Kind(
                  Set.of(
                      Capability.OBSERVE,
                      Capability.ROLL_BACK,
                      Capability.REMOVE,
                      Capability.BATCHES),
                  List.of("edge-1", "edge-2", "edge-3", "edge-4")),
          "bucket", new Kind(ALL, List.of("s3")),
          // Can be seen, but not taken back.
          "infrastructure",
              new Kind(Set.of(Capability.OBSERVE, Capability.REMOVE), List.of("state")),
          // Nobody can see whether it was told.
          "webhook", new Kind(Set.of(Capability.ROLL_BACK, Capability.REMOVE), List.of("receiver")),
          "script", new Kind(Set.of(Capability.ROLL_BACK), List.of("runner")));

  private static final Duration UNWELL = Duration.ofMinutes(5);

  private final Turns turns;
  private final Faults faults;
  private final Map<Place, FarSide> places = new TreeMap<>(Comparator.comparing(Place::toString));
  private final Map<String, Long> awayUntil = new HashMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private final List<TurnedDown> turnedDown = new ArrayList<>();

  World(Turns turns, Faults faults) {
    this.turns = turns;
    this.faults = faults;
  }

  private record Runs(Digest digest, long wellFrom) {}

  private static final class FarSide {
    final SortedMap<String, SortedMap<String, Runs>> hosts = new TreeMap<>();
    final Set<ApplyId> done = new HashSet<>();
    final Map<ApplyId, Integer> attempts = new HashMap<>();
    long highestToken;

    FarSide(List<String> names) {
      names.forEach(name -> hosts.put(name, new TreeMap<>()));
    }
  }

  List<Effect> effects() {
    return List.copyOf(effects);
  }

  List<TurnedDown> turnedDown() {
    return List.copyOf(turnedDown);
  }

  /// What runs where, on what can be observed.
  List<HostRuns> running() {
    var running = new ArrayList<HostRuns>();
    places.forEach((place, far) -> {
      if (kind(place).observable()) {
        far.hosts.forEach((host, components) -> {
          var digests = new TreeMap<String, Digest>();
          components.forEach((name, runs) -> digests.put(name, runs.digest()));
          running.add(new HostRuns(place, host, digests, true));
        });
      }
    });
    return running;
  }

  /// From now on everything is reachable and gets well.
  void heal() {
    awayUntil.clear();
    places
        .values()
        .forEach(far ->
            far.hosts
                .values()
                .forEach(runs -> runs.replaceAll((_, r) -> new Runs(r.digest(), turns.now()))));
  }

  /// The targets as a node reaches them.
  Targets targets() {
    return binding -> new Reached(KINDS.getOrDefault(binding.kind(), new Kind(ALL, List.of("x"))));
  }

  private static Kind kind(Place place) {
    return KINDS.getOrDefault(place.target(), new Kind(ALL, List.of("x")));
  }

  private FarSide far(Place place) {
    return places.computeIfAbsent(place, p -> new FarSide(kind(p).hosts()));
  }

  private static final class Stale extends Exception {
    private static final long serialVersionUID = 1;
  }

  /// A target seen from a server.
  private final class Reached implements Target {
    private final Kind kind;

    Reached(Kind kind) {
      this.kind = kind;
    }

    @Override
    public Set<Capability> capabilities() {
      return kind.capabilities();
    }

    @Override
    public Observation observe(Place place) {
      turns.pass("observe");
      reach(place, "observing " + place.target());
      turns.pass("observed");
      return seen(place);
    }

    private Observation seen(Place place) {
      if (!kind.observable()) {
        return Observation.nothingOn(kind.hosts());
      }
      var instances = new ArrayList<Observation.Instance>();
      far(place)
          .hosts
          .forEach((host, components) ->
              components.forEach((name, runs) ->
                  instances.add(
                      new Observation.Instance(
                          host, name, runs.digest(), health(place, host, runs), "", "seen"))));
      return new Observation(instances, kind.hosts());
    }

    private Health health(Place place, String host, Runs runs) {
      if (isAway(place + "/" + host)) {
        return Health.UNREACHABLE;
      }
      return runs.wellFrom() <= turns.now() ? Health.HEALTHY : Health.FAILING;
    }

    @Override
    public Preview preview(Place place, Revision desired) {
      turns.pass("preview");
      reach(place, "previewing on " + place.target());
      var changes = new ArrayList<Change>();
      far(place)
          .hosts
          .forEach((host, runs) -> {
            for (var component : desired.components()) {
              var now = runs.get(component.name());
              changes.add(
                  new Change(
                      now == null
                          ? Change.Kind.CREATE
                          : now.digest().equals(component.digest())
                              ? Change.Kind.NONE
                              : Change.Kind.UPDATE,
                      component.name() + " on " + host,
                      List.of()));
            }
            runs.keySet().stream()
                .filter(name -> desired.component(name).isEmpty())
                .forEach(name ->
                    changes.add(new Change(Change.Kind.DELETE, name + " on " + host, List.of())));
          });
      return new Preview.Possible(changes, seen(place));
    }

    @Override
    public Outcome remove(Order order, Place place) {
      return apply(order, place, Revision.EMPTY, Slice.all());
    }

    @Override
    public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
      var far = far(place);
      var attempt = far.attempts.merge(order.id(), 1, Integer::sum);
      if (!kind.observable()) {
        return runOnce(far, order, place, desired, attempt);
      }
      order.log().line(Lines.text(order.id(), attempt, 1));
      turns.pass("order");
      if (faults.strikes(Fault.UNKNOWN_BEFORE)) {
        return unknown("sending the order");
      }
      reach(place, "applying to " + place.target());
      try {
        fence(far, order, place);
        if (far.done.contains(order.id())) {
          return new Outcome.Applied("was done");
        } else if (faults.strikes(Fault.REFUSED)) {
          return new Outcome.Refused("no room");
        } else if (faults.strikes(Fault.LATER)) {
          return new Outcome.Later("busy", Duration.ofMillis(faults.between(100, 20_000)));
        }
        var outcome = change(far, order, place, desired, slice, attempt);
        order.log().line(Lines.text(order.id(), attempt, 2));
        return outcome;
      } catch (Stale _) {
        return new Outcome.Refused("a newer server has spoken");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Outcome.Unknown("waiting for the answer", e);
      }
    }

    /// A script that the server itself starts, or a request that it sends: from the call to the
    /// effect there is nothing where anybody could come between. After it there is.
    private Outcome runOnce(FarSide far, Order order, Place place, Revision desired, int attempt) {
      if (faults.strikes(Fault.REFUSED)) {
        return new Outcome.Refused("it could not be started");
      } else if (faults.strikes(Fault.UNKNOWN_BEFORE)) {
        return unknown("starting it");
      }
      for (var host : kind.hosts()) {
        var _ = bring(far, order, place, host, desired, attempt, false);
      }
      order.log().line(Lines.text(order.id(), attempt, 1));
      try {
        if (faults.strikes(Fault.SLOW)) {
          var _ =
              turns.await(
                  "slow script", Duration.ofMillis(faults.between(500, 15_000)), () -> false);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Outcome.Unknown("waiting for its end", e);
      }
      if (faults.strikes(Fault.UNKNOWN_AFTER)) {
        return unknown("waiting for its end");
      }
      return faults.strikes(Fault.REFUSED_LATE)
          ? new Outcome.Refused("it failed")
          : new Outcome.Applied("it ran");
    }

    private Outcome change(
        FarSide far, Order order, Place place, Revision desired, Slice slice, int attempt)
        throws Stale, InterruptedException {
      var hosts = kind.hosts().stream().filter(h -> slice.covers(h, "any")).toList();
      var half = faults.strikes(Fault.UNKNOWN_HALF) ? hosts.size() / 2 : hosts.size();
      var slow = faults.strikes(Fault.SLOW);
      var refused = faults.strikes(Fault.REFUSED_LATE);
      var before = new TreeMap<String, SortedMap<String, Runs>>();
      for (var host : hosts.subList(0, half)) {
        if (slow) {
          var _ = turns.await("slow", Duration.ofMillis(faults.between(500, 15_000)), () -> false);
        } else {
          turns.pass("at " + host);
        }
        fence(far, order, place);
        before.put(host, bring(far, order, place, host, desired, attempt, false));
      }
      if (half < hosts.size()) {
        return unknown("half-way");
      } else if (refused) {
        for (var host : before.descendingMap().entrySet()) {
          turns.pass("back at " + host.getKey());
          fence(far, order, place);
          putBack(far, order, place, host.getKey(), host.getValue(), desired, attempt);
        }
        return new Outcome.Refused("it did not get well, and was put back");
      }
      far.done.add(order.id());
      if (faults.strikes(Fault.UNKNOWN_AFTER)) {
        return unknown("waiting for the answer");
      }
      turns.pass("done");
      return new Outcome.Applied("done");
    }

    private void fence(FarSide far, Order order, Place place) throws Stale {
      if (order.fencingToken() < far.highestToken) {
        turnedDown.add(new TurnedDown(turns.now(), order.id(), place, order.fencingToken()));
        throw new Stale();
      }
      far.highestToken = order.fencingToken();
    }

    private SortedMap<String, Runs> bring(
        FarSide far,
        Order order,
        Place place,
        String host,
        Revision desired,
        int attempt,
        boolean putBack) {
      var runs = far.hosts.computeIfAbsent(host, _ -> new TreeMap<>());
      var before = new TreeMap<>(runs);
      var wanted = new TreeMap<String, Runs>();
      for (Component component : desired.components()) {
        var digest = component.digest();
        var now = runs.get(component.name());
        wanted.put(
            component.name(),
            now != null && now.digest().equals(digest) ? now : new Runs(digest, wellFrom()));
      }
      if (!kind.observable() || !wanted.equals(before)) {
        runs.clear();
        runs.putAll(wanted);
        write(order, place, host, desired, attempt, putBack);
      }
      return before;
    }

    private void putBack(
        FarSide far,
        Order order,
        Place place,
        String host,
        SortedMap<String, Runs> before,
        Revision desired,
        int attempt) {
      var runs = far.hosts.computeIfAbsent(host, _ -> new TreeMap<>());
      if (!runs.equals(before)) {
        runs.clear();
        runs.putAll(before);
        write(order, place, host, desired, attempt, true);
      }
    }

    private void write(
        Order order, Place place, String host, Revision desired, int attempt, boolean putBack) {
      effects.add(
          new Effect(
              turns.now(),
              order.id(),
              place,
              host,
              order.fencingToken(),
              attempt,
              desired.digest(),
              putBack));
    }

    private long wellFrom() {
      return faults.strikes(Fault.UNHEALTHY) ? turns.now() + UNWELL.toNanos() : turns.now();
    }

    private Outcome unknown(String during) {
      return new Outcome.Unknown(during, new IOException("connection reset"));
    }

    private void reach(Place place, String during) {
      if (!kind.observable()) {
        return;
      }
      var node = turns.node();
      if (node.clogged.contains(Link.TARGETS)
          && !turns.stall(
              during + " clogged",
              Ports.SOCKET_TIMEOUT,
              () -> !node.clogged.contains(Link.TARGETS))) {
        throw new TargetUnreachable(during, new IOException("timed out"));
      }
      var name = place.toString();
      if (faults.strikes(Fault.UNREACHABLE)) {
        // The whole of it, or one host.
        var what =
            faults.between(0, 1) == 0
                ? name
                : name + "/" + kind.hosts().get((int) faults.between(0, kind.hosts().size() - 1L));
        // Mostly short; sometimes longer than a step may stay in doubt.
        var seconds = faults.between(0, 9) == 0 ? 700 : faults.between(1, 60);
        awayUntil.put(what, turns.now() + Duration.ofSeconds(seconds).toNanos());
      }
      if (isAway(name)) {
        throw new TargetUnreachable(during, new IOException("no route to host"));
      }
    }

    private boolean isAway(String what) {
      return awayUntil.getOrDefault(what, 0L) > turns.now();
    }
  }
}
