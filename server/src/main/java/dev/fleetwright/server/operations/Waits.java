package dev.fleetwright.server.operations;

import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.engine.EnvironmentQueue;
import dev.fleetwright.core.environment.Environment;
import java.util.List;

/// Everything that a deploy waits for as it is shown: its gates, whose approval is missing, and who
/// is ahead of it; pure.
public final class Waits {

  private Waits() {}

  /// @param unfinished deploys of the environment that have not ended; at least those that others
  ///   wait for ([dev.fleetwright.core.deploy.DeployRecords#queueEnds])
  public static List<Gate> of(
      DeployView view, Environment environment, List<DeployView> unfinished) {
    return EnvironmentQueue.gates(view, unfinished, environment.policy().queue()).stream()
        .map(gate ->
            gate.name().equals("approval")
                ? new Gate(
                    gate.name(),
                    gate.reason(),
                    "%s, of %s"
                        .formatted(gate.endedBy(), Approvers.others(environment, view.deploy())),
                    gate.opensAt())
                : gate)
        .toList();
  }
}
