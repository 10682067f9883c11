package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.PipelineWork.Started;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.pipeline.Trigger.Downstream;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.pipeline.gitlab.PipelineReader;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.server.operations.PipelineOperations.Wish;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Starts the pipelines that jobs with `trigger` name, in this project or another one. The words
/// for why it cannot be are GitLab's.
final class Downstreams {

  /// A child may have children, and those may have none
  /// (https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#nested-child-pipelines).
  private static final int DEEPEST_CHILD = 2;

  /// Of all that one pipeline leads to; GitLab's usual limit.
  private static final int LARGEST_FAMILY = 1000;

  private final Projects projects;
  private final Pipelines pipelines;
  private final Repositories repositories;
  private final Inclusions inclusions;
  private final JobOrders orders;
  private final PipelineOperations operations;

  Downstreams(
      Projects projects,
      Pipelines pipelines,
      Repositories repositories,
      Inclusions inclusions,
      JobOrders orders,
      PipelineOperations operations) {
    this.projects = projects;
    this.pipelines = pipelines;
    this.repositories = repositories;
    this.inclusions = inclusions;
    this.orders = orders;
    this.operations = operations;
  }

  Started start(Pipeline pipeline, Job job, List<Job> jobs) {
    var there = pipelines.startedBy(job.id());
    if (there.isPresent()) {
      return there.get().problems().isEmpty()
          ? new Started.Downstream(there.get().id())
          : failed(String.join("; ", there.get().problems()));
    }
    var ancestors = ancestors(pipeline);
    if (pipelines.family(ancestors.getLast().id()) >= LARGEST_FAMILY) {
      return new Started.No(
          "reached_max_pipeline_hierarchy_size",
          "pipeline #%d led to %d pipelines already, which is the most"
              .formatted(ancestors.getLast().number(), LARGEST_FAMILY));
    }
    var trigger = job.spec().trigger().orElseThrow();
    var variables = variables(pipeline, job, jobs, trigger);
    return switch (trigger.downstream()) {
      case Downstream.Child child -> child(pipeline, job, jobs, child, variables, ancestors);
      case Downstream.OtherProject other -> other(job, pipeline, other, variables, ancestors);
    };
  }

  /// This one, the one that started it, and so on.
  private List<Pipeline> ancestors(Pipeline pipeline) {
    var all = new ArrayList<>(List.of(pipeline));
    while (all.getLast().parent().isPresent()) {
      var job = pipelines.job(all.getLast().parent().get()).orElseThrow();
      all.add(pipelines.find(job.pipeline()).orElseThrow());
    }
    return all;
  }

  /// Variables of the file are written out here, since only this pipeline knows what they refer to.
  private Map<String, String> variables(
      Pipeline pipeline, Job job, List<Job> jobs, Trigger trigger) {
    var given = new TreeMap<String, String>();
    if (trigger.yamlVariables()) {
      var known = orders.order(pipeline, job, jobs).variables();
      job.spec().variables().keySet().stream()
          .filter(name -> !name.startsWith("CI_NODE_"))
          .forEach(name -> given.put(name, known.getOrDefault(name, "")));
    }
    if (trigger.pipelineVariables()) {
      given.putAll(pipeline.variables());
    }
    given.putAll(job.given());
    return given;
  }

  private Started child(
      Pipeline pipeline,
      Job job,
      List<Job> jobs,
      Downstream.Child child,
      Map<String, String> variables,
      List<Pipeline> ancestors) {
    if (ancestors.stream().takeWhile(Pipeline::isChild).count() >= DEEPEST_CHILD) {
      return new Started.No(
          "reached_max_descendant_pipelines_depth",
          "a child of a child pipeline can start no child itself");
    }
    var project = projects.find(pipeline.project()).orElseThrow();
    var tree = new MirrorTree(repositories, project.name(), pipeline.sha());
    return started(
        operations.start(
            new Wish(
                project,
                pipeline.sha(),
                Optional.empty(),
                pipeline.ref(),
                pipeline.tag(),
                Source.PARENT_PIPELINE,
                variables,
                Optional.of(job.id()),
                true,
                new Actor(pipeline.by())),
            PipelineReader.readChild(tree, job.spec().name(), child, inclusions.forChild(jobs))));
  }

  private Started other(
      Job job,
      Pipeline pipeline,
      Downstream.OtherProject other,
      Map<String, String> variables,
      List<Pipeline> ancestors) {
    return switch (inclusions.project(other.project())) {
      case Elsewhere.Answer.Found<Project>(var project) ->
          other(job, pipeline, other, project, variables, ancestors);
      case Elsewhere.Answer.No<Project>(var reason) ->
          new Started.No("downstream_bridge_project_not_found", reason);
      case Elsewhere.Answer.NotLooked<Project> _ ->
          new Started.No("downstream_bridge_project_not_found", "nobody looked for it");
    };
  }

  private Started other(
      Job job,
      Pipeline pipeline,
      Downstream.OtherProject other,
      Project project,
      Map<String, String> variables,
      List<Pipeline> ancestors) {
    var ref = other.branch().orElse(project.defaultBranch());
    Map<String, CommitSha> references;
    try {
      references = repositories.references(project.name());
    } catch (IOException e) {
      return failed("the mirror of %s cannot be read".formatted(project.name()));
    }
    var branch = Optional.ofNullable(references.get("refs/heads/" + ref));
    var sha = branch.or(() -> Optional.ofNullable(references.get("refs/tags/" + ref)));
    if (sha.isEmpty()) {
      return failed("there is no branch or tag `%s` in %s".formatted(ref, project.name()));
    } else if (ancestors.stream().anyMatch(a -> isOf(a, project.name(), ref, sha.get()))) {
      return new Started.No(
          "pipeline_loop_detected",
          "a pipeline of %s for this commit of `%s` led to this one, which would start it again"
              .formatted(project.name(), ref));
    }
    var tree = new MirrorTree(repositories, project.name(), sha.get());
    if (!tree.paths().contains(PipelineOperations.FILE)) {
      return failed("%s has no `%s`".formatted(project.name(), PipelineOperations.FILE));
    }
    return started(
        operations.start(
            new Wish(
                project,
                sha.get(),
                Optional.empty(),
                ref,
                branch.isEmpty(),
                Source.PIPELINE,
                variables,
                Optional.of(job.id()),
                true,
                new Actor(pipeline.by())),
            PipelineReader.readDownstream(
                tree, PipelineOperations.FILE, inclusions.forOne(), other.inputs())));
  }

  private static boolean isOf(Pipeline pipeline, ProjectName project, String ref, CommitSha sha) {
    return pipeline.project().equals(project)
        && pipeline.ref().equals(ref)
        && pipeline.sha().equals(sha);
  }

  private static Started started(Answer<Pipeline> answer) {
    return switch (answer) {
      case Answer.Done<Pipeline>(var downstream) -> new Started.Downstream(downstream.id());
      case Answer.NotFound<Pipeline>(var what) -> failed("there is no " + what);
      case Answer.Refused<Pipeline>(_, var message, _, var problems) ->
          failed(
              problems.isEmpty()
                  ? message
                  : String.join(
                      "; ",
                      problems.stream().filter(Problem::isError).map(Problem::toString).toList()));
    };
  }

  private static Started failed(String message) {
    return new Started.No("downstream_pipeline_creation_failed", message);
  }
}
