package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.runner.Runner;
import dev.fleetwright.core.runner.Runners;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Runners, by the hash of their token.
final class SqlRunners implements Runners {

  /// A runner asks every three seconds; not each time is worth a write.
  private static final Duration NOTED_EACH = Duration.ofSeconds(20);

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlRunners(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Runner add(NewRunner runner, Digest token, Actor by, Instant at) {
    return feed.write(
        "registering runner " + runner.description(),
        session -> {
          var id =
              session.only(
                  """
                  INSERT INTO runner
                    (description, token, project, tags, run_untagged, protected_only, paused,
                     longest_seconds, made_by, made_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                  RETURNING id
                  """,
                  row -> row.whole("id"),
                  runner.description(),
                  token.hex(),
                  runner.project().map(ProjectName::value),
                  Json.list(new TreeSet<>(runner.tags())).toString(),
                  runner.runUntagged(),
                  runner.protectedOnly(),
                  runner.paused(),
                  runner.longest().map(Duration::toSeconds),
                  by.name(),
                  at);
          var added = find(session, id).orElseThrow();
          tell(session, added, "added", by, at);
          return added;
        });
  }

  private static void tell(Session session, Runner runner, String what, Actor by, Instant at)
      throws SQLException {
    SqlLedger.write(
        session,
        runner.project().map(ProjectName::value).orElse("instance"),
        by,
        "runner." + what,
        Map.of("runner", Long.toString(runner.id()), "description", runner.description()),
        at);
    SqlFeed.write(
        session, "runner", Map.of("runner", Long.toString(runner.id()), "state", what), at);
  }

  @Override
  public List<Runner> all() {
    return transactions.read(
        "listing the runners",
        session ->
            session.list("SELECT * FROM runner ORDER BY id LIMIT 10000", SqlRunners::runner));
  }

  @Override
  public Optional<Runner> find(long id) {
    return transactions.read("reading runner " + id, session -> find(session, id));
  }

  private static Optional<Runner> find(Session session, long id) throws SQLException {
    return session.one("SELECT * FROM runner WHERE id = ?", SqlRunners::runner, id);
  }

  @Override
  public Optional<Runner> byToken(Digest token) {
    return transactions.read(
        "looking for a runner",
        session ->
            session.one("SELECT * FROM runner WHERE token = ?", SqlRunners::runner, token.hex()));
  }

  @Override
  public boolean anyFor(ProjectName project) {
    return transactions.read(
        "looking for runners of " + project,
        session ->
            session
                .one(
                    "SELECT 1 AS there FROM runner WHERE project IS NULL OR project = ? LIMIT 1",
                    _ -> true,
                    project.value())
                .isPresent());
  }

  @Override
  public boolean pause(long id, boolean paused, Actor by, Instant at) {
    return feed.write(
        "changing runner " + id,
        session -> {
          var changed =
              session.change(
                  "UPDATE runner SET paused = ? WHERE id = ? AND paused <> ?", paused, id, paused);
          var runner = find(session, id);
          if (changed == 1) {
            tell(session, runner.orElseThrow(), paused ? "paused" : "resumed", by, at);
          }
          return runner.isPresent();
        });
  }

  @Override
  public Optional<Runner> remove(long id, Actor by, Instant at) {
    return feed.write(
        "removing runner " + id,
        session -> {
          var runner = find(session, id);
          if (runner.isEmpty() || session.change("DELETE FROM runner WHERE id = ?", id) == 0) {
            return Optional.empty();
          }
          session.change("DELETE FROM runner_machine WHERE runner = ?", id);
          tell(session, runner.get(), "removed", by, at);
          return runner;
        });
  }

  @Override
  public boolean renewToken(long id, Digest before, Digest after, Actor by, Instant at) {
    return feed.write(
        "renewing the token of runner " + id,
        session -> {
          var changed =
              session.change(
                      "UPDATE runner SET token = ? WHERE id = ? AND token = ?",
                      after.hex(),
                      id,
                      before.hex())
                  == 1;
          if (changed) {
            tell(session, find(session, id).orElseThrow(), "token_renewed", by, at);
          }
          return changed;
        });
  }

  @Override
  public void heard(Host machine) {
    var lately = machine.contactedAt().minus(NOTED_EACH);
    var fresh =
        transactions.read(
            "looking when a runner was heard of",
            session ->
                session
                    .one(
                        """
                        SELECT 1 AS there FROM runner_machine
                         WHERE runner = ? AND system_id = ? AND version = ? AND executor = ?
                           AND contacted_at > ?
                        """,
                        _ -> true,
                        machine.runner(),
                        machine.system(),
                        machine.version(),
                        machine.executor(),
                        lately)
                    .isPresent());
    if (!fresh) {
      note(machine);
    }
  }

  private void note(Host machine) {
    transactions.write(
        "noting that a runner was heard of",
        session ->
            session.change(
                """
                INSERT INTO runner_machine
                  (runner, system_id, version, platform, architecture, executor, address,
                   contacted_at)
                SELECT r.id, ?, ?, ?, ?, ?, ?, ? FROM runner r WHERE r.id = ?
                ON CONFLICT (runner, system_id) DO UPDATE
                   SET version = excluded.version, platform = excluded.platform,
                       architecture = excluded.architecture, executor = excluded.executor,
                       address = excluded.address, contacted_at = excluded.contacted_at
                """,
                machine.system(),
                machine.version(),
                machine.platform(),
                machine.architecture(),
                machine.executor(),
                machine.address(),
                machine.contactedAt(),
                machine.runner()));
  }

  @Override
  public boolean forget(long runner, String system) {
    return transactions.write(
        "forgetting a machine of runner " + runner,
        session ->
            session.change(
                    "DELETE FROM runner_machine WHERE runner = ? AND system_id = ?", runner, system)
                > 0);
  }

  @Override
  public List<Host> machines(int most) {
    return transactions.read(
        "listing the machines of runners",
        session ->
            session.list(
                "SELECT * FROM runner_machine ORDER BY contacted_at DESC LIMIT ?",
                SqlRunners::machine,
                most));
  }

  private static Host machine(Row row) throws SQLException {
    return new Host(
        row.whole("runner"),
        row.text("system_id"),
        row.text("version"),
        row.text("platform"),
        row.text("architecture"),
        row.text("executor"),
        row.text("address"),
        row.time("contacted_at"));
  }

  private static Runner runner(Row row) throws SQLException {
    return new Runner(
        row.whole("id"),
        row.text("description"),
        row.maybeText("project").map(ProjectName::new),
        new TreeSet<>(Json.readList("the tags of runner " + row.whole("id"), row.text("tags"))),
        row.yes("run_untagged"),
        row.yes("protected_only"),
        row.yes("paused"),
        row.maybeWhole("longest_seconds").map(Duration::ofSeconds),
        row.text("made_by"),
        row.time("made_at"));
  }
}
