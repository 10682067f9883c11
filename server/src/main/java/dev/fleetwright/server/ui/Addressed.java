package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;

/// What an address names. What is not there is refused with its name.
final class Addressed {

  private final Sources sources;

  Addressed(Sources sources) {
    this.sources = sources;
  }

  Project project(Call call) {
    var name = call.projectName();
    return sources
        .projects()
        .find(name)
        .orElseThrow(() -> Refusal.notFound("project `" + name + "`"));
  }

  Environment environment(Call call) {
    var name = call.environmentName();
    return sources
        .environments()
        .find(call.projectName(), name)
        .orElseThrow(() -> Refusal.notFound("environment `" + name + "`"));
  }

  record Shown(DeployView view, Environment environment) {}

  Shown deploy(Call call) {
    var number = call.id("number");
    return sources
        .deploys()
        .find(call.projectName(), number)
        .flatMap(view ->
            sources
                .environments()
                .find(view.deploy().environment())
                .map(environment -> new Shown(view, environment)))
        .orElseThrow(() -> Refusal.notFound("deploy `" + number + "`"));
  }

  /// Numbers have no gaps, so the distance to the newest tells where to look; a little more is
  /// read, because newer ones may have been added meanwhile.
  Pipeline pipeline(Call call) {
    var number = call.id("number");
    var project = call.projectName();
    var newest = sources.pipelines().of(project, 1, 0).stream().findFirst().map(Pipeline::number);
    return newest
        .filter(n -> n >= number)
        .flatMap(n ->
            sources.pipelines().of(project, 20, Math.toIntExact(n - number)).stream()
                .filter(p -> p.number() == number)
                .findFirst())
        .orElseThrow(() -> Refusal.notFound("pipeline `" + number + "`"));
  }

  record Run(Pipeline pipeline, Job job) {}

  Run job(Call call) {
    var id = call.id("job");
    var project = call.projectName();
    return sources
        .pipelines()
        .job(id)
        .flatMap(job ->
            sources
                .pipelines()
                .find(job.pipeline())
                .filter(p -> p.project().equals(project))
                .map(p -> new Run(p, job)))
        .orElseThrow(() -> Refusal.notFound("job `" + id + "`"));
  }
}
