package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Promotion;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.environment.Strategy.Stage;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.testkit.history.History;
import dev.fleetwright.testkit.history.HistoryChecker;
import dev.fleetwright.testkit.history.Invariant;
import dev.fleetwright.testkit.history.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// One run: two or three servers with the real engine, three environments, people and faults, all
/// decided by a seed. The same seed gives the same run to the last turn, which [Outcome#trace]
/// shows.
///
/// First there is a storm, until about 200 events are stored. Then faults end, who died comes back,
/// people give what is waited for, and everything must end. Then the history is checked.
public final class Simulation {

  static final ProjectName PROJECT = new ProjectName("shop");

  static final String OUTSIDE_GATE = "load-test";

  private static final int EVENTS = 200;
  private static final Duration LONGEST_STORM = Duration.ofMinutes(30);
  private static final Duration LONGEST_CALM = Duration.ofMinutes(45);

  /// What a planted bug changes.
  public interface Alterations {
    /// The store.
    default MemoryStore store(LongSupplier nanos, Supplier<String> writer) {
      return new MemoryStore(nanos, writer);
    }

    /// The targets, as servers reach them.
    default Targets targets(Targets real) {
      return real;
    }

    /// Whether links are stopped and let go, again and again.
    default boolean swizzles() {
      return false;
    }

    /// Whether nothing fails by itself.
    default boolean faultless() {
      return swizzles();
    }

    /// Whether a server that gives this order dies of it.
    default boolean kills(Order order, Place place, Revision desired) {
      return false;
    }

    /// Somebody lets a deploy be tried again that was given up.
    default void lifted(long deploy) {}

    /// Whether what people want is refused when it comes too late.
    default boolean refusesWhatIsLate() {
      return true;
    }
  }

  /// How a run went.
  ///
  /// @param trace equal for two runs when they were the same in everything, in the same order
  /// @param events how many were stored
  /// @param crashes how many servers died
  /// @param kinds of events that happened, and of states that deploys ended in
  /// @param staleOrders how many orders targets turned down for their token
  public record Outcome(
      long seed,
      String trace,
      List<Violation> violations,
      int events,
      int deploys,
      int crashes,
      int staleOrders,
      int claims,
      SortedSet<String> kinds,
      int takeOvers,
      long turns,
      Duration simulated) {

    /// The command that runs this seed alone.
    public String command() {
      return "./verify -pl testkit -am -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dtest=SimulationTest#one_seed -Dfleetwright.simulation.seed="
          + seed;
    }
  }

  private final long seed;
  private final SplittableRandom random;
  private final Turns turns;
  private final Faults faults;
  private final MemoryStore store;
  private final World world;
  private final Replicas replicas;
  private final People people;
  private final Alterations alterations;
  private boolean endedCalmly;
  private boolean swizzling;

  private Simulation(long seed, Alterations alterations) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.turns = new Turns(random.split());
    this.alterations = alterations;
    this.faults = new Faults(random.split(), alterations.faultless());
    this.store = alterations.store(turns::now, () -> turns.node().name);
    this.world = new World(turns, faults);
    this.replicas = new Replicas(turns, faults, store, this::reached);
    this.people = new People(turns, random.split(), faults, store, world, alterations);
  }

  /// Run a seed.
  public static Outcome run(long seed) throws InterruptedException {
    return run(seed, new Alterations() {});
  }

  /// Run a seed in an altered world.
  public static Outcome run(long seed, Alterations alterations) throws InterruptedException {
    return new Simulation(seed, alterations).run();
  }

  /// Run a seed and tell each turn, a line each: when, who, where; and between them what was stored
  /// and what changed.
  public static Outcome tell(long seed, Alterations alterations, Consumer<String> line)
      throws InterruptedException {
    var simulation = new Simulation(seed, alterations);
    var turns = simulation.turns;
    var told = new int[2];
    turns.tell(place -> {
      for (var write :
          simulation.store.writes().subList(told[0], simulation.store.writes().size())) {
        var event =
            simulation.store.deploys().events(write.deploy()).get((int) write.sequence() - 1);
        line.accept(
            "%12.6f   stored by %s, generation %s of %d: deploy %d #%d %s %s"
                .formatted(
                    turns.now() / 1e9,
                    write.by(),
                    write.generation().map(String::valueOf).orElse("-"),
                    write.newest(),
                    write.deploy(),
                    write.sequence(),
                    event.event().keyword(),
                    simulation.store.view(write.deploy()).state().keyword()));
      }
      told[0] = simulation.store.writes().size();
      for (var effect :
          simulation.world.effects().subList(told[1], simulation.world.effects().size())) {
        line.accept("%12.6f   EFFECT %s".formatted(effect.atNanos() / 1e9, effect));
      }
      told[1] = simulation.world.effects().size();
      line.accept("%12.6f %s: %s".formatted(turns.now() / 1e9, turns.who(), place));
    });
    return simulation.run();
  }

  /// The targets as a server reaches them.
  private Targets reached() {
    var targets = alterations.targets(world.targets());
    return binding -> new Deadly(targets.open(binding), this::strikes);
  }

  private void strikes(Order order, Place place, Revision desired) {
    if (alterations.kills(order, place, desired)) {
      replicas.crash(turns.node());
      turns.pass("dies of an order");
    }
  }

  private Outcome run() throws InterruptedException {
    furnish();
    turns.become(this::strike);
    var fate = new SimulatedTime(turns, new Node("fate", false));
    fate.thread("fate", () -> direct(fate)).start();
    turns.run();
    var history = history();
    var violations = new ArrayList<>(HistoryChecker.check(history));
    for (var failure : turns.failures()) {
      violations.add(
          new Violation(Invariant.I1_NOTHING_LOST, "a thread ended with " + trace(failure)));
    }
    return new Outcome(
        seed,
        "%016x".formatted(turns.hash()),
        List.copyOf(violations),
        store.writes().size(),
        store.all().size(),
        replicas.crashes(),
        world.turnedDown().size(),
        store.claims().size(),
        kinds(history),
        history.takeOvers().size(),
        turns.count(),
        Duration.ofNanos(turns.now()));
  }

  private static SortedSet<String> kinds(History history) {
    var kinds = new TreeSet<String>();
    history.events().values().forEach(all -> all.forEach(e -> kinds.add(e.event().keyword())));
    history.deploys().forEach(v -> kinds.add(v.state().keyword()));
    return kinds;
  }

  private static String trace(Throwable failure) {
    var at = failure.getStackTrace();
    return failure + (at.length == 0 ? "" : " at " + at[0]);
  }

  private void furnish() {
    var by = new Actor("ann");
    var at = Instant.parse("2026-11-21T11:00:00Z");
    environment("review", List.of("cluster"), policy(0), by, at);
    environment("staging", List.of("cluster", "infrastructure"), policy(0), by, at);
    environment(
        "production",
        List.of("cluster", "hosts", "bucket", "webhook"),
        staged(policy(1 + random.nextInt(2)).with(rolling())),
        by,
        at);
    environment("fleet", List.of("hosts"), policy(0).with(canary()), by, at);
    for (var number = 1; number <= 6; number++) {
      store
          .releases()
          .add(
              PROJECT,
              new CommitSha("%040x".formatted(number)),
              "main",
              "change " + number,
              "ann",
              number,
              // Some releases leave a component as it was.
              List.of(component("web", number), component("worker", number / 2)),
              by,
              at);
    }
  }

  private Policy policy(int approvals) {
    var idle = EnumSet.noneOf(Idleness.class);
    for (var idleness : Idleness.values()) {
      if (random.nextBoolean()) {
        idle.add(idleness);
      }
    }
    var modes = QueueMode.values();
    var none = Policy.NONE;
    return new Policy(
            none.gating(),
            none.promotion(),
            none.queue(),
            idle,
            none.rollback(),
            none.strategy(),
            none.components(),
            none.variables())
        .with(Gating.NONE.with(Approvals.required(approvals)))
        .with(modes[random.nextInt(modes.length)]);
  }

  /// In some runs, a release has to run in staging before, and others have to open a gate.
  private Policy staged(Policy policy) {
    var before = random.nextInt(4) == 0;
    var gating = policy.gating();
    return policy
        .with(
            before
                ? new Promotion(
                    Optional.empty(), Optional.of(new EnvironmentName("staging")), false)
                : Promotion.NONE)
        .with(
            new Gating(
                gating.approvals(),
                before ? Duration.ofSeconds(20) : Duration.ZERO,
                List.of(),
                random.nextInt(4) == 0 ? new TreeSet<>(List.of(OUTSIDE_GATE)) : new TreeSet<>(),
                new TreeSet<>()));
  }

  private Strategy rolling() {
    return switch (random.nextInt(4)) {
      case 0 -> new Strategy.AllAtOnce();
      case 1 -> new Strategy.Rolling(Optional.of("2"), Duration.ofSeconds(5));
      case 2 -> new Strategy.Rolling(Optional.of("50%"), Duration.ZERO);
      default -> Strategy.USUAL;
    };
  }

  private Strategy canary() {
    return new Strategy.Canary(
        List.of(
            new Stage.Weight(25),
            new Stage.Pause(Optional.of(Duration.ofSeconds(10))),
            new Stage.Weight(50),
            new Stage.Pause(
                random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofSeconds(3)))));
  }

  private void environment(String name, List<String> targets, Policy policy, Actor by, Instant at) {
    var _ =
        store
            .environments()
            .define(
                PROJECT,
                new EnvironmentName(name),
                Tier.guess(name),
                Optional.empty(),
                policy,
                targets.stream()
                    .map(target ->
                        new TargetBinding(
                            target,
                            target,
                            target.equals("hosts")
                                ? Settings.of(Map.of("max_unavailable", "1"))
                                : Settings.NONE))
                    .toList(),
                by,
                at);
  }

  private static Component component(String name, int version) {
    return new Component(name, List.of(), Settings.of(Map.of("image", name + ":" + version)));
  }

  /// What may befall a server between any two things that it does.
  private void strike(Node node, String place) {
    if (!node.mortal || node.dead()) {
      return;
    } else if (faults.strikes(Fault.CRASH)) {
      replicas.crash(node);
    } else if (faults.strikes(Fault.PAUSE)) {
      replicas.pause(node, Duration.ofMillis(faults.between(1_000, 40_000)));
    } else if (faults.strikes(Fault.CLOCK_JUMP)) {
      node.wallOffNanos = Duration.ofMinutes(faults.between(-180, 180)).toNanos();
    }
  }

  private void direct(SimulatedTime time) {
    try {
      var servers = 2 + random.nextInt(2);
      for (var i = 0; i < servers; i++) {
        var _ = replicas.start();
      }
      people.start();
      while (store.writes().size() < EVENTS && turns.now() < LONGEST_STORM.toNanos()) {
        time.sleep(Duration.ofMillis(random.nextLong(50, 8_000)));
        if (replicas.alive().size() < servers) {
          var _ = replicas.start();
        }
        if (!swizzling && (alterations.swizzles() || faults.strikes(Fault.SWIZZLE))) {
          swizzling = true;
          time.thread("swizzle", () -> swizzle(time)).start();
        }
      }
      faults.calm();
      people.calm();
      world.heal();
      replicas.alive().forEach(node -> node.clogged.clear());
      while (replicas.alive().size() < servers) {
        var _ = replicas.start();
      }
      var until = turns.now() + LONGEST_CALM.toNanos();
      while (!allEnded() && turns.now() < until) {
        time.sleep(Duration.ofSeconds(2));
        while (replicas.alive().size() < servers) {
          var _ = replicas.start();
        }
      }
      // Longer than any call takes, so that what a stale server still sends arrives.
      time.sleep(Duration.ofMinutes(1));
      endedCalmly = true;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts fate", e);
    } finally {
      turns.end();
    }
  }

  /// Stop the links of all servers one after the other within five seconds, and let them go in
  /// another order: FoundationDB's swizzle-clogging, which finds what depends on who comes back
  /// first.
  private void swizzle(SimulatedTime time) {
    record Clogged(Node node, Node.Link link) {}
    var links = new ArrayList<Clogged>();
    for (var node : replicas.alive()) {
      for (var link : Node.Link.values()) {
        links.add(new Clogged(node, link));
      }
    }
    try {
      shuffle(links);
      for (var link : links) {
        time.sleep(Duration.ofMillis(random.nextLong(1, 5_000L / links.size())));
        if (!faults.isCalm()) {
          link.node().clogged.add(link.link());
        }
      }
      time.sleep(Duration.ofMillis(random.nextLong(100, 25_000)));
      shuffle(links);
      for (var link : links) {
        time.sleep(Duration.ofMillis(random.nextLong(1, 10_000L / links.size())));
        link.node().clogged.remove(link.link());
      }
      time.sleep(Duration.ofSeconds(random.nextLong(1, 20)));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts fate", e);
    } finally {
      swizzling = false;
    }
  }

  private <T> void shuffle(List<T> list) {
    for (var i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }

  private boolean allEnded() {
    return store.all().stream().allMatch(v -> v.state() instanceof Finished);
  }

  private History history() {
    var environments = store.places();
    var ledger = new TreeMap<String, List<Ledger.Kept>>();
    var faultsOfLedger = new TreeMap<String, String>();
    for (var stream : store.ledger().streams()) {
      ledger.put(stream, store.ledger().read(stream, 1, Integer.MAX_VALUE));
      store.ledger().fault(stream).ifPresent(fault -> faultsOfLedger.put(stream, fault));
    }
    var events = new TreeMap<Long, List<dev.fleetwright.core.deploy.Deploys.StoredEvent>>();
    var logs = new TreeMap<Long, String>();
    for (var view : store.all()) {
      var id = view.deploy().id();
      events.put(id, store.deploys().events(id));
      logs.put(
          id,
          new String(
              store.logs().read(LogName.deploy(id), 0, Integer.MAX_VALUE / 2),
              StandardCharsets.UTF_8));
    }
    var live = new TreeMap<Long, List<Live>>();
    environments.forEach(e -> live.put(e.id(), store.environments().live(e.id())));
    return new History(
        environments,
        store.all(),
        events,
        ledger,
        faultsOfLedger,
        store.feed().after(0, Integer.MAX_VALUE),
        world.effects(),
        world.turnedDown(),
        world.running(),
        revisions(events.values()),
        live,
        people.asked(),
        people.said(),
        store.writes(),
        store.claims(),
        replicas.takeOvers(),
        logs,
        List.of(),
        endedCalmly);
  }

  private Map<Digest, Revision> revisions(
      Iterable<List<dev.fleetwright.core.deploy.Deploys.StoredEvent>> events) {
    var revisions = new HashMap<Digest, Revision>();
    revisions.put(Revision.EMPTY.digest(), Revision.EMPTY);
    for (var ofDeploy : events) {
      for (var stored : ofDeploy) {
        if (stored.event() instanceof Planned(var plan)) {
          plan.targets().forEach(t -> load(revisions, t.from()));
          plan.targets().forEach(t -> load(revisions, t.to()));
          for (var step : plan.steps()) {
            if (step instanceof Step.Change change) {
              load(revisions, change.from());
            }
          }
        }
      }
    }
    return revisions;
  }

  private void load(Map<Digest, Revision> revisions, Digest digest) {
    revisions.computeIfAbsent(
        digest,
        d -> {
          try {
            return Revision.of(store.blobs().read(d));
          } catch (IOException e) {
            throw new UncheckedIOException("reading revision " + d.brief(), e);
          }
        });
  }
}
