package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One run of a project's `.gitlab-ci.yml` on one commit.
///
/// @param id unique in this installation (`CI_PIPELINE_ID`)
/// @param number counts a project's pipelines from 1 (`CI_PIPELINE_IID`)
/// @param ref the branch or tag, without `refs/heads/`
/// @param source GitLab's word: `push`, `web`, `api`, `schedule` …
/// @param stages in order
/// @param problems why there are no jobs, one line each, when the file cannot be used
/// @param variables what the pipeline was started with
/// @param name what the file calls the run (`workflow: name`); empty if it says nothing
/// @param autoCancel what of it is cancelled by itself
/// @param parent the job that started it, when one did (`trigger`)
/// @param changes how often the pipeline or a job of it was changed; see [Pipelines#settle]
public record Pipeline(
    long id,
    long number,
    ProjectName project,
    CommitSha sha,
    String ref,
    boolean tag,
    String source,
    String title,
    String author,
    List<String> stages,
    List<String> problems,
    SortedMap<String, String> variables,
    String name,
    AutoCancel autoCancel,
    Optional<Long> parent,
    PipelineStatus status,
    long changes,
    String by,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  public Pipeline {
    stages = List.copyOf(stages);
    problems = List.copyOf(problems);
    variables = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(variables));
  }

  /// Whether it is a part of the pipeline that started it, of the same project and commit.
  public boolean isChild() {
    return source.equals("parent_pipeline");
  }
}
