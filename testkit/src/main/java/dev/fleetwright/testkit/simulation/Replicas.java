package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.analysis.Analysis;
import dev.fleetwright.core.engine.DatabaseTime;
import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.Engine;
import dev.fleetwright.core.engine.FreezeCalendar;
import dev.fleetwright.core.engine.Pace;
import dev.fleetwright.core.engine.PipelineWork;
import dev.fleetwright.core.pipeline.JobExecutor;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.ResourceGroups;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.release.CommitStatuses;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.core.train.Trains;
import dev.fleetwright.testkit.history.History.TakeOver;
import dev.fleetwright.testkit.history.InTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The servers: real engines on simulated ports. Each dies and comes back, as another owner of
/// leases.
final class Replicas {

  /// The usual pace, but for how long a release may take to be healthy: in two minutes people or
  /// newer deploys nearly always end the wait, and its own end would hardly ever be seen.
  private static final Pace PACE =
      new Pace(
          Pace.USUAL.leaseLife(),
          Pace.USUAL.idle(),
          Pace.USUAL.retry(),
          Pace.USUAL.doubt(),
          Duration.ofSeconds(10),
          Pace.USUAL.undoTries());

  private final Turns turns;
  private final Faults faults;
  private final MemoryStore store;
  private final Supplier<Targets> targets;
  private final List<Node> alive = new ArrayList<>();
  private final List<Lapse> lapses = new ArrayList<>();
  private int started;
  private int crashes;

  /// Work whose holder is gone.
  ///
  /// @param claims how many leases had been handed out until then
  /// @param others that were well
  private record Lapse(long environment, long at, int claims, List<Node> others) {}

  Replicas(Turns turns, Faults faults, MemoryStore store, Supplier<Targets> targets) {
    this.turns = turns;
    this.faults = faults;
    this.store = store;
    this.targets = targets;
  }

  /// Start one more server.
  Node start() {
    var node = new Node("server-" + ++started, true);
    alive.add(node);
    var ports = new Ports(turns, faults, node, store);
    var reached = targets.get();
    var planner = new Planner(reached, ports.blobs());
    var deploys = ports.deploys();
    var planning =
        new DeployPlanner(ports.environments(), ports.releases(), deploys, planner, ports.blobs());
    // As a server has it: the clocks of its machine may jump, the engine's time may not.
    var time = new DatabaseTime(new SimulatedTime(turns, node), ports::now);
    time.start();
    var engine =
        new Engine(
            new Engine.Parts(
                node.name,
                deploys,
                ports.environments(),
                ports.holds(),
                ports.releases(),
                Ports.unused(CommitStatuses.class),
                Ports.unused(Pipelines.class),
                Ports.unused(ResourceGroups.class),
                ports.leases(),
                ports.noLeases(),
                ports.feed(),
                ports.logs(),
                planning,
                planner,
                reached,
                Ports.unused(Analysis.class),
                Ports.unused(JobExecutor.class),
                Ports.unused(PipelineWork.class),
                Ports.unused(FreezeCalendar.class),
                Ports.unused(Trains.class),
                1,
                time,
                PACE,
                place -> turns.pass(place),
                Optional.empty()));
    engine.start();
    return node;
  }

  /// The servers that live.
  List<Node> alive() {
    return List.copyOf(alive);
  }

  /// How often one died.
  int crashes() {
    return crashes;
  }

  /// One dies, wherever it is.
  void crash(Node node) {
    lapse(node);
    node.die();
    alive.remove(node);
    crashes++;
  }

  /// One stands still.
  void pause(Node node, Duration time) {
    // One that comes back sooner may still have its leases, and nobody has to take them over.
    if (time.compareTo(InTime.LONGEST) > 0) {
      lapse(node);
    }
    node.pausedUntil = turns.now() + time.toNanos();
    node.lastTrouble = node.pausedUntil;
  }

  private void lapse(Node node) {
    var others = alive.stream().filter(n -> n != node && n.pausedUntil <= turns.now()).toList();
    store
        .heldWithWork(node.name)
        .forEach(environment ->
            lapses.add(new Lapse(environment, turns.now(), store.claims().size(), others)));
  }

  /// How long work lay still, for each time that its holder was gone while another server was well
  /// all the time.
  List<TakeOver> takeOvers() {
    var takeOvers = new ArrayList<TakeOver>();
    for (var lapse : lapses) {
      var next =
          store.claims().stream()
              .skip(lapse.claims())
              .filter(c -> c.environment() == lapse.environment())
              .findFirst();
      var until = next.map(c -> c.atNanos()).orElse(turns.now());
      var well =
          lapse.others().stream()
              .anyMatch(n -> !n.dead() && n.lastTrouble < lapse.at() && n.pausedUntil < until);
      if (well && (next.isPresent() || store.hasWork(lapse.environment()))) {
        // Meanwhile the work may have been called off, and other work have come.
        var since = Math.max(lapse.at(), store.workSince(lapse.environment(), until));
        takeOvers.add(
            new TakeOver(
                lapse.environment(), since, next.map(_ -> Duration.ofNanos(until - since))));
      }
    }
    return takeOvers;
  }
}
