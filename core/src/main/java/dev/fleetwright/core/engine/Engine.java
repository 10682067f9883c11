package dev.fleetwright.core.engine;

import dev.fleetwright.core.analysis.Analysis;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.JobExecutor;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.ResourceGroups;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.release.CommitStatuses;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.runner.Dispatch;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.core.train.Trains;
import java.time.Duration;
import java.util.Optional;

/// Runs deploys and pipelines, as long as it is open.
public final class Engine implements AutoCloseable {

  /// Deploys wait more than they work, so many fit at once.
  private static final int ENVIRONMENTS_AT_ONCE = 256;

  private static final int PIPELINES_AT_ONCE = 256;

  private final LeasedWork deploying;
  private final LeasedWork building;
  private final Time time;

  /// Everything that the engine works with.
  ///
  /// @param owner names this server in leases
  /// @param jobsAtOnce how many jobs run at once on this server
  /// @param dispatch of jobs to runners; empty when all run on this server
  public record Parts(
      String owner,
      Deploys deploys,
      Environments environments,
      Holds holds,
      Releases releases,
      CommitStatuses statuses,
      Pipelines pipelines,
      ResourceGroups resourceGroups,
      Leases environmentLeases,
      Leases pipelineLeases,
      Feed feed,
      LogStore logs,
      DeployPlanner planning,
      Planner planner,
      Targets targets,
      Analysis analysis,
      JobExecutor executor,
      PipelineWork pipelineWork,
      FreezeCalendar freezes,
      Trains trains,
      int jobsAtOnce,
      Time time,
      Pace pace,
      KillPoint killPoint,
      Optional<Dispatch> dispatch) {}

  public Engine(Parts parts) {
    this.time = parts.time();
    var deployLeases = new HeldLeases(parts.time(), parts.pace());
    var pipelineLeases = new HeldLeases(parts.time(), parts.pace());
    var journal = new DeployJournal(parts.deploys(), parts.logs(), parts.time());
    var deployLoop =
        new DeployLoop(
            parts.deploys(),
            parts.environments(),
            parts.holds(),
            new Gatekeeper(
                parts.environments(),
                parts.deploys(),
                parts.holds(),
                parts.releases(),
                parts.statuses(),
                parts.freezes(),
                parts.trains()),
            journal,
            new DeployRun(
                journal,
                parts.environments(),
                parts.planning(),
                parts.planner(),
                parts.targets(),
                parts.analysis(),
                parts.time(),
                parts.pace(),
                parts.killPoint(),
                deployLeases),
            new Attempts(parts.environmentLeases()),
            parts.time(),
            parts.pace(),
            deployLeases);
    var pipelineLoop =
        new PipelineLoop(
            parts.pipelines(),
            parts.resourceGroups(),
            parts.deploys(),
            parts.pipelineWork(),
            parts.executor(),
            parts.logs(),
            parts.feed(),
            parts.time(),
            parts.pace(),
            parts.jobsAtOnce(),
            pipelineLeases,
            parts.dispatch().map(d -> new RunnerJobs(d, parts.logs(), parts.time())));
    this.deploying =
        new LeasedWork(
            "environment",
            parts.owner(),
            parts.environmentLeases(),
            deployLeases,
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
            pipelineLeases,
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

  /// Take no more work, bring what is under way to its next safe point, and hand it over: the step
  /// of a deploy that runs now is finished and the jobs that run now are; whatever waits is let go
  /// at once. Other servers go on where this one stopped.
  ///
  /// @param patience after which also steps and jobs under way are stopped and handed over
  /// @return whether all came to a safe point in time
  public boolean drain(Duration patience) throws InterruptedException {
    var deadline = time.nanos() + patience.toNanos();
    deploying.leave();
    building.leave();
    var deployed = deploying.awaitLeft(deadline);
    return building.awaitLeft(deadline) && deployed;
  }

  /// Take no more work; what is under way goes on where it stops, after a restart or elsewhere.
  @Override
  public void close() {
    building.close();
    deploying.close();
  }
}
