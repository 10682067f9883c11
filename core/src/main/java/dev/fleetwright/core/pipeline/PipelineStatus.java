package dev.fleetwright.core.pipeline;

import java.util.Locale;

/// GitLab's pipeline states: what its jobs' states amount to.
public enum PipelineStatus {
  CREATED,
  WAITING_FOR_RESOURCE,
  PENDING,
  RUNNING,
  /// Blocked: a manual job that is not optional waits for a person.
  MANUAL,
  SCHEDULED,
  SUCCESS,
  FAILED,
  CANCELED,
  SKIPPED;

  /// Whether nothing moves any more unless a person plays or retries a job.
  public boolean finished() {
    return switch (this) {
      case SUCCESS, FAILED, CANCELED, SKIPPED -> true;
      case CREATED, WAITING_FOR_RESOURCE, PENDING, RUNNING, MANUAL, SCHEDULED -> false;
    };
  }

  /// As GitLab writes it.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
