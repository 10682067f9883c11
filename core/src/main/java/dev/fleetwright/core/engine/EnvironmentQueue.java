package dev.fleetwright.core.engine;

import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Gate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The rules of who is next in an environment; pure.
public final class EnvironmentQueue {

  private EnvironmentQueue() {}

  /// The deploy to work on: the one that has begun; while there is none, the oldest for which the
  /// engine has something to do. Deploys that wait for a person let later ones pass. Empty when
  /// nothing can be done without somebody else acting first.
  ///
  /// @param unfinished all deploys of the environment that have not ended
  public static Optional<DeployView> next(List<DeployView> unfinished) {
    var holder = unfinished.stream().filter(v -> v.state().holdsEnvironment()).findFirst();
    if (holder.isPresent()) {
      return holder.filter(v -> v.state().needsEngine());
    }
    return unfinished.stream()
        .filter(v -> v.state().needsEngine())
        .min(Comparator.comparingLong(v -> v.deploy().id()));
  }

  /// Everything that a deploy waits for, the queue included.
  ///
  /// @param unfinished all deploys of its environment that have not ended
  public static List<Gate> gates(DeployView view, List<DeployView> unfinished) {
    var gates = new ArrayList<Gate>();
    if (view.state() instanceof Waiting waiting) {
      gates.addAll(waiting.gates());
    }
    if (!view.state().holdsEnvironment()) {
      unfinished.stream()
          .filter(v -> v.state().holdsEnvironment() && v.deploy().id() != view.deploy().id())
          .findFirst()
          .ifPresent(first ->
              gates.add(
                  new Gate(
                      "queue",
                      "deploy #%d is %s"
                          .formatted(
                              first.deploy().number(), first.state().keyword().replace('_', ' ')),
                      "deploy #%d coming to its end".formatted(first.deploy().number()))));
    }
    return gates;
  }
}
