package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Cancelled;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Preempted;
import dev.fleetwright.core.deploy.DeployState.Refused;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Stuck;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Superseded;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.pipeline.JobRun;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.PipelineStatus;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.train.TrainState;

/// The states of the domain as people see them.
final class Badges {

  private Badges() {}

  static Badge of(DeployState state) {
    return switch (state) {
      case Draft _ -> new Badge(Tone.IDLE, "pencil", "planning");
      case Waiting waiting ->
          waiting.approved()
              ? new Badge(
                  Tone.WAIT, "wait", waiting.held().isEmpty() ? "about to start" : "waiting")
              : new Badge(Tone.WAIT, "hand", "waiting for approval");
      case Running(_, _, Phase.InDoubt _, _) -> new Badge(Tone.WARN, "question", "in doubt");
      case Running(_, _, Phase.Watching _, _) -> new Badge(Tone.WAIT, "clock", "holding");
      case Running _ -> new Badge(Tone.BUSY, "running", "running");
      case Paused _ -> new Badge(Tone.WAIT, "pause", "paused");
      case Verifying _ -> new Badge(Tone.BUSY, "heart", "verifying");
      case RollingBack _ -> new Badge(Tone.WARN, "back", "rolling back");
      case DeployState.Quarantined _ -> new Badge(Tone.BAD, "warning", "quarantined");
      case Succeeded _ -> new Badge(Tone.GOOD, "check-circle", "succeeded");
      case RolledBack _ -> new Badge(Tone.WARN, "back", "rolled back");
      case Stuck _ -> new Badge(Tone.BAD, "warning", "stuck");
      case Cancelled _ -> new Badge(Tone.IDLE, "blocked", "cancelled");
      case Superseded _ -> new Badge(Tone.IDLE, "skip", "superseded");
      case Preempted _ -> new Badge(Tone.WARN, "skip", "pre-empted");
      case Refused _ -> new Badge(Tone.BAD, "x-circle", "refused");
    };
  }

  static Badge of(TrainState state) {
    return switch (state) {
      case WAITING -> new Badge(Tone.WAIT, "wait", "waiting");
      case RUNNING -> new Badge(Tone.BUSY, "running", "running");
      case HELD -> new Badge(Tone.WARN, "hand", "held");
      case SUCCEEDED -> new Badge(Tone.GOOD, "check-circle", "succeeded");
      case INCOMPLETE -> new Badge(Tone.WARN, "skip", "incomplete");
      case GOING_BACK -> new Badge(Tone.WARN, "back", "going back");
      case TAKEN_BACK -> new Badge(Tone.WARN, "back", "taken back");
      case STUCK -> new Badge(Tone.BAD, "warning", "stuck");
    };
  }

  static Badge of(DeployKind kind) {
    return switch (kind) {
      case START -> new Badge(Tone.IDLE, "deploy", "deploy");
      case STOP -> new Badge(Tone.IDLE, "stop", "stop");
      case ROLLBACK -> new Badge(Tone.IDLE, "back", "rollback");
    };
  }

  static Badge of(EnvironmentState state) {
    return switch (state) {
      case AVAILABLE -> new Badge(Tone.GOOD, "check-circle", "available");
      case STOPPING -> new Badge(Tone.BUSY, "stop", "stopping");
      case STOPPED -> new Badge(Tone.IDLE, "stop", "stopped");
    };
  }

  static Badge of(Health health) {
    return switch (health) {
      case HEALTHY -> new Badge(Tone.GOOD, "heart", "healthy");
      case STARTING -> new Badge(Tone.BUSY, "running", "starting");
      case FAILING -> new Badge(Tone.BAD, "x-circle", "failing");
      case DOWN -> new Badge(Tone.BAD, "stop", "down");
      case UNREACHABLE -> new Badge(Tone.WARN, "unplugged", "unreachable");
    };
  }

  static Badge of(PipelineStatus status) {
    return switch (status) {
      case CREATED -> new Badge(Tone.IDLE, "ring", "created");
      case WAITING_FOR_RESOURCE -> new Badge(Tone.WAIT, "wait", "waiting for a deploy");
      case PENDING -> new Badge(Tone.WAIT, "queue", "pending");
      case RUNNING -> new Badge(Tone.BUSY, "running", "running");
      case MANUAL -> new Badge(Tone.WAIT, "hand", "waits for a person");
      case SCHEDULED -> new Badge(Tone.WAIT, "clock", "scheduled");
      case SUCCESS -> new Badge(Tone.GOOD, "check-circle", "succeeded");
      case FAILED -> new Badge(Tone.BAD, "x-circle", "failed");
      case CANCELED -> new Badge(Tone.IDLE, "blocked", "cancelled");
      case SKIPPED -> new Badge(Tone.IDLE, "skip", "skipped");
    };
  }

  static Badge of(JobRun job) {
    return job.forgiven() ? new Badge(Tone.WARN, "warning", "failed, allowed") : of(job.status());
  }

  private static Badge of(JobStatus status) {
    return switch (status) {
      case CREATED -> new Badge(Tone.IDLE, "ring", "created");
      case PENDING -> new Badge(Tone.WAIT, "queue", "pending");
      case RUNNING -> new Badge(Tone.BUSY, "running", "running");
      case SUCCESS -> new Badge(Tone.GOOD, "check", "succeeded");
      case FAILED -> new Badge(Tone.BAD, "x", "failed");
      case CANCELED -> new Badge(Tone.IDLE, "blocked", "cancelled");
      case SKIPPED -> new Badge(Tone.IDLE, "skip", "skipped");
      case MANUAL -> new Badge(Tone.WAIT, "hand", "manual");
      case SCHEDULED -> new Badge(Tone.WAIT, "clock", "scheduled");
      case WAITING_FOR_RESOURCE -> new Badge(Tone.WAIT, "wait", "waiting for a deploy");
    };
  }

  static Badge of(Change.Kind kind) {
    return switch (kind) {
      case CREATE -> new Badge(Tone.GOOD, "plus", "create");
      case UPDATE -> new Badge(Tone.BUSY, "pencil", "update");
      case DELETE -> new Badge(Tone.BAD, "minus", "delete");
      case NONE -> new Badge(Tone.IDLE, "equal", "unchanged");
    };
  }
}
