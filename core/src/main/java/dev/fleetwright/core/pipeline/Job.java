package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import java.time.Duration;
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
/// @param given variables that it was played with; they win over all others
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
    Keeping keeping,
    Map<String, String> dotenv,
    Map<String, String> given,
    Optional<Long> deploy,
    Optional<Instant> scheduledAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  public Job {
    artifacts = List.copyOf(artifacts);
    dotenv = Map.copyOf(dotenv);
    given = Map.copyOf(given);
  }

  /// How long the files that a job left are kept (`artifacts:expire_in`).
  public sealed interface Keeping {
    /// Until the pipeline is removed.
    record Always() implements Keeping {}

    /// They may be dropped from then on, unless the pipeline is the last successful one of its
    /// branch or tag.
    record Until(Instant at) implements Keeping {}

    /// They were dropped; there are none any more.
    record Dropped() implements Keeping {}

    /// What the file says, for a job that ended.
    ///
    /// @param usual for files of which nothing is said; empty for always
    static Keeping of(List<ArtifactSpec> specs, Instant ended, Optional<Duration> usual) {
      var longest = Duration.ZERO;
      for (var spec : specs) {
        var time =
            switch (spec.expiry()) {
              case ArtifactSpec.Expiry.Usual _ -> usual;
              case ArtifactSpec.Expiry.After(var after) -> Optional.of(after);
              case ArtifactSpec.Expiry.Never _ -> Optional.<Duration>empty();
            };
        if (time.isEmpty()) {
          return new Always();
        }
        longest = time.get().compareTo(longest) > 0 ? time.get() : longest;
      }
      return longest.isZero() ? new Always() : new Until(ended.plus(longest));
    }
  }

  /// Whether the files are for other jobs only, and for no person (`artifacts:access: none`).
  public boolean leavesForJobsOnly() {
    return spec.artifacts().stream().anyMatch(a -> a.access() == ArtifactSpec.Access.NONE);
  }

  /// As [PipelineMachine] sees it.
  public JobRun run() {
    return new JobRun(spec, status, exitCode);
  }

  /// This job in another status.
  public Job withStatus(JobStatus other) {
    return with(other, exitCode, failureReason, message, deploy);
  }

  /// This job with the exit code of its script, and what went wrong where something did.
  ///
  /// @param reason GitLab's word; empty unless it failed
  public Job withEnd(JobStatus end, int code, String reason, String what) {
    return with(end, code, reason, what, deploy);
  }

  /// This job, whose status follows a deploy.
  public Job following(long other) {
    return with(status, exitCode, failureReason, message, Optional.of(other));
  }

  private Job with(
      JobStatus status, int exitCode, String reason, String message, Optional<Long> deploy) {
    return new Job(
        id,
        pipeline,
        spec,
        status,
        attempt,
        exitCode,
        reason,
        message,
        artifacts,
        keeping,
        dotenv,
        given,
        deploy,
        scheduledAt,
        startedAt,
        finishedAt);
  }

  /// This job with what it left.
  ///
  /// @param until how long the files are kept
  public Job withResults(List<TreeEntry> files, Keeping until, Map<String, String> variables) {
    return new Job(
        id,
        pipeline,
        spec,
        status,
        attempt,
        exitCode,
        failureReason,
        message,
        files,
        until,
        variables,
        given,
        deploy,
        scheduledAt,
        startedAt,
        finishedAt);
  }

  /// This job, played with variables.
  public Job withGiven(Map<String, String> variables) {
    return new Job(
        id,
        pipeline,
        spec,
        status,
        attempt,
        exitCode,
        failureReason,
        message,
        artifacts,
        keeping,
        dotenv,
        variables,
        deploy,
        scheduledAt,
        startedAt,
        finishedAt);
  }

  /// This job, to start by itself at a time.
  public Job scheduledAt(Instant at) {
    return withTimes(Optional.of(at), startedAt, finishedAt);
  }

  /// This job, started at a time.
  public Job startedAt(Instant at) {
    return withTimes(scheduledAt, Optional.of(at), finishedAt);
  }

  /// This job, ended at a time; empty when it has not ended.
  public Job finishedAt(Optional<Instant> at) {
    return withTimes(scheduledAt, startedAt, at);
  }

  private Job withTimes(
      Optional<Instant> scheduledAt, Optional<Instant> startedAt, Optional<Instant> finishedAt) {
    return new Job(
        id,
        pipeline,
        spec,
        status,
        attempt,
        exitCode,
        failureReason,
        message,
        artifacts,
        keeping,
        dotenv,
        given,
        deploy,
        scheduledAt,
        startedAt,
        finishedAt);
  }
}
