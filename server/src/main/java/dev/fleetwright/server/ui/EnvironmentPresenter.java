package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.environment.Alarm;
import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.core.plan.Words;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.server.operations.DeployOperations.CheckedWay;
import dev.fleetwright.server.ui.EnvironmentPage.ComponentLog;
import dev.fleetwright.server.ui.EnvironmentPage.Instance;
import dev.fleetwright.server.ui.EnvironmentPage.OnTarget;
import dev.fleetwright.server.ui.EnvironmentPage.WayBack;
import dev.fleetwright.server.ui.Sightings.Sighting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// Shows one environment.
final class EnvironmentPresenter {

  static final int HISTORY = 15;

  /// Of deploys that have not ended; there may be hundreds.
  private static final int UNDERWAY = 20;

  private static final Link NOWHERE = new Link("", "");

  private final Sources sources;
  private final Tiles tiles;
  private final DeployLines lines;

  EnvironmentPresenter(Sources sources, Tiles tiles) {
    this.sources = sources;
    this.tiles = tiles;
    this.lines = new DeployLines(sources);
  }

  /// @param versions which release each component came from
  /// @param most how many deploys of the history
  EnvironmentPage page(
      Environment environment,
      List<CheckedWay> waysBack,
      List<Alarm> alarms,
      SortedMap<String, Long> versions,
      int most,
      Instant now)
      throws InterruptedException {
    var live = sources.environments().live(environment.id());
    var history = sources.records().of(environment.id(), most + 1, 0);
    var running = new ArrayList<OnTarget>();
    var logs = new ArrayList<ComponentLog>();
    for (var binding : environment.targets()) {
      var there = live.stream().filter(l -> l.target().equals(binding.name())).findFirst();
      var sighting = tiles.look(environment, binding);
      if (there.isPresent() || sighting.filter(EnvironmentPresenter::runsSomething).isPresent()) {
        running.add(onTarget(binding, there, sighting, versions, now));
        logs.addAll(logs(environment, binding, sighting));
      }
    }
    var stopped = environment.state() == EnvironmentState.STOPPED;
    for (var other : stopped ? List.<Live>of() : live) {
      if (environment.targets().stream().noneMatch(b -> b.name().equals(other.target()))) {
        running.add(unseen(other, now));
      }
    }
    return new EnvironmentPage(
        environment.name().value(),
        environment.tier().keyword(),
        Badges.of(environment.state()),
        environment.url().map(SafeLinks::shown).orElse(NOWHERE),
        Paths.environment(environment),
        rules(environment, now),
        Tiles.running(environment, live).stream().anyMatch(l -> l.release().isPresent()),
        alarms.stream()
            .map(a ->
                new EnvironmentPage.Alarmed(
                    a.name(), a.reason(), a.by(), Moment.of(a.since(), now)))
            .toList(),
        sources.holds().of(environment.id()).map(hold -> held(environment, hold, now)).stream()
            .toList(),
        holdable(environment)
            ? List.of(
                Action.asking(
                    "hold",
                    "Hold",
                    Paths.environment(environment) + "/hold",
                    "plain",
                    "lock",
                    "It then takes no release by itself until somebody lifts the hold. People can deploy.",
                    true))
            : List.of(),
        lines.underway(environment, UNDERWAY),
        running,
        waysBack.stream().map(way -> way(environment, way, live, now)).toList(),
        history.stream()
            .limit(most)
            .map(entry -> lines.row(entry, environment, false, now))
            .toList(),
        history.size() > most
            ? new Link("Show more", Paths.environment(environment) + "?history=" + most * 4)
            : NOWHERE,
        logs);
  }

  private boolean holdable(Environment environment) {
    return environment.policy().promotion().takesByItself()
        && sources.holds().of(environment.id()).isEmpty();
  }

  private EnvironmentPage.Held held(Environment environment, EnvironmentHold hold, Instant now) {
    var promotion = environment.policy().promotion();
    return new EnvironmentPage.Held(
        hold.by(),
        hold.reason(),
        Moment.of(hold.since(), now),
        hold.deploy()
            .flatMap(sources.deploys()::find)
            .map(v ->
                new Link(
                    "deploy #" + v.deploy().number(),
                    Paths.deploy(environment.project(), v.deploy().number())))
            .orElse(NOWHERE),
        promotion.automatic()
            ? "Once it is lifted, what runs in %s by then is deployed here."
                .formatted(promotion.after().map(EnvironmentName::value).orElse(""))
            : "Once it is lifted, the newest release of %s is deployed here."
                .formatted(promotion.branch().orElse("its branch")),
        Action.now(
            "lift-hold",
            "Lift the hold",
            Paths.environment(environment) + "/hold/lift",
            "plain",
            "check"));
  }

  private Optional<Release> release(DeployView view) {
    return view.deploy().release().flatMap(sources.releases()::find);
  }

  private static List<String> rules(Environment environment, Instant now) {
    var rules = new ArrayList<String>();
    var policy = environment.policy();
    var promotion = policy.promotion();
    promotion
        .after()
        .ifPresent(
            name -> rules.add((promotion.automatic() ? "automatic after " : "after ") + name));
    promotion
        .branch()
        .ifPresent(branch ->
            rules.add((promotion.automatic() ? "releases of " : "automatic from ") + branch));
    var approvals = policy.gating().approvals().required();
    if (approvals > 0) {
      rules.add(approvals(policy.gating().approvals()));
    }
    rules.addAll(gates(policy.gating()));
    if (policy.queue() != QueueMode.UNORDERED) {
      rules.add("queue " + policy.queue().keyword());
    }
    if (!policy.preemptible().equals(Policy.USUALLY_PREEMPTIBLE)) {
      rules.add(
          policy.preemptible().isEmpty()
              ? "never gives way to a newer deploy"
              : policy.preemptible().stream()
                  .map(Idleness::keyword)
                  .sorted()
                  .collect(Collectors.joining(", ", "gives way while it waits for ", "")));
    }
    if (policy.rollback().equals(RollbackTriggers.NEVER)) {
      rules.add("never rolls back by itself");
    }
    environment.autoStopAt().ifPresent(at -> rules.add("stops " + Moment.of(at, now).words()));
    return rules;
  }

  private static String approvals(Approvals approvals) {
    var count = approvals.required();
    return (count == 1 ? "1 approval" : count + " approvals")
        + (approvals.by().isEmpty() ? "" : " of " + String.join(", ", approvals.by()))
        + (approvals.ofDeployer() ? ", the deployer's counts" : "");
  }

  private static List<String> gates(Gating gating) {
    var rules = new ArrayList<String>();
    if (gating.soak().isPositive()) {
      rules.add("soak " + Words.of(gating.soak()));
    }
    gating
        .freezes()
        .forEach(window -> rules.add("frozen %s (%s)".formatted(window.name(), window.zone())));
    gating.outside().forEach(name -> rules.add("gate " + name));
    gating.statuses().forEach(name -> rules.add("status " + name));
    return rules;
  }

  private OnTarget onTarget(
      TargetBinding binding,
      Optional<Live> live,
      Optional<Sighting> sighting,
      SortedMap<String, Long> versions,
      Instant now) {
    var release = live.flatMap(Live::release).flatMap(sources.releases()::find);
    return new OnTarget(
        binding.name(),
        binding.kind(),
        sighting
            .map(s -> health(s, live))
            .orElse(new Badge(Tone.IDLE, "ring", "does not answer yet")),
        release.map(EnvironmentPresenter::link).orElse(NOWHERE),
        release.map(Release::title).orElse(""),
        live.map(lines::by).orElse(""),
        live.map(l -> List.of(Moment.of(l.since(), now))).orElse(List.of()),
        live.filter(Live::mixed).isPresent(),
        sighting.flatMap(Sighting::seen).map(seen -> instances(seen, versions)).orElse(List.of()),
        sighting.map(s -> List.of(Moment.of(s.at(), now))).orElse(List.of()),
        sighting
            .map(s ->
                s.seen().map(Observation::complaint).orElse("It cannot be asked: " + s.trouble()))
            .orElse(""));
  }

  /// What a job's script deployed: known by the record only.
  private OnTarget unseen(Live live, Instant now) {
    var release = live.release().flatMap(sources.releases()::find);
    return new OnTarget(
        live.target(),
        "by the record",
        new Badge(Tone.IDLE, "dot", "cannot be looked at"),
        release.map(EnvironmentPresenter::link).orElse(NOWHERE),
        release.map(Release::title).orElse(""),
        lines.by(live),
        List.of(Moment.of(live.since(), now)),
        live.mixed(),
        List.of(),
        List.of(),
        "");
  }

  private static Badge health(Sighting sighting, Optional<Live> live) {
    var nothingWanted = live.flatMap(Live::release).isEmpty();
    var nothingThere = sighting.seen().filter(s -> s.instances().isEmpty()).isPresent();
    return nothingWanted && nothingThere
        ? new Badge(Tone.IDLE, "stop", "nothing runs")
        : Badges.of(Tiles.health(sighting));
  }

  private static boolean runsSomething(Sighting sighting) {
    return sighting.seen().map(seen -> !seen.instances().isEmpty()).orElse(true);
  }

  static Link link(Release release) {
    return new Link(release.label(), Paths.release(release.project(), release.number()));
  }

  private List<Instance> instances(Observation seen, SortedMap<String, Long> versions) {
    var rows = new ArrayList<Instance>();
    seen.instances()
        .forEach(i -> rows.add(instance(i, i.component() + version(i.component(), versions), "")));
    seen.beside()
        .ifPresent(b ->
            b.instances()
                .forEach(i ->
                    rows.add(
                        instance(
                            i,
                            i.component() + ", new",
                            b.percent() == 0
                                ? "stands by without callers; "
                                : b.percent() + "% of the callers; "))));
    return rows;
  }

  /// Said where components came from different releases.
  private String version(String component, SortedMap<String, Long> versions) {
    var release = versions.get(component);
    return release == null || Set.copyOf(versions.values()).size() < 2
        ? ""
        : sources.releases().find(release).map(r -> " " + r.version()).orElse("");
  }

  private static Instance instance(Observation.Instance seen, String what, String before) {
    return new Instance(
        what,
        seen.host(),
        Badges.of(seen.health()),
        seen.runs().hex(),
        SafeLinks.shown(seen.endpoint()),
        before + seen.detail());
  }

  private List<ComponentLog> logs(
      Environment environment, TargetBinding binding, Optional<Sighting> sighting) {
    try {
      if (!sources.targets().open(binding).capabilities().contains(Capability.LOGS)) {
        return List.of();
      }
    } catch (IllegalArgumentException e) {
      // Its settings are not usable; the sighting says so.
      return List.of();
    }
    return sighting
        .flatMap(Sighting::seen)
        .map(seen ->
            seen.instances().stream()
                .map(Observation.Instance::component)
                .distinct()
                .map(component ->
                    new ComponentLog(
                        binding.name() + ": " + component,
                        Paths.environment(environment)
                            + "/log?target="
                            + Paths.encoded(binding.name())
                            + "&component="
                            + Paths.encoded(component)))
                .toList())
        .orElse(List.of());
  }

  private WayBack way(Environment environment, CheckedWay checked, List<Live> live, Instant now) {
    var view = checked.way().deploy();
    var release = release(view);
    var possible = checked.whyNot().isEmpty();
    var current =
        !possible
            && Tiles.running(environment, live).stream()
                .anyMatch(l -> l.deploy() == view.deploy().id());
    return new WayBack(
        release.map(Release::label).orElse(checked.way().plan().label()),
        release.map(Release::title).orElse(""),
        Moment.of(view.finishedAt().orElse(view.updatedAt()), now),
        possible ? Paths.environment(environment) + "/rollback?to=" + view.deploy().number() : "",
        current
            ? new Badge(Tone.GOOD, "dot", "runs now")
            : possible
                ? new Badge(Tone.GOOD, "back", "can go back")
                : new Badge(Tone.IDLE, "blocked", "cannot go back"),
        current
            ? ""
            : checked.whyNot().orElse(checked.way().left() ? "somebody went back from it" : ""),
        checked.asked().map(at -> List.of(Moment.of(at, now))).orElse(List.of()));
  }

  /// What follows when a plan is confirmed.
  ///
  /// @param newest what runs there now that is newer than what the plan brings
  static String tells(int approvals, List<DeployView> unfinished, Optional<Release> newest) {
    return newest.map(r -> "Goes back: " + r.version() + " runs there now. ").orElse("")
        + tells(approvals, unfinished);
  }

  private static String tells(int approvals, List<DeployView> unfinished) {
    if (approvals > 0) {
      return approvals == 1
          ? "Waits for 1 approval, then starts."
          : "Waits for %d approvals, then starts.".formatted(approvals);
    }
    return unfinished.stream()
        .filter(v -> v.state().holdsEnvironment())
        .findFirst()
        .map(v -> "Starts when deploy #%d has ended.".formatted(v.deploy().number()))
        .orElse("Starts at once.");
  }
}
