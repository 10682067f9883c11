package dev.fleetwright.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.plan.Planner;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeployPlannerTest {

  private static final Actor ANN = new Actor("ann");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final InMemoryDeploys deploys = new InMemoryDeploys();
  private final OneEnvironment environments = new OneEnvironment(List.of());

  @Test
  void where_only_scripts_deploy_it_is_not_guessed_whose_script_to_run_again() throws IOException {
    var blobs = Samples.blobs();
    blobs.put(Samples.V1.bytes());
    blobs.put(Samples.V2.bytes());
    var planning =
        new DeployPlanner(
            environments,
            new NoReleases(),
            deploys,
            new Planner(
                binding -> {
                  throw new IllegalArgumentException("no target is needed: " + binding);
                },
                blobs),
            blobs);
    var deploy =
        deploys
            .add(DeployRequest.start(1, 7).by(Samples.plan(0, "script")), ANN, NOON)
            .deploy()
            .id();
    for (var event :
        List.of(
            new DeployEvent.Started(),
            new DeployEvent.StepApplied(0, ""),
            new DeployEvent.Verified())) {
      var sequence = deploys.find(deploy).orElseThrow().sequence();
      var _ = deploys.append(deploy, sequence, event, ANN, NOON, Optional.empty());
    }
    var environment = environments.find(1).orElseThrow();

    assertThat(planning.waysBack(environment)).as("on request").hasSize(1);
    assertThat(planning.lastGood(environment)).isEmpty();
  }
}
