package dev.fleetwright.core.pipeline;

import java.util.Locale;

/// GitLab's job states, contract 2a.6, as far as they occur here.
public enum JobStatus {
  CREATED,
  /// Its turn has come; it waits for an executor.
  PENDING,
  RUNNING,
  SUCCESS,
  FAILED,
  CANCELED,
  SKIPPED,
  /// Its turn has come; it waits for a person.
  MANUAL,
  /// Its turn has come; it waits for its time.
  SCHEDULED,
  /// It is a deploy and waits for the environment: an approval, a queue.
  WAITING_FOR_RESOURCE;

  /// Whether it ends here; a finished job changes only by being run anew.
  public boolean finished() {
    return switch (this) {
      case SUCCESS, FAILED, CANCELED, SKIPPED -> true;
      case CREATED, PENDING, RUNNING, MANUAL, SCHEDULED, WAITING_FOR_RESOURCE -> false;
    };
  }

  /// As GitLab writes it: `success`, `waiting_for_resource` …
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
