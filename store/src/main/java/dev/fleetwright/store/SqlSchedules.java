package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.pipeline.Schedules;
import dev.fleetwright.core.project.ProjectName;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// Pipelines that start by the clock.
final class SqlSchedules implements Schedules {

  // Compared with the slot that was asked about: of several that ask, one moves it.
  private static final String MOVE =
      """
      UPDATE schedule SET next_at = ?, problem = ?
       WHERE id = ? AND next_at = ? AND active = 1
      """;

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlSchedules(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Schedule add(
      ProjectName project,
      String description,
      String ref,
      String cron,
      String zone,
      SortedMap<String, String> variables,
      Instant next,
      Actor by,
      Instant at) {
    return feed.write(
        "recording a schedule of " + project,
        session -> {
          var id =
              session.only(
                  """
                  INSERT INTO schedule
                    (project, description, ref, cron, zone, variables, active, next_at, pipeline,
                     problem, made_by, made_at)
                  VALUES (?, ?, ?, ?, ?, ?, 1, ?, NULL, '', ?, ?)
                  RETURNING id
                  """,
                  row -> row.whole("id"),
                  project.value(),
                  description,
                  ref,
                  cron,
                  zone,
                  Json.texts(variables),
                  next,
                  by.name(),
                  at);
          var added = find(session, id).orElseThrow();
          tell(session, added, "added", by, at);
          return added;
        });
  }

  private static void tell(Session session, Schedule schedule, String what, Actor by, Instant at)
      throws SQLException {
    SqlLedger.write(
        session,
        schedule.project().value(),
        by,
        "schedule." + what,
        Map.of(
            "schedule", Long.toString(schedule.id()),
            "ref", schedule.ref(),
            "cron", schedule.cron(),
            "zone", schedule.zone()),
        at);
    SqlFeed.write(
        session,
        "schedule",
        Map.of(
            "project", schedule.project().value(),
            "schedule", Long.toString(schedule.id()),
            "state", what),
        at);
  }

  @Override
  public Optional<Schedule> find(long id) {
    return transactions.read("reading schedule " + id, session -> find(session, id));
  }

  private static Optional<Schedule> find(Session session, long id) throws SQLException {
    return session.one("SELECT * FROM schedule WHERE id = ?", SqlSchedules::schedule, id);
  }

  @Override
  public List<Schedule> of(ProjectName project) {
    return transactions.read(
        "listing the schedules of " + project,
        session ->
            session.list(
                "SELECT * FROM schedule WHERE project = ? ORDER BY id LIMIT 1000",
                SqlSchedules::schedule,
                project.value()));
  }

  @Override
  public List<Schedule> due(Instant now) {
    return transactions.read(
        "looking for schedules that are due",
        session ->
            session.list(
                "SELECT * FROM schedule WHERE active = 1 AND next_at <= ? ORDER BY next_at LIMIT 100",
                SqlSchedules::schedule,
                now));
  }

  @Override
  public boolean activate(long id, boolean active, Instant next, Actor by, Instant at) {
    return feed.write(
        "changing schedule " + id,
        session -> {
          var changed =
              session.change(
                  "UPDATE schedule SET active = ?, next_at = ? WHERE id = ? AND active <> ?",
                  active,
                  next,
                  id,
                  active);
          var schedule = find(session, id);
          if (changed == 1) {
            tell(session, schedule.orElseThrow(), active ? "resumed" : "paused", by, at);
          }
          return schedule.isPresent();
        });
  }

  @Override
  public boolean remove(long id, Actor by, Instant at) {
    return feed.write(
        "removing schedule " + id,
        session -> {
          var schedule = find(session, id);
          if (schedule.isEmpty() || session.change("DELETE FROM schedule WHERE id = ?", id) == 0) {
            return false;
          }
          tell(session, schedule.get(), "removed", by, at);
          return true;
        });
  }

  @Override
  public Optional<Pipeline> fire(
      Schedule schedule, Instant next, NewPipeline pipeline, Actor by, Instant at) {
    return feed.write(
        "starting the pipeline of schedule " + schedule.id(),
        session -> {
          if (!moved(session, schedule, next, "")) {
            return Optional.empty();
          }
          var added = SqlPipelines.add(session, pipeline, by, at);
          session.changeOne(
              "UPDATE schedule SET pipeline = ? WHERE id = ?", added.id(), schedule.id());
          return Optional.of(added);
        });
  }

  @Override
  public boolean pass(Schedule schedule, Instant next, String problem) {
    return transactions.write(
        "passing a slot of schedule " + schedule.id(),
        session -> moved(session, schedule, next, problem));
  }

  private static boolean moved(Session session, Schedule schedule, Instant next, String problem)
      throws SQLException {
    return session.change(MOVE, next, problem, schedule.id(), schedule.next()) == 1;
  }

  private static Schedule schedule(Row row) throws SQLException {
    return new Schedule(
        row.whole("id"),
        new ProjectName(row.text("project")),
        row.text("description"),
        row.text("ref"),
        row.text("cron"),
        row.text("zone"),
        Json.readTexts("the variables of schedule " + row.whole("id"), row.text("variables")),
        row.yes("active"),
        row.time("next_at"),
        row.maybeWhole("pipeline"),
        row.text("problem"),
        row.text("made_by"));
  }
}
