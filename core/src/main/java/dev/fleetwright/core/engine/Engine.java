package dev.fleetwright.core.engine;

import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.JobExecutor;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.target.Targets;

/// Runs deploys and pipelines, as long as it is open.
public final class Engine implements AutoCloseable {

  /// Deploys wait more than they work, so many fit at once.
  private static final int ENVIRONMENTS_AT_ONCE = 256;

  private static final int PIPELINES_AT_ONCE = 256;

  private final LeasedWork deploying;
  private final LeasedWork building;

  /// Everything that the engine works with.
  ///
  /// @param owner names this server in leases
  /// @param jobsAtOnce how many jobs run at once on this server
  public record Parts(
      String owner,
      Deploys deploys,
      Pipelines pipelines,
      Leases environmentLeases,
      Leases pipelineLeases,
      Feed feed,
      LogStore logs,
      DeployPlanner planning,
      Planner planner,
      Targets targets,
      JobExecutor executor,
      PipelineWork pipelineWork,
      int jobsAtOnce,
      Time time,
      Pace pace,
      KillPoint killPoint) {}

  public Engine(Parts parts) {
    var deployLoop =
        new DeployLoop(
            parts.deploys(),
            parts.planning(),
            parts.planner(),
            parts.targets(),
            parts.logs(),
            parts.time(),
            parts.pace(),
            parts.killPoint());
    var pipelineLoop =
        new PipelineLoop(
            parts.pipelines(),
            parts.deploys(),
            parts.pipelineWork(),
            parts.executor(),
            parts.logs(),
            parts.feed(),
            parts.time(),
            parts.pace(),
            parts.jobsAtOnce());
    this.deploying =
        new LeasedWork(
            "environment",
            parts.owner(),
            parts.environmentLeases(),
            parts.feed(),
            parts.pace(),
            parts.time(),
            ENVIRONMENTS_AT_ONCE,
            deployLoop::work);
    this.building =
        new LeasedWork(
            "pipeline",
            parts.owner(),
            parts.pipelineLeases(),
            parts.feed(),
            parts.pace(),
            parts.time(),
            PIPELINES_AT_ONCE,
            pipelineLoop::work);
  }

  /// Begin to take work.
  public void start() {
    deploying.start();
    building.start();
  }

  /// Take no more work; what is under way goes on where it stops, after a restart or elsewhere.
  @Override
  public void close() {
    building.close();
    deploying.close();
  }
}
