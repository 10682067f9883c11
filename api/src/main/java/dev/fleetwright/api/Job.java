package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One job of a pipeline.
///
/// @param attempt 1 for the first; grows with each retry
/// @param failureReason GitLab's word, such as `script_failure`
/// @param message what went wrong, or why a pending job waits for a runner, for people
/// @param allowFailure whether its failure is only a warning
/// @param environment the environment that it acts on
/// @param resourceGroup of the jobs of one group only one is under way at a time
/// @param confirmation what a person should be asked before it is played
/// @param downstream the id of the pipeline that it started
/// @param artifactsExpireAt when the files that it left may be dropped; empty when they are kept
/// @param artifactsExpired whether they were
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
    Optional<String> resourceGroup,
    Optional<String> confirmation,
    Optional<Long> downstream,
    Optional<Long> deploy,
    List<Artifact> artifacts,
    Optional<Instant> artifactsExpireAt,
    boolean artifactsExpired,
    Optional<Instant> scheduledAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  /// Play a manual job.
  ///
  /// @param variables for this job; they win over all others
  public record Play(Optional<Map<String, String>> variables) {}

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
