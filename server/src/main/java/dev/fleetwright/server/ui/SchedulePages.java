package dev.fleetwright.server.ui;

import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Schedules.Schedule;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.Operations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The pipelines of a project that start by the clock.
final class SchedulePages {

  private static final String PATH = "/projects/{project}/schedules";

  private final Sources sources;
  private final Operations operations;
  private final Framing framing;
  private final Addressed addressed;

  SchedulePages(Sources sources, Operations operations, Framing framing) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
    this.addressed = new Addressed(sources);
  }

  List<Route> routes() {
    return List.of(
        Framing.show(PATH, "A project's schedules.", this::show),
        Framing.act(PATH, "Make a schedule.", this::make),
        Framing.act(PATH + "/{schedule}/pause", "Let a schedule start nothing.", this::pause),
        Framing.act(PATH + "/{schedule}/resume", "Let a schedule start again.", this::resume),
        Framing.act(PATH + "/{schedule}/remove", "Take a schedule away.", this::remove),
        Framing.act(PATH + "/{schedule}/run", "Start a schedule's pipeline now.", this::run));
  }

  private void show(Call call) {
    show(call, 200, List.of());
  }

  private void show(Call call, int status, List<Notice> notices) {
    var project = addressed.project(call);
    var path = path(project);
    var name = project.name().value();
    var link = new Link(name, Paths.project(project.name()));
    var now = sources.clock().instant();
    var page =
        new SchedulesPage(
            link,
            path,
            project.defaultBranch(),
            operations.schedules().of(project.name()).stream()
                .map(schedule -> row(project, schedule, now))
                .toList());
    var frame =
        framing.frame(
            call,
            "Schedules of " + name,
            List.of(link, new Link("Schedules", "")),
            path,
            "project=" + name,
            "",
            notices);
    Framing.answer(call, status, frame, Html.schedules(frame, page));
  }

  private static String path(Project project) {
    return Paths.project(project.name()) + "/schedules";
  }

  private SchedulesPage.Row row(Project project, Schedule schedule, Instant now) {
    return new SchedulesPage.Row(
        schedule.description(),
        schedule.ref(),
        schedule.cron(),
        schedule.zone(),
        schedule.active() ? Moment.of(schedule.next(), now).words() : "paused",
        schedule
            .pipeline()
            .flatMap(sources.pipelines()::find)
            .map(p -> new Link("#" + p.number(), Paths.pipeline(p.project(), p.number())))
            .orElse(new Link("", "")),
        schedule.problem(),
        actions(project, schedule));
  }

  private static List<Action> actions(Project project, Schedule schedule) {
    var to = path(project) + "/" + schedule.id();
    var actions = new ArrayList<Action>();
    actions.add(Action.now("run-" + schedule.id(), "Run now", to + "/run", "plain", "play"));
    actions.add(
        schedule.active()
            ? Action.now("pause-" + schedule.id(), "Pause", to + "/pause", "plain", "blocked")
            : Action.now("resume-" + schedule.id(), "Resume", to + "/resume", "plain", "play"));
    actions.add(
        Action.asking(
            "remove-" + schedule.id(),
            "Remove",
            to + "/remove",
            "danger",
            "x",
            "It starts nothing any more. Pipelines that it started stay.",
            false));
    return actions;
  }

  private void make(Call call) {
    var project = addressed.project(call);
    back(
        call,
        operations
            .schedules()
            .add(
                project,
                Form.required(call, "description"),
                Form.given(call, "ref").orElse(project.defaultBranch()).strip(),
                Form.required(call, "cron"),
                Form.given(call, "zone").orElse("UTC").strip(),
                Form.settings(call, "variables"),
                call.actor()));
  }

  private void pause(Call call) {
    back(call, operations.schedules().pause(schedule(call), call.actor()));
  }

  private void resume(Call call) {
    back(call, operations.schedules().resume(schedule(call), call.actor()));
  }

  private void remove(Call call) {
    back(call, operations.schedules().remove(schedule(call), call.actor()));
  }

  /// Of this project: a path that mixes two is not found.
  private long schedule(Call call) {
    var id = call.id("schedule");
    return operations.schedules().of(addressed.project(call).name()).stream()
        .map(Schedule::id)
        .filter(known -> known == id)
        .findFirst()
        .orElseThrow(() -> Refusal.notFound("schedule " + id));
  }

  private void run(Call call) {
    switch (operations.schedules().run(schedule(call), call.actor())) {
      case Answer.Done<Pipeline>(var pipeline) ->
          call.goTo(Paths.pipeline(pipeline.project(), pipeline.number()));
      case Answer.NotFound<Pipeline>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Pipeline> refused -> show(call, 409, notices(refused));
    }
  }

  private void back(Call call, Answer<Schedule> answer) {
    switch (answer) {
      case Answer.Done<Schedule> _ -> call.goTo(path(addressed.project(call)));
      case Answer.NotFound<Schedule>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Schedule> refused -> show(call, 409, notices(refused));
    }
  }

  private static List<Notice> notices(Answer.Refused<?> refused) {
    return List.of(
        Notice.refusal(
            refused.message(), refused.remedy(), ProjectPresenter.lines(refused.problems())));
  }
}
