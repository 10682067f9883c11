package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One job of a pipeline.
///
/// @param attempt 1 for the first; grows with each retry
/// @param failureReason GitLab's word, such as `script_failure`
/// @param message what went wrong, for people
/// @param allowFailure whether its failure is only a warning
/// @param environment the environment that it acts on
/// @param deploy the id of the deploy that its status follows
public record Job(
    long id,
    long pipeline,
    String name,
    String stage,
    Status status,
    int attempt,
    Optional<Integer> exitCode,
    Optional<String> failureReason,
    Optional<String> message,
    boolean allowFailure,
    List<String> needs,
    Optional<String> environment,
    Optional<Long> deploy,
    List<Artifact> artifacts,
    Optional<Instant> scheduledAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  /// A file that the job left.
  ///
  /// @param digest `sha256:…`
  /// @param size in bytes
  public record Artifact(String path, String digest, long size) {}

  /// GitLab's job states.
  public enum Status {
    CREATED,
    PENDING,
    RUNNING,
    SUCCESS,
    FAILED,
    CANCELED,
    SKIPPED,
    MANUAL,
    SCHEDULED,
    WAITING_FOR_RESOURCE;

    /// Whether it ends here.
    public boolean finished() {
      return switch (this) {
        case SUCCESS, FAILED, CANCELED, SKIPPED -> true;
        case CREATED, PENDING, RUNNING, MANUAL, SCHEDULED, WAITING_FOR_RESOURCE -> false;
      };
    }
  }
}
