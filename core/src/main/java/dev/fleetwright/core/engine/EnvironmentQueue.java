package dev.fleetwright.core.engine;

import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.QueueMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The rules of who is next in an environment; pure.
public final class EnvironmentQueue {

  private static final Comparator<DeployView> BY_AGE =
      Comparator.comparingLong(v -> v.deploy().id());

  /// What an alarm takes back comes before anything new is brought to an environment that is ill.
  private static final Comparator<DeployView> ALARMED =
      Comparator.comparing(v -> v.deploy().origin() != Origin.ALARM);

  static final String QUEUE = "queue";

  private EnvironmentQueue() {}

  /// The deploy that has begun; at most one has.
  ///
  /// @param unfinished all deploys of the environment that have not ended
  static Optional<DeployView> holder(List<DeployView> unfinished) {
    return unfinished.stream().filter(v -> v.state().holdsEnvironment()).findFirst();
  }

  /// Those that may be the next to begin. The first of them that is ready is it; where the mode
  /// says that one blocks all others, it is the only one.
  ///
  /// @param unfinished deploys of the environment that have not ended
  static List<DeployView> inTurn(List<DeployView> unfinished, QueueMode mode) {
    var waiting =
        unfinished.stream()
            .filter(v -> !v.state().holdsEnvironment() && !(v.state() instanceof Quarantined))
            .toList();
    return switch (mode) {
      case UNORDERED -> waiting.stream().sorted(ALARMED.thenComparing(BY_AGE)).toList();
      case NEWEST_READY_FIRST ->
          waiting.stream().sorted(ALARMED.thenComparing(BY_AGE.reversed())).toList();
      case OLDEST_FIRST -> waiting.stream().min(ALARMED.thenComparing(BY_AGE)).stream().toList();
      case NEWEST_FIRST ->
          waiting.stream().min(ALARMED.thenComparing(BY_AGE.reversed())).stream().toList();
    };
  }

  /// Everything that a deploy waits for, the queue included.
  ///
  /// @param unfinished deploys of its environment that have not ended; at least the one that has
  ///   begun, the oldest and the newest
  public static List<Gate> gates(DeployView view, List<DeployView> unfinished, QueueMode mode) {
    var gates = new ArrayList<Gate>();
    if (view.state() instanceof Waiting waiting) {
      gates.addAll(waiting.gates());
    }
    if (!view.state().holdsEnvironment()) {
      ahead(view, unfinished, mode).ifPresent(first -> gates.add(turn(first, mode)));
    }
    return gates;
  }

  private static Gate turn(DeployView first, QueueMode mode) {
    var number = first.deploy().number();
    var reason =
        first.state().holdsEnvironment()
            ? "deploy #%d is %s".formatted(number, first.state().keyword().replace('_', ' '))
            : first.deploy().origin() == Origin.ALARM
                ? "deploy #%d goes first: an alarm takes the environment back".formatted(number)
                : mode == QueueMode.OLDEST_FIRST
                    ? "deploy #%d is older and has not ended (queue: %s)"
                        .formatted(number, mode.keyword())
                    : "deploy #%d is newer and goes first (queue: %s)"
                        .formatted(number, mode.keyword());
    return new Gate(QUEUE, reason, "deploy #%d coming to its end".formatted(number));
  }

  private static Optional<DeployView> ahead(
      DeployView view, List<DeployView> unfinished, QueueMode mode) {
    var holder = holder(unfinished);
    if (holder.isPresent()) {
      return holder.filter(h -> h.deploy().id() != view.deploy().id());
    }
    return switch (mode) {
      case UNORDERED, NEWEST_READY_FIRST -> Optional.empty();
      case OLDEST_FIRST, NEWEST_FIRST ->
          inTurn(unfinished, mode).stream()
              .findFirst()
              .filter(first -> first.deploy().id() != view.deploy().id());
    };
  }
}
