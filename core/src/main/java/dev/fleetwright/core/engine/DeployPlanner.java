package dev.fleetwright.core.engine;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.plan.Planner.Planning;
import dev.fleetwright.core.plan.Planner.Wanted;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Component;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Plans deploys from what is on record: which release, which way back, and whether promotion
/// allows it. Used by the engine for deploys that were asked for without a plan, and for previews.
public final class DeployPlanner {

  /// How far back a deploy may lie to be gone back to, or to count for promotion.
  private static final int HISTORY = 500;

  private final Environments environments;
  private final Releases releases;
  private final Deploys deploys;
  private final Planner planner;
  private final Blobs blobs;

  public DeployPlanner(
      Environments environments, Releases releases, Deploys deploys, Planner planner, Blobs blobs) {
    this.environments = environments;
    this.releases = releases;
    this.deploys = deploys;
    this.planner = planner;
    this.blobs = blobs;
  }

  /// Plan a recorded deploy.
  public Planning plan(Deploy deploy) {
    var environment = environments.find(deploy.environment()).orElseThrow();
    return switch (deploy.kind()) {
      case START ->
          start(
              environment,
              releases.find(deploy.release().orElseThrow()),
              deploy.script(),
              deploy.only());
      case STOP -> {
        var down = stop(environment, deploy.script());
        yield deploy.origin() == Origin.TRAIN && down instanceof Planning.Ready(var plan)
            ? new Planning.Ready(plan.unattended())
            : down;
      }
      case ROLLBACK -> {
        var back = goBack(environment, deploy.rollbackOf().orElseThrow());
        // Who lets an alarm decide does not want to be asked at night; and what a train does when a
        // member fails was agreed to with the train.
        yield (deploy.origin() == Origin.ALARM || deploy.origin() == Origin.TRAIN)
                && back instanceof Planning.Ready(var plan)
            ? new Planning.Ready(plan.unattended())
            : back;
      }
    };
  }

  /// Plan bringing all of a release into an environment.
  public Planning start(
      Environment environment, Optional<Release> release, Optional<Component> script) {
    return start(environment, release, script, new TreeSet<>());
  }

  /// Plan bringing a release into an environment.
  ///
  /// @param only the components that are brought, the others stay as they are; empty for all
  public Planning start(
      Environment environment,
      Optional<Release> release,
      Optional<Component> script,
      SortedSet<String> only) {
    if (release.isEmpty()) {
      return impossible("there is no such release");
    }
    var held = notPromoted(environment, release.get());
    return held.isPresent()
        ? impossible(held.get())
        : planner.plan(
            environment,
            new Wanted.Start(release.get(), script, only),
            environments.live(environment.id()));
  }

  /// Plan taking an environment down.
  public Planning stop(Environment environment, Optional<Component> script) {
    return planner.plan(environment, new Wanted.Stop(script), environments.live(environment.id()));
  }

  /// Plan going back to what an earlier deploy of the environment brought.
  ///
  /// @param to that deploy's id
  public Planning goBack(Environment environment, long to) {
    var view = deploys.find(to);
    if (view.isEmpty() || view.get().deploy().environment() != environment.id()) {
      return impossible("there is no such deploy of environment `" + environment.name() + "`");
    }
    return switch (view.get().state()) {
      case Succeeded(var plan) ->
          planner.plan(
              environment,
              new Wanted.GoBack(plan.release(), plan.label(), revisions(plan)),
              environments.live(environment.id()));
      case DeployState other ->
          impossible(
              "deploy #%d ended as %s; only one that succeeded can be gone back to"
                  .formatted(view.get().deploy().number(), other.keyword().replace('_', ' ')));
    };
  }

  /// Which release each component of an environment came from, by the record: after deploys of some
  /// components they differ.
  public SortedMap<String, Long> versions(Environment environment) {
    var past =
        deploys.of(environment.id(), HISTORY, 0).stream()
            .filter(view -> view.state() instanceof Succeeded)
            .toList();
    return versions(past);
  }

  /// @param past what succeeded, the newest first
  private SortedMap<String, Long> versions(List<DeployView> past) {
    // From the oldest that counts to the newest, in a loop: the history may be long.
    var versions = new TreeMap<String, Long>();
    var byDeploy = new HashMap<Long, SortedMap<String, Long>>();
    for (var i = past.size() - 1; i >= 0; i--) {
      var view = past.get(i);
      var deploy = view.deploy();
      if (!(view.state() instanceof Succeeded(var plan))) {
        continue;
      }
      switch (deploy.kind()) {
        case STOP -> versions.clear();
        case ROLLBACK -> {
          var then = byDeploy.get(deploy.rollbackOf().orElse(0L));
          versions.clear();
          if (then != null) {
            versions.putAll(then);
          } else {
            plan.release().ifPresent(release -> all(plan).forEach(n -> versions.put(n, release)));
          }
        }
        case START -> {
          var release = plan.release().orElseThrow();
          if (deploy.only().isEmpty()) {
            versions.clear();
            all(plan).forEach(name -> versions.put(name, release));
          } else {
            deploy.only().forEach(name -> versions.put(name, release));
          }
        }
      }
      byDeploy.put(deploy.id(), new TreeMap<>(versions));
    }
    return versions;
  }

  private List<String> all(Plan plan) {
    return plan.targets().stream()
        .filter(t -> !t.binding().equals(Planner.SCRIPT))
        .filter(t -> blobs.has(t.to()))
        .flatMap(t -> planner.load(t.to()).components().stream())
        .map(Component::name)
        .distinct()
        .toList();
  }

  /// Deploys of this environment that brought something, newest first, each release once, and for
  /// each whether it can be gone back to now. Asks no target: what a target would refuse shows when
  /// the way back is planned.
  public List<WayBack> waysBack(Environment environment) {
    var live = environments.live(environment.id());
    var ways = new ArrayList<WayBack>();
    var seen = new HashSet<List<Digest>>();
    // Whether the deploy that is looked at was followed by a way back.
    var left = false;
    for (var view : deploys.of(environment.id(), HISTORY, 0)) {
      if (view.state() instanceof Succeeded(var plan)) {
        var revisions = List.copyOf(revisions(plan).values());
        if (plan.release().isPresent() && seen.add(revisions)) {
          ways.add(new WayBack(view, plan, left, whyNot(environment, plan, live)));
        }
        left = view.deploy().kind() == DeployKind.ROLLBACK;
      }
    }
    return ways;
  }

  /// Where to go back to when nobody says where: the newest version that can be gone back to and
  /// that nobody went back from. Never one that was aborted, pre-empted or cancelled half-way: such
  /// a deploy did not succeed, so it is no way back (argoproj/argo-rollouts#3039). Where only
  /// scripts deploy it is never guessed whose script to run again: nobody can see what runs.
  public Optional<WayBack> lastGood(Environment environment) {
    return environment.targets().isEmpty()
        ? Optional.empty()
        : waysBack(environment).stream()
            .filter(way -> way.whyNot().isEmpty() && !way.left())
            .findFirst();
  }

  /// One version that an environment ran.
  ///
  /// @param left whether somebody went back from it; it is then gone back to only on request
  /// @param whyNot why it cannot be gone back to now; empty when it can
  public record WayBack(DeployView deploy, Plan plan, boolean left, Optional<String> whyNot) {}

  private Optional<String> whyNot(Environment environment, Plan plan, List<Live> live) {
    var revisions = revisions(plan);
    var runs =
        environment.targets().stream()
            .allMatch(t ->
                live.stream()
                    .anyMatch(l ->
                        l.target().equals(t.name())
                            && !l.mixed()
                            && l.revision().equals(revisions.get(t.name()))));
    if (runs && !environment.targets().isEmpty()) {
      return Optional.of("it runs now");
    }
    for (var binding : environment.targets()) {
      var revision = revisions.get(binding.name());
      if (revision == null) {
        return Optional.of("target `%s` was not part of it".formatted(binding.name()));
      } else if (!blobs.has(revision)) {
        return Optional.of("the bytes of its revision are gone");
      }
      var lost =
          planner.load(revision).components().stream()
              .flatMap(c -> c.files().stream())
              .filter(f -> f instanceof TreeEntry.File file && !blobs.has(file.digest()))
              .findFirst();
      if (lost.isPresent()) {
        return Optional.of("file `%s` of it is gone".formatted(lost.get().path()));
      }
    }
    return Optional.empty();
  }

  private Optional<String> notPromoted(Environment environment, Release release) {
    return environment
        .policy()
        .promotion()
        .after()
        .filter(before -> !succeededIn(environment, before, release))
        .map(before ->
            "%s has not been deployed to `%s`, which comes before `%s`; deploy it there first"
                .formatted(release.label(), before, environment.name()));
  }

  private boolean succeededIn(Environment environment, EnvironmentName before, Release release) {
    return environments
        .find(environment.project(), before)
        .flatMap(e -> deploys.lastSucceeded(e.id(), release.id()))
        .isPresent();
  }

  private static SortedMap<String, Digest> revisions(Plan plan) {
    var revisions = new TreeMap<String, Digest>();
    plan.targets().forEach(t -> revisions.put(t.binding().name(), t.to()));
    return revisions;
  }

  private static Planning impossible(String reason) {
    return new Planning.Impossible(List.of(reason));
  }
}
