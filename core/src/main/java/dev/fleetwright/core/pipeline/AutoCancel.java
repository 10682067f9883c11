package dev.fleetwright.core.pipeline;

/// What is cancelled by itself (`workflow: auto_cancel`).
///
/// @param onJobFailure whether all jobs end when one has failed
public record AutoCancel(OnNewCommit onNewCommit, boolean onJobFailure) {
  /// What GitLab does when nothing is written.
  public static final AutoCancel USUAL = new AutoCancel(OnNewCommit.CONSERVATIVE, false);

  /// What happens to this pipeline when a newer one begins on its ref.
  public enum OnNewCommit {
    /// It is cancelled as long as no job that is not `interruptible` has started.
    CONSERVATIVE,
    /// Its jobs that are `interruptible` are cancelled.
    INTERRUPTIBLE,
    /// Nothing.
    NONE
  }
}
