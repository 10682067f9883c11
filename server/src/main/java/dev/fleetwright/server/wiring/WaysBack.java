package dev.fleetwright.server.wiring;

import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.server.operations.DeployOperations;
import java.time.Duration;

/// Asks the targets of all environments whether they can go back, one environment after the other,
/// so that it is known before somebody needs it and looks.
record WaysBack(Projects projects, Environments environments, DeployOperations operations)
    implements Rounds.Round {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public void go() throws InterruptedException {
    for (var project : projects.all()) {
      for (var environment : environments.of(project.name())) {
        var _ = operations.waysBack(environment, PATIENCE);
      }
    }
  }
}
