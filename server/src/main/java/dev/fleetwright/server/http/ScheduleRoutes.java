package dev.fleetwright.server.http;

import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Schedule;
import dev.fleetwright.core.pipeline.Schedules;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.server.operations.ScheduleOperations;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pipelines that start by the clock.
final class ScheduleRoutes {

  private final Projects projects;
  private final ScheduleOperations operations;
  private final Clock clock;

  ScheduleRoutes(Projects projects, ScheduleOperations operations, Clock clock) {
    this.projects = projects;
    this.operations = operations;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/projects/{project}/schedules",
                Access.SIGNED_IN,
                "A project's schedules, oldest first.")
            .givingPageOf(Schedule.class)
            .by(call ->
                call.whole(
                    clock.instant(),
                    "record",
                    operations.of(project(call).name()).stream()
                        .map(ScheduleRoutes::wire)
                        .toList())),
        Route.post(
                "/api/v1/projects/{project}/schedules",
                Access.SIGNED_IN,
                "Start a pipeline at certain times.")
            .orRefusing()
            .taking(Schedule.Make.class)
            .giving(Schedule.class)
            .as(201)
            .by(this::make),
        Route.post(
                "/api/v1/schedules/{schedule}/pause",
                Access.SIGNED_IN,
                "Let a schedule start nothing.")
            .giving(Schedule.class)
            .by(call -> wire(Answers.done(operations.pause(call.id("schedule"), call.actor())))),
        Route.post(
                "/api/v1/schedules/{schedule}/resume",
                Access.SIGNED_IN,
                "Let a schedule start something again, from the next slot on.")
            .giving(Schedule.class)
            .by(call -> wire(Answers.done(operations.resume(call.id("schedule"), call.actor())))),
        Route.post(
                "/api/v1/schedules/{schedule}/run",
                Access.SIGNED_IN,
                "Start a schedule's pipeline now, beside its slots.")
            .orRefusing()
            .giving(Pipeline.class)
            .as(201)
            .by(call ->
                PipelineWire.of(
                    Answers.done(operations.run(call.id("schedule"), call.actor())),
                    Optional.empty(),
                    Optional.empty())),
        Route.post(
                "/api/v1/schedules/{schedule}/remove",
                Access.SIGNED_IN,
                "Take a schedule away; the pipelines that it started stay.")
            .giving(Schedule.class)
            .by(call -> wire(Answers.done(operations.remove(call.id("schedule"), call.actor())))));
  }

  private Schedule make(Call call, Schedule.Make wish) {
    var project = project(call);
    return wire(
        Answers.done(
            operations.add(
                project,
                wish.description(),
                wish.ref().orElse(project.defaultBranch()),
                wish.cron(),
                wish.zone().orElse("UTC"),
                wish.variables().orElse(Map.of()),
                call.actor())));
  }

  private Project project(Call call) {
    var name = call.projectName();
    return projects.find(name).orElseThrow(() -> Refusal.notFound("project `" + name + "`"));
  }

  private static Schedule wire(Schedules.Schedule schedule) {
    return new Schedule(
        schedule.id(),
        schedule.project().value(),
        schedule.description(),
        schedule.ref(),
        schedule.cron(),
        schedule.zone(),
        List.copyOf(schedule.variables().keySet()),
        schedule.active(),
        schedule.next(),
        schedule.pipeline(),
        Optional.of(schedule.problem()).filter(p -> !p.isEmpty()),
        schedule.by());
  }
}
