package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Schedules;
import dev.fleetwright.core.pipeline.Schedules.Schedule;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.pipeline.freeze.CronSchedule;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.server.operations.PipelineOperations.Wish;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Pipelines that start by the clock.
///
/// Slots that nobody was there for are made up for by one pipeline, late, as GitLab does.
public final class ScheduleOperations {

  private static final int LONGEST_DESCRIPTION = 255;

  private final Projects projects;
  private final Schedules schedules;
  private final Repositories repositories;
  private final PipelineOperations pipelines;
  private final InstantSource clock;

  ScheduleOperations(
      Projects projects,
      Schedules schedules,
      Repositories repositories,
      PipelineOperations pipelines,
      InstantSource clock) {
    this.projects = projects;
    this.schedules = schedules;
    this.repositories = repositories;
    this.pipelines = pipelines;
    this.clock = clock;
  }

  /// A project's, oldest first.
  public List<Schedule> of(ProjectName project) {
    return schedules.of(project);
  }

  /// Make one.
  ///
  /// @param ref a branch or tag
  /// @param cron five fields, on the clocks of `zone`
  public Answer<Schedule> add(
      Project project,
      String description,
      String ref,
      String cron,
      String zone,
      Map<String, String> variables,
      Actor by) {
    var now = clock.instant();
    var problem =
        CronSchedule.problem(cron, zone, now)
            .or(() ->
                description.isBlank() || description.length() > LONGEST_DESCRIPTION
                    ? Optional.of("a schedule needs a description of 1 to 255 characters")
                    : Optional.empty())
            .or(() -> PipelineOperations.wrongVariable(variables));
    if (problem.isPresent()) {
      return Answer.refused("bad_schedule", problem.get(), "");
    } else if (sha(project, ref).isEmpty()) {
      return Answer.refused(
          "no_such_ref",
          "there is no branch or tag `%s` in %s".formatted(ref, project.name()),
          "push it, or look at `fleetwright project sync`");
    }
    return Answer.done(
        schedules.add(
            project.name(),
            description.strip(),
            ref,
            cron.strip(),
            zone,
            new TreeMap<>(variables),
            CronSchedule.next(cron, zone, now).orElseThrow(),
            by,
            now));
  }

  private Optional<dev.fleetwright.core.project.CommitSha> sha(Project project, String ref) {
    try {
      var references = repositories.references(project.name());
      return Optional.ofNullable(references.get("refs/heads/" + ref))
          .or(() -> Optional.ofNullable(references.get("refs/tags/" + ref)));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Let it start nothing. Doing so twice is doing so once.
  public Answer<Schedule> pause(long id, Actor by) {
    return activate(id, false, by);
  }

  /// Let it start something again, from the next slot on.
  public Answer<Schedule> resume(long id, Actor by) {
    return activate(id, true, by);
  }

  private Answer<Schedule> activate(long id, boolean active, Actor by) {
    var now = clock.instant();
    return schedules
        .find(id)
        .map(s ->
            schedules.activate(
                id, active, CronSchedule.next(s.cron(), s.zone(), now).orElse(s.next()), by, now))
        .flatMap(_ -> schedules.find(id))
        .map(Answer::done)
        .orElseGet(() -> Answer.notFound("schedule " + id));
  }

  /// Take it away.
  public Answer<Schedule> remove(long id, Actor by) {
    var found = schedules.find(id);
    return found.isPresent() && schedules.remove(id, by, clock.instant())
        ? Answer.done(found.get())
        : Answer.notFound("schedule " + id);
  }

  /// Start its pipeline now, beside its slots.
  public Answer<Pipeline> run(long id, Actor by) {
    var found = schedules.find(id);
    if (found.isEmpty()) {
      return Answer.notFound("schedule " + id);
    }
    return wish(found.get(), by).then(pipelines::start);
  }

  /// Start what is due. Any number of servers may do so at once.
  public void round() {
    for (var schedule : schedules.due(clock.instant())) {
      fire(schedule);
    }
  }

  private void fire(Schedule schedule) {
    var now = clock.instant();
    var next =
        CronSchedule.next(schedule.cron(), schedule.zone(), now)
            .orElseGet(() -> Instant.parse("9999-01-01T00:00:00Z"));
    var by = new Actor("schedule %d (%s)".formatted(schedule.id(), schedule.by()));
    var started =
        wish(schedule, by)
            .then(wish ->
                pipelines.start(
                    wish,
                    wanted ->
                        schedules
                            .fire(schedule, next, wanted, by, now)
                            .map(Answer::done)
                            .orElseGet(() ->
                                Answer.refused("slot_taken", "another server started it", ""))));
    switch (started) {
      case Answer.Done<Pipeline> _ -> {
        // It is on record.
      }
      case Answer.NotFound<Pipeline>(var what) -> {
        var _ = schedules.pass(schedule, next, "there is no " + what);
      }
      case Answer.Refused<Pipeline>(_, var message, _, var problems) -> {
        // Of a slot that was taken this changes nothing.
        var _ =
            schedules.pass(
                schedule,
                next,
                message + problems.stream().findFirst().map(first -> ": " + first).orElse(""));
      }
    }
  }

  private Answer<Wish> wish(Schedule schedule, Actor by) {
    var project = projects.find(schedule.project());
    if (project.isEmpty()) {
      return Answer.notFound("project " + schedule.project());
    }
    var sha = sha(project.get(), schedule.ref());
    if (sha.isEmpty()) {
      return Answer.refused(
          "no_such_ref",
          "there is no branch or tag `%s` any more".formatted(schedule.ref()),
          "make another schedule");
    }
    return Answer.done(
        new Wish(
            project.get(),
            sha.get(),
            Optional.empty(),
            schedule.ref(),
            isTag(project.get(), schedule.ref()),
            Source.SCHEDULE,
            schedule.variables(),
            Optional.empty(),
            false,
            by));
  }

  private boolean isTag(Project project, String ref) {
    try {
      var references = repositories.references(project.name());
      return !references.containsKey("refs/heads/" + ref)
          && references.containsKey("refs/tags/" + ref);
    } catch (IOException _) {
      return false;
    }
  }
}
