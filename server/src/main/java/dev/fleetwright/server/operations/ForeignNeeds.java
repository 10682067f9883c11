package dev.fleetwright.server.operations;

import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.Workplace.Foreign;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What jobs take from pipelines other than their own (`needs: project`, `needs: pipeline`;
/// https://docs.gitlab.com/ci/yaml/#needsproject).
final class ForeignNeeds {

  private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

  private final Pipelines pipelines;
  private final Inclusions inclusions;

  ForeignNeeds(Pipelines pipelines, Inclusions inclusions) {
    this.pipelines = pipelines;
    this.inclusions = inclusions;
  }

  /// A need, looked up.
  private sealed interface Look {
    record Found(Job job) implements Look {}

    /// @param reason for people
    record No(String reason) implements Look {}
  }

  /// The jobs whose files a job takes, as they are now; those that are not there are left out.
  List<Job> jobs(Pipeline pipeline, Job job) {
    var found = new ArrayList<Job>();
    for (var need : job.spec().workplace().foreign()) {
      look(pipeline, need)
          .filter(Look.Found.class::isInstance)
          .ifPresent(look -> found.add(((Look.Found) look).job()));
    }
    return found;
  }

  /// Why a job cannot have what it needs of other pipelines; empty when it can.
  Optional<String> lacking(Pipeline pipeline, Job job) {
    return job.spec().workplace().foreign().stream()
        .flatMap(need -> look(pipeline, need).stream())
        .flatMap(look -> look instanceof Look.No(var reason) ? Stream.of(reason) : Stream.empty())
        .findFirst();
  }

  /// The pipeline whose status a job has, if it is such a job: the newest of the default branch of
  /// the project that it names.
  Optional<Pipeline> mirrored(Job job) {
    return job.spec().workplace().foreign().stream()
        .flatMap(need ->
            need instanceof Foreign.Status(var path) ? project(path).stream() : Stream.empty())
        .findFirst()
        .flatMap(project -> pipelines.newest(project.name(), project.defaultBranch()));
  }

  private Optional<Project> project(String path) {
    return inclusions.project(path) instanceof Elsewhere.Answer.Found<Project>(var project)
        ? Optional.of(project)
        : Optional.empty();
  }

  /// Empty for a need that takes no files.
  private Optional<Look> look(Pipeline pipeline, Foreign need) {
    return switch (need) {
      case Foreign.OfProject(var path, var ref, var name, var artifacts) ->
          artifacts ? Optional.of(ofProject(path, ref, name)) : Optional.empty();
      case Foreign.OfPipeline(var id, var name, var artifacts) ->
          artifacts ? Optional.of(ofPipeline(pipeline, id, name)) : Optional.empty();
      case Foreign.Status(var path) ->
          switch (inclusions.project(path)) {
            case Elsewhere.Answer.Found<Project> _ -> Optional.empty();
            case Elsewhere.Answer.No<Project>(var reason) -> Optional.of(new Look.No(reason));
            case Elsewhere.Answer.NotLooked<Project> _ ->
                Optional.of(new Look.No("nobody looked for project `" + path + "`"));
          };
    };
  }

  private Look ofProject(String path, String ref, String name) {
    return switch (inclusions.project(path)) {
      case Elsewhere.Answer.Found<Project>(var project) ->
          pipelines
              .lastSuccess(project.name(), ref, name)
              .map(job -> usable(job, project.name().value()))
              .orElseGet(() ->
                  new Look.No(
                      "no job `%s` has succeeded on `%s` of %s yet"
                          .formatted(name, ref, project.name())));
      case Elsewhere.Answer.No<Project>(var reason) -> new Look.No(reason);
      case Elsewhere.Answer.NotLooked<Project> _ ->
          new Look.No("nobody looked for project `" + path + "`");
    };
  }

  /// Only of a pipeline that belongs together with this one by `trigger: include`.
  private Look ofPipeline(Pipeline pipeline, String written, String name) {
    var id = VariableExpansion.onRunner(written, pipeline.variables());
    if (!ID.matcher(id).matches()) {
      return new Look.No("`needs: pipeline: %s` names no pipeline".formatted(written));
    }
    var other = pipelines.find(Long.parseLong(id));
    if (other.filter(o -> root(o) == root(pipeline)).isEmpty()) {
      return new Look.No("pipeline " + id + " is neither above nor beside this one");
    }
    return pipelines.jobs(other.get().id()).stream()
        .filter(job -> job.spec().name().equals(name) && job.status() == JobStatus.SUCCESS)
        .findFirst()
        .map(job -> usable(job, "pipeline #" + other.get().number()))
        .orElseGet(() ->
            new Look.No(
                "no job `%s` of pipeline #%d has succeeded".formatted(name, other.get().number())));
  }

  private long root(Pipeline pipeline) {
    var top = pipeline;
    while (top.isChild()) {
      var bridge = pipelines.job(top.parent().orElseThrow()).orElseThrow();
      top = pipelines.find(bridge.pipeline()).orElseThrow();
    }
    return top.id();
  }

  private static Look usable(Job job, String where) {
    var name = "job `%s` of %s".formatted(job.spec().name(), where);
    if (job.keeping() instanceof Job.Keeping.Dropped) {
      return new Look.No("the artifacts of " + name + " were dropped when they expired");
    }
    return job.leavesForJobsOnly()
        ? new Look.No("the artifacts of " + name + " are for its own pipeline (`access: none`)")
        : new Look.Found(job);
  }
}
