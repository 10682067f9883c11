package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.pipeline.JobOutcome.Ending;

/// GitLab's words for why a job failed, as far as an executor finds out.
final class Endings {

  static final String SCRIPT_FAILURE = "script_failure";
  static final String TIMEOUT = "job_execution_timeout";
  static final String SYSTEM_FAILURE = "runner_system_failure";
  static final String IMAGE_PULL_FAILURE = "image_pull_failure";
  static final String UNSUPPORTED = "runner_unsupported";

  private Endings() {}

  /// What a script ended with.
  static Ending of(int exitCode) {
    return exitCode == 0
        ? new Ending.Succeeded()
        : new Ending.Failed(exitCode, SCRIPT_FAILURE, "exit status " + exitCode);
  }
}
