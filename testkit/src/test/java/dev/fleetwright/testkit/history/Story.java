package dev.fleetwright.testkit.history;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.ResumeAsked;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.deploy.DeployEvent.StepBegun;
import dev.fleetwright.core.deploy.DeployEvent.Verified;
import dev.fleetwright.core.deploy.DeployEvent.WatchBegan;
import dev.fleetwright.core.deploy.DeployEvent.WatchEnded;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.ledger.LedgerRecord;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.testkit.history.History.Asked;
import dev.fleetwright.testkit.history.History.Claim;
import dev.fleetwright.testkit.history.History.HostRuns;
import dev.fleetwright.testkit.history.History.Said;
import dev.fleetwright.testkit.history.History.TakeOver;
import dev.fleetwright.testkit.history.History.TurnedDown;
import dev.fleetwright.testkit.history.History.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A history made by hand: two deploys, of which the first has brought v1 and the second v2, each
/// with two steps on the cluster (`api-1`, `api-2`) and a script that nobody can observe. As it is
/// made nothing is wrong with it; a test changes what it wants found.
final class Story {

  static final Revision V1 = revision("v1");
  static final Revision V2 = revision("v2");
  static final long FIRST = 1;
  static final long SECOND = 2;
  static final String SERVER = "server-1";
  static final Actor ANN = new Actor("ann");
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final ProjectName SHOP = new ProjectName("shop");
  private static final EnvironmentName TEST = new EnvironmentName("test");

  final List<Deploy> deploys = new ArrayList<>();
  final SortedMap<Long, List<StoredEvent>> events = new TreeMap<>();
  final SortedMap<Long, DeployState> states = new TreeMap<>();
  final List<Ledger.Kept> ledger = new ArrayList<>();
  final SortedMap<String, String> ledgerFaults = new TreeMap<>();
  final List<Feed.Entry> feed = new ArrayList<>();
  final List<Effect> effects = new ArrayList<>();
  final List<TurnedDown> turnedDown = new ArrayList<>();
  final List<HostRuns> running = new ArrayList<>();
  final List<Live> live = new ArrayList<>();
  final List<Asked> asked = new ArrayList<>();
  final List<Said> said = new ArrayList<>();
  final List<Write> writes = new ArrayList<>();
  final List<Claim> claims = new ArrayList<>();
  final List<TakeOver> takeOvers = new ArrayList<>();
  final SortedMap<Long, String> logs = new TreeMap<>();
  final List<String> secrets = new ArrayList<>();
  private final Map<Digest, Revision> revisions = new HashMap<>();
  private Instant clockOnTheWall = NOON;
  private long clock;

  Story() {
    for (var revision : List.of(Revision.EMPTY, V1, V2)) {
      revisions.put(revision.digest(), revision);
    }
    claims.add(new Claim(0, 1, 1, SERVER));
    deploy(FIRST, Revision.EMPTY, V1);
    deploy(SECOND, V1, V2);
    for (var host : List.of("api-1", "api-2")) {
      running.add(new HostRuns(place("cluster"), host, components(V2), true));
    }
    for (var target : List.of("cluster", "script")) {
      live.add(
          new Live(target, V2.digest(), Optional.of(SECOND), SECOND, NOON, false, V2.digest()));
    }
  }

  static Revision revision(String word) {
    return new Revision(
        List.of(new Component("web", List.of(), Settings.of(Map.of("image", word)))));
  }

  static SortedMap<String, Digest> components(Revision revision) {
    var components = new TreeMap<String, Digest>();
    revision.components().forEach(c -> components.put(c.name(), c.digest()));
    return components;
  }

  static Place place(String target) {
    return new Place(SHOP, EnvironmentSlug.of(TEST), target);
  }

  /// Ask for a deploy and take it to its end.
  private void deploy(long id, Revision from, Revision to) {
    var plan = plan(from, to);
    asked.add(new Asked(1, "key-" + id, Optional.of(id)));
    deploys.add(of(id, Optional.empty()));
    tell(id, "asked", DeployState.initial());
    engine(id, new Planned(plan));
    person(id, new Approved("ann", plan.hash()));
    engine(id, new Started());
    engine(id, new StepBegun(0));
    effect(id, 0, "script", "runner", to);
    engine(id, new StepApplied(0, ""));
    effect(id, 1, "cluster", "api-1", to);
    engine(id, new StepApplied(1, ""));
    effect(id, 2, "cluster", "api-2", to);
    engine(id, new StepApplied(2, ""));
    engine(id, new Verified());
    logs.put(id, Lines.text(id + "-1", 1, 1) + "\n" + Lines.text(id + "-1", 1, 2) + "\n");
  }

  private static Deploy of(long id, Optional<Instant> notBefore) {
    return new Deploy(
        id,
        id,
        1,
        DeployKind.START,
        Optional.of(id),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new java.util.TreeSet<>(),
        notBefore,
        false,
        Origin.HAND,
        "ann",
        "",
        NOON);
  }

  static Plan plan(Revision from, Revision to) {
    return new Plan(
        SHOP,
        TEST,
        EnvironmentSlug.of(TEST),
        DeployKind.START,
        Optional.of(from.equals(V1) ? SECOND : FIRST),
        "r1",
        List.of(target("script", from, to), target("cluster", from, to)),
        List.of(
            new Step.Apply("script", Slice.all(), from.digest(), to.digest(), false, false),
            step("api-1", from, to),
            step("api-2", from, to)),
        1);
  }

  private static Plan.TargetPlan target(String name, Revision from, Revision to) {
    return new Plan.TargetPlan(
        new TargetBinding(name, name, Settings.NONE),
        from.digest(),
        to.digest(),
        from.digest(),
        List.of());
  }

  private static Step step(String host, Revision from, Revision to) {
    return new Step.Apply(
        "cluster", new Slice.Batch(List.of(host)), from.digest(), to.digest(), true, true);
  }

  /// An event of the engine, with everything that belongs to it.
  void engine(long deploy, DeployEvent event) {
    store(
        deploy,
        event,
        Actor.ENGINE,
        new Write(clockOnTheWall, deploy, next(deploy), Optional.of(1L), 1, SERVER));
  }

  /// An event of a person, who said so.
  void person(long deploy, DeployEvent event) {
    said.add(new Said("ann", deploy, event, true));
    store(
        deploy,
        event,
        ANN,
        new Write(clockOnTheWall, deploy, next(deploy), Optional.empty(), 1, "people"));
  }

  private long next(long deploy) {
    return eventsOf(deploy).size() + 1L;
  }

  List<StoredEvent> eventsOf(long deploy) {
    return events.computeIfAbsent(deploy, _ -> new ArrayList<>());
  }

  void store(long deploy, DeployEvent event, Actor by, Write write) {
    var state = DeployMachine.next(states.getOrDefault(deploy, DeployState.initial()), event);
    states.put(deploy, state);
    eventsOf(deploy).add(new StoredEvent(next(deploy), NOON, by, event));
    writes.add(write);
    tell(deploy, event.keyword(), state);
  }

  void tell(long deploy, String what, DeployState state) {
    var facts = new TreeMap<String, String>();
    facts.put("deploy", Long.toString(deploy));
    facts.put("state", state.keyword());
    var content =
        new LedgerRecord(
            "shop/test",
            ledger.size() + 1L,
            NOON,
            ANN,
            "deploy." + what,
            facts,
            ledger.isEmpty() ? LedgerRecord.FIRST : ledger.getLast().hash());
    ledger.add(new Ledger.Kept(content, content.hash()));
    facts.put("project", "shop");
    facts.put("environment", "test");
    facts.put("event", what);
    feed.add(new Feed.Entry(feed.size() + 1L, NOON, "deploy", facts));
  }

  /// A third deploy, which holds for ten seconds by its plan and for so long in truth.
  void watch(Duration held) {
    third();
    clockOnTheWall = clockOnTheWall.plus(held);
    engine(3, new WatchEnded(0, "held"));
    engine(3, new Verified());
  }

  void watchEndedByAPerson() {
    third();
    person(3, new ResumeAsked("ann"));
    engine(3, new Verified());
  }

  private void third() {
    var plan = plan(V2, V2);
    deploys.add(of(3, Optional.empty()));
    engine(
        3,
        new Planned(
            new Plan(
                plan.project(),
                plan.environment(),
                plan.slug(),
                plan.kind(),
                plan.release(),
                plan.label(),
                plan.targets(),
                List.of(new Step.Hold("canary", Optional.of(Duration.ofSeconds(10)))),
                0)));
    engine(3, new Started());
    engine(3, new WatchBegan(0, NOON));
  }

  /// The second deploy was not to begin before then.
  void notBefore(Instant then) {
    deploys.removeLast();
    deploys.add(of(SECOND, Optional.of(then)));
  }

  void effect(long deploy, int step, String target, String host, Revision to) {
    effects.add(effectOf(new ApplyId(deploy, step, false), target, host, 1, to));
  }

  Effect effectOf(ApplyId id, String target, String host, long token, Revision to) {
    clock += 1_000;
    return new Effect(clock, id, place(target), host, token, 1, to.digest(), false);
  }

  History history() {
    var views = new ArrayList<DeployView>();
    for (var deploy : deploys) {
      var state = states.getOrDefault(deploy.id(), DeployState.initial());
      views.add(
          new DeployView(
              deploy,
              state,
              eventsOf(deploy.id()).size(),
              Optional.of(NOON),
              state instanceof Finished ? Optional.of(NOON) : Optional.empty(),
              NOON));
    }
    var recorded = new TreeMap<Long, List<Live>>();
    recorded.put(1L, live);
    var chains = new TreeMap<String, List<Ledger.Kept>>();
    chains.put("shop/test", ledger);
    return new History(
        List.of(
            new Environment(
                1,
                SHOP,
                TEST,
                EnvironmentSlug.of(TEST),
                Tier.TESTING,
                EnvironmentState.AVAILABLE,
                Optional.empty(),
                Policy.NONE,
                List.of(),
                Optional.empty(),
                NOON)),
        views,
        events,
        chains,
        ledgerFaults,
        feed,
        effects,
        turnedDown,
        running,
        revisions,
        recorded,
        asked,
        said,
        writes,
        claims,
        takeOvers,
        logs,
        secrets,
        true);
  }

  /// What the checker says, and what it names.
  List<String> found() {
    return HistoryChecker.check(history()).stream().map(Violation::toString).toList();
  }
}
