package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.artifact.TreeEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One job of a pipeline and how far it is.
///
/// @param id unique in this installation (`CI_JOB_ID`)
/// @param attempt 1 for the first; grows with each retry
/// @param exitCode -1 while there is none
/// @param failureReason GitLab's word, such as `script_failure`; empty unless it failed
/// @param message what went wrong, for people; may be empty
/// @param artifacts files it left, by path in the work tree
/// @param dotenv variables it reported
/// @param deploy that this job's status follows
public record Job(
    long id,
    long pipeline,
    JobSpec spec,
    JobStatus status,
    int attempt,
    int exitCode,
    String failureReason,
    String message,
    List<TreeEntry> artifacts,
    Map<String, String> dotenv,
    Optional<Long> deploy,
    Optional<Instant> scheduledAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  public Job {
    artifacts = List.copyOf(artifacts);
    dotenv = Map.copyOf(dotenv);
  }

  /// As [PipelineMachine] sees it.
  public JobRun run() {
    return new JobRun(spec, status, exitCode);
  }
}
