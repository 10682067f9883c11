package dev.fleetwright.server.operations;

import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.runner.HandOut.Taken;
import dev.fleetwright.core.runner.Runner;
import dev.fleetwright.core.secret.Secret;
import java.util.List;
import java.util.Optional;

/// A job that a runner was given, with everything that it needs.
///
/// @param token opens what belongs to this job, while it is with the runner
/// @param variables in the order in which they are told
/// @param sources jobs whose artifacts it gets, in the order in which they are laid out
/// @param caches of [dev.fleetwright.core.pipeline.Workplace#caches], with their keys worked out
/// @param repository where the runner fetches from; holds no token
/// @param others how many jobs of the project were with runners before
public record Assignment(
    Runner runner,
    Taken taken,
    Pipeline pipeline,
    Job job,
    JobOrder order,
    Secret token,
    List<Variable> variables,
    List<Job> sources,
    List<KeyedCache> caches,
    String repository,
    int others) {

  public Assignment {
    variables = List.copyOf(variables);
    sources = List.copyOf(sources);
    caches = List.copyOf(caches);
  }

  /// A variable of the job.
  ///
  /// @param secret whether the runner keeps its value out of the log
  /// @param raw whether the runner leaves `$` in the value alone
  public record Variable(String key, String value, boolean secret, boolean raw) {}

  /// A cache and the key that it is kept under.
  public record KeyedCache(
      String key, List<String> fallbackKeys, dev.fleetwright.core.pipeline.Workplace.Cache cache) {}

  /// Where a commit is on a branch or a tag.
  Optional<String> branch() {
    return pipeline.tag() ? Optional.empty() : Optional.of(pipeline.ref());
  }
}
