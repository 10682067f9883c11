package dev.fleetwright.core.pipeline;

/// A job and how far it is; what [PipelineMachine] decides on.
///
/// @param exitCode of the script; -1 while there is none
public record JobRun(JobSpec spec, JobStatus status, int exitCode) {

  /// Whether it failed and that is only a warning.
  public boolean forgiven() {
    return status == JobStatus.FAILED && spec.allowFailure().forgives(exitCode);
  }

  /// Whether it failed and that fails the pipeline.
  public boolean failed() {
    return status == JobStatus.FAILED && !forgiven();
  }

  /// Whether those after it may go on as if it had succeeded: it did, it was skipped, its failure
  /// is allowed, or it is an optional manual job that nobody has started.
  boolean letsPass() {
    return switch (status) {
      case SUCCESS, SKIPPED -> true;
      case FAILED -> forgiven();
      case MANUAL -> spec.allowFailure().allowed();
      case CREATED, PENDING, RUNNING, CANCELED, SCHEDULED, WAITING_FOR_RESOURCE -> false;
    };
  }

  /// Whether what follows has to wait for it.
  boolean holds() {
    return !status.finished() && !letsPass();
  }
}
