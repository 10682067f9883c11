package dev.fleetwright.testkit.history;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Tended;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// I4: after all deploys have ended, each host runs what their events add up to.
///
/// The events are gone through in the order in which they were stored. A step that was applied
/// leaves one possibility for each host that it covers; one that was given up while nobody could
/// see leaves two, until something is applied there again.
final class Converged {

  private final History history;
  private final Map<Place, Map<String, Set<SortedMap<String, Digest>>>> possible = new HashMap<>();
  private final Map<Long, DeployState> states = new HashMap<>();
  private final Map<Long, Succeeded> lastSuccess = new HashMap<>();

  private Converged(History history) {
    this.history = history;
    for (var runs : history.running()) {
      possible
          .computeIfAbsent(runs.place(), _ -> new HashMap<>())
          .put(runs.host(), Set.of(new TreeMap<>()));
    }
  }

  static void check(History history, Consumer<String> violation) {
    var now = new Converged(history);
    for (var write : history.writes()) {
      history.eventsOf(write.deploy()).stream()
          .filter(e -> e.sequence() == write.sequence())
          .forEach(e -> now.follow(write.deploy(), e.event()));
    }
    for (var runs : history.running()) {
      var allowed = now.hosts(runs.place()).getOrDefault(runs.host(), Set.of());
      if (history.endedCalmly() && runs.steady() && !allowed.contains(runs.components())) {
        violation.accept(
            "%s on %s runs %s; its deploys leave %s"
                .formatted(runs.host(), runs.place(), brief(runs.components()), brief(allowed)));
      }
    }
    now.lastSuccess.forEach(
        (environment, success) -> now.recorded(environment, success, violation));
  }

  private Map<String, Set<SortedMap<String, Digest>>> hosts(Place place) {
    return possible.computeIfAbsent(place, _ -> new HashMap<>());
  }

  private void follow(long deploy, DeployEvent event) {
    var before = states.getOrDefault(deploy, DeployState.initial());
    var after = DeployMachine.next(before, event);
    states.put(deploy, after);
    switch (event) {
      case DeployEvent.StepApplied(var at, _) when at(before, at) ->
          becomes(before, at, false, false);
      case DeployEvent.StepUndone(var at, _) when at(before, at) ->
          becomes(before, at, true, false);
      case DeployEvent.StepAbandoned(var at, _) when at(before, at) ->
          becomes(before, at, false, true);
      case DeployEvent.StoppedBefore(var at) when at(before, at) ->
          becomes(before, at, false, true);
      case DeployEvent.UndoRefused(var at, _) when at(before, at) -> {
        becomes(before, at, false, true);
        becomes(before, at, true, true);
      }
      case DeployEvent _ -> {}
    }
    if (before instanceof Quarantined(var at, _) && after instanceof Finished) {
      givenUp(at);
    }
    if (!(before instanceof Succeeded) && after instanceof Succeeded success) {
      environment(deploy, success);
    } else if (after.holdsEnvironment() && !before.holdsEnvironment()) {
      // From here on the record may differ, until it succeeds.
      history.deploys().stream()
          .filter(v -> v.deploy().id() == deploy)
          .forEach(v -> lastSuccess.remove(v.deploy().environment()));
    }
  }

  /// Nobody looked any more whether the step under way had happened in one of the tries.
  private void givenUp(Tended at) {
    switch (at) {
      case Running running -> becomes(running, running.step(), false, true);
      case RollingBack back -> {
        becomes(back, back.step(), false, true);
        becomes(back, back.step(), true, true);
      }
      case Draft _, Waiting _, Verifying _ -> {}
    }
  }

  private void environment(long deploy, Succeeded success) {
    history.deploys().stream()
        .filter(v -> v.deploy().id() == deploy)
        .forEach(v -> lastSuccess.put(v.deploy().environment(), success));
  }

  private static boolean at(DeployState state, int step) {
    return switch (state) {
      case Running running -> running.step() == step;
      case RollingBack back -> back.step() == step;
      case DeployState _ -> false;
    };
  }

  private void becomes(DeployState state, int at, boolean undo, boolean perhaps) {
    var plan = state.currentPlan().orElseThrow();
    if (!(plan.steps().get(at) instanceof Step.Change step)
        || !step.observable()
        || (undo && !step.undoable())) {
      return;
    }
    var slice = step instanceof Step.Apply apply ? apply.slice() : Slice.all();
    var wanted = revision(plan, step, undo);
    for (var host : hosts(plan.placeOn(step.target())).entrySet()) {
      var then = new HashSet<SortedMap<String, Digest>>();
      for (var now : host.getValue()) {
        if (perhaps) {
          then.add(now);
        }
        then.add(over(now, host.getKey(), slice, wanted));
      }
      host.setValue(then);
    }
  }

  private Revision revision(Plan plan, Step.Change step, boolean undo) {
    var digest = Effects.wanted(step, undo);
    var revision = history.revisions().get(digest);
    if (revision == null) {
      throw new IllegalStateException(
          "the history lacks revision %s of %s".formatted(digest.brief(), plan.label()));
    }
    return revision;
  }

  private static SortedMap<String, Digest> over(
      SortedMap<String, Digest> now, String host, Slice slice, Revision wanted) {
    var then = new TreeMap<>(now);
    then.keySet().removeIf(component -> slice.covers(host, component));
    for (Component component : wanted.components()) {
      if (slice.covers(host, component.name())) {
        then.put(component.name(), component.digest());
      }
    }
    return then;
  }

  private void recorded(long environment, Succeeded success, Consumer<String> violation) {
    var recorded =
        history.live().getOrDefault(environment, java.util.List.of()).stream()
            .collect(Collectors.toMap(Live::target, l -> l));
    for (var target : success.plan().targets()) {
      var name = target.binding().name();
      var live = recorded.get(name);
      var gone = success.plan().release().isEmpty();
      if (gone != (live == null)
          || (live != null && (!live.revision().equals(target.to()) || live.mixed()))) {
        violation.accept(
            "the record says that %s of environment %d runs %s; its last deploy brought %s"
                .formatted(name, environment, live, target.to().brief()));
      }
    }
  }

  private static String brief(Set<SortedMap<String, Digest>> all) {
    return all.stream().map(Converged::brief).sorted().collect(Collectors.joining(" or "));
  }

  private static String brief(SortedMap<String, Digest> components) {
    return components.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue().brief())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
