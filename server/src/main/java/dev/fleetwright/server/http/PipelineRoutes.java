package dev.fleetwright.server.http;

import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.ResourceGroup;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.ProcessMode;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.server.operations.PipelineOperations;
import dev.fleetwright.server.operations.RunnerOperations;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pipelines and their jobs.
final class PipelineRoutes {

  private final Projects projects;
  private final Pipelines pipelines;
  private final Releases releases;
  private final PipelineOperations operations;
  private final RunnerOperations runners;
  private final Clock clock;

  PipelineRoutes(
      Projects projects,
      Pipelines pipelines,
      Releases releases,
      PipelineOperations operations,
      RunnerOperations runners,
      Clock clock) {
    this.projects = projects;
    this.pipelines = pipelines;
    this.releases = releases;
    this.operations = operations;
    this.runners = runners;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/projects/{project}/pipelines",
                Access.SIGNED_IN,
                "A project's pipelines, newest first.")
            .with(Parameter.PAGE, Parameter.PER_PAGE)
            .givingPageOf(Pipeline.class)
            .by(call -> {
              var project = project(call);
              return call.paged(
                  clock.instant(),
                  (most, skip) ->
                      pipelines.of(project.name(), most, skip).stream().map(this::wire).toList());
            }),
        Route.post(
                "/api/v1/projects/{project}/pipelines",
                Access.SIGNED_IN,
                "Run the pipeline of a branch, tag or commit.")
            .orRefusing()
            .taking(Pipeline.Run.class)
            .giving(Pipeline.class)
            .as(201)
            .by(this::run),
        Route.get("/api/v1/pipelines/{pipeline}", Access.SIGNED_IN, "One pipeline.")
            .giving(Pipeline.class)
            .by(call -> wire(pipeline(call))),
        Route.get(
                "/api/v1/pipelines/{pipeline}/jobs",
                Access.SIGNED_IN,
                "The jobs of a pipeline, the newest attempt of each, in the order of the file.")
            .givingPageOf(Job.class)
            .by(call ->
                call.whole(
                    clock.instant(),
                    "record",
                    pipelines.jobs(pipeline(call).id()).stream().map(this::wire).toList())),
        Route.post(
                "/api/v1/pipelines/{pipeline}/cancel",
                Access.SIGNED_IN,
                "Cancel all jobs of a pipeline that have not ended.")
            .orRefusing()
            .giving(Pipeline.class)
            .by(call ->
                wire(Answers.done(operations.cancelAll(call.id("pipeline"), call.actor())))),
        Route.post(
                "/api/v1/pipelines/{pipeline}/retry",
                Access.SIGNED_IN,
                "Run all jobs of a pipeline again that failed or were cancelled.")
            .orRefusing()
            .giving(Pipeline.class)
            .by(call -> wire(Answers.done(operations.retryAll(call.id("pipeline"), call.actor())))),
        Route.post(
                "/api/v1/pipelines/{pipeline}/rebuild",
                Access.SIGNED_IN,
                "Build the commit of a pipeline again, for newer packages of what it is built on: a new pipeline and a new release.")
            .orRefusing()
            .giving(Pipeline.class)
            .as(201)
            .by(call ->
                wire(
                    Answers.done(
                        operations.rebuild(
                            call.id("pipeline"), Source.API, Optional.empty(), call.actor())))),
        Route.get(
                "/api/v1/projects/{project}/resource-groups",
                Access.SIGNED_IN,
                "The resource groups that jobs of a project have asked for so far.")
            .givingPageOf(ResourceGroup.class)
            .by(call ->
                call.whole(
                    clock.instant(),
                    "record",
                    operations.resourceGroups(project(call).name()).stream()
                        .map(PipelineWire::of)
                        .toList())),
        Route.post(
                "/api/v1/projects/{project}/resource-groups/{group}",
                Access.SIGNED_IN,
                "Change whose turn it is in a resource group.")
            .taking(ResourceGroup.Order.class)
            .giving(ResourceGroup.class)
            .by((call, wish) ->
                PipelineWire.of(
                    Answers.done(
                        operations.order(
                            project(call).name(),
                            call.path("group"),
                            ProcessMode.valueOf(wish.mode().name()),
                            call.actor())))),
        Route.get("/api/v1/jobs/{job}", Access.SIGNED_IN, "One job.")
            .giving(Job.class)
            .by(call -> {
              var id = call.id("job");
              return wire(pipelines.job(id).orElseThrow(() -> Refusal.notFound("job " + id)));
            }),
        Route.post(
                "/api/v1/jobs/{job}/play",
                Access.SIGNED_IN,
                "Start a manual job, or a delayed one at once.")
            .orRefusing()
            .taking(Job.Play.class)
            .giving(Job.class)
            .by((call, wish) ->
                wire(
                    Answers.done(
                        operations.play(
                            call.id("job"), wish.variables().orElse(Map.of()), call.actor())))),
        Route.post(
                "/api/v1/jobs/{job}/retry",
                Access.SIGNED_IN,
                "Run a finished job again; the answer is the new attempt.")
            .orRefusing()
            .giving(Job.class)
            .as(201)
            .by(call -> wire(Answers.done(operations.retry(call.id("job"), call.actor())))),
        Route.post("/api/v1/jobs/{job}/cancel", Access.SIGNED_IN, "Cancel a job.")
            .orRefusing()
            .giving(Job.class)
            .by(call -> wire(Answers.done(operations.cancel(call.id("job"), call.actor())))));
  }

  private Pipeline run(Call call, Pipeline.Run wish) {
    var project = project(call);
    return wire(
        Answers.done(
            operations.run(
                project.name(),
                wish.ref().orElse(project.defaultBranch()),
                Source.API,
                wish.variables().orElse(Map.of()),
                wish.inputs().orElse(Map.of()),
                call.actor())));
  }

  private Project project(Call call) {
    var name = call.projectName();
    return projects.find(name).orElseThrow(() -> Refusal.notFound("project `" + name + "`"));
  }

  private dev.fleetwright.core.pipeline.Pipeline pipeline(Call call) {
    var id = call.id("pipeline");
    return pipelines.find(id).orElseThrow(() -> Refusal.notFound("pipeline " + id));
  }

  private Pipeline wire(dev.fleetwright.core.pipeline.Pipeline pipeline) {
    return PipelineWire.of(
        pipeline, releases.ofPipeline(pipeline.id()), pipelines.rebuildOf(pipeline.id()));
  }

  private Job wire(dev.fleetwright.core.pipeline.Job job) {
    return PipelineWire.of(
        withReason(job),
        job.spec().trigger().isEmpty()
            ? Optional.empty()
            : pipelines.startedBy(job.id()).map(dev.fleetwright.core.pipeline.Pipeline::id));
  }

  /// A job that waits for a runner says why.
  private dev.fleetwright.core.pipeline.Job withReason(dev.fleetwright.core.pipeline.Job job) {
    return job.status() != JobStatus.PENDING
        ? job
        : pipelines
            .find(job.pipeline())
            .flatMap(pipeline -> runners.waiting(pipeline, job))
            .map(why -> job.withEnd(job.status(), job.exitCode(), job.failureReason(), why))
            .orElse(job);
  }
}
