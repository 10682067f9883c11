package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One run of a project's `.gitlab-ci.yml` on one commit.
///
/// @param number counts a project's pipelines from 1
/// @param ref the branch or tag
/// @param source GitLab's word: `push`, `web`, `api` …
/// @param problems why there are no jobs, when the file cannot be used
/// @param name what the file calls the run; empty if it says nothing
/// @param parent the id of the job that started it, when one did
/// @param rebuildOf the id of the pipeline whose commit it builds again
/// @param release the id of the release that it made
public record Pipeline(
    long id,
    long number,
    String project,
    String sha,
    String ref,
    boolean tag,
    String source,
    String title,
    String author,
    List<String> stages,
    List<String> problems,
    String name,
    Optional<Long> parent,
    Optional<Long> rebuildOf,
    Status status,
    Optional<Long> release,
    String by,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  /// GitLab's pipeline states.
  public enum Status {
    CREATED,
    WAITING_FOR_RESOURCE,
    PENDING,
    RUNNING,
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
  }

  /// Start a pipeline.
  ///
  /// @param ref a branch, tag or commit; empty for the default branch
  /// @param variables override those of the file
  /// @param inputs values for `spec: inputs`: a text, a number, `true` or `false`, or a list in
  ///   brackets, as the file's type asks for
  public record Run(
      Optional<String> ref,
      Optional<Map<String, String>> variables,
      Optional<Map<String, String>> inputs) {}
}
