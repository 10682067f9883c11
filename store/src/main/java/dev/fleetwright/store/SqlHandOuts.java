package dev.fleetwright.store;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.HandOut.Ended;
import dev.fleetwright.core.runner.HandOut.Offered;
import dev.fleetwright.core.runner.HandOut.State;
import dev.fleetwright.core.runner.HandOut.Taken;
import dev.fleetwright.core.runner.HandOut.Trace;
import dev.fleetwright.core.runner.HandOut.Withdrawn;
import dev.fleetwright.core.runner.HandOuts;
import dev.fleetwright.core.runner.Wish;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Jobs that wait for runners or are with them.
final class SqlHandOuts implements HandOuts {

  // Everything but what the job left, which may be long.
  private static final String SELECT =
      """
      SELECT h.id, h.job, h.pipeline, h.project, h.tags, h.protected_ref, h.state, h.offered_at,
             h.runner, h.system_id, h.taken_at, h.contacted_at, h.timeout_seconds, h.received,
             h.checksum, h.logged, h.ending, h.exit_code, h.failure_reason, h.message, h.ended_at,
             CASE WHEN j.status = 'canceled' THEN 1 ELSE 0 END AS cancelled
        FROM hand_out h JOIN job j ON j.id = h.job
      """;

  private static final int MOST_OFFERED = 10_000;

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlHandOuts(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public HandOut offer(Job job, Wish wish, long logged, Instant at) {
    return feed.write(
        "offering job %d to runners".formatted(job.id()),
        session -> {
          // Two servers that both believe to have the pipeline queue here.
          SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, job.pipeline());
          var open = of(session, job.id()).filter(SqlHandOuts::isOpen);
          if (open.isPresent()) {
            return open.get();
          }
          withdrawStale(session);
          var id =
              session.only(
                  """
                  INSERT INTO hand_out
                    (job, pipeline, project, tags, protected_ref, state, offered_at, received,
                     checksum, logged, files, dotenv, problems)
                  VALUES (?, ?, ?, ?, ?, 'offered', ?, 0, 0, ?, ?, '{}', '[]')
                  RETURNING id
                  """,
                  row -> row.whole("id"),
                  job.id(),
                  job.pipeline(),
                  wish.project().value(),
                  Json.list(wish.tags()).toString(),
                  wish.protectedRef(),
                  at,
                  logged,
                  SqlPipelines.bytes(List.of()));
          tell(session, wish.project(), job.pipeline(), job.id(), "offered", at);
          return find(session, id).orElseThrow();
        });
  }

  private static boolean isOpen(HandOut handOut) {
    return switch (handOut.state()) {
      case Offered _, Taken _ -> true;
      case Ended _, Withdrawn _ -> false;
    };
  }

  /// Jobs end in many ways while they wait, and none of those who end them knows of this table.
  private static void withdrawStale(Session session) throws SQLException {
    session.changeAny(
        """
        UPDATE hand_out SET state = 'withdrawn'
         WHERE state = 'offered'
           AND NOT EXISTS (SELECT 1 FROM job j
                            WHERE j.id = hand_out.job AND j.newest = 1
                              AND j.status IN ('pending', 'waiting_for_resource'))
        """);
  }

  private static void tell(
      Session session, ProjectName project, long pipeline, long job, String state, Instant at)
      throws SQLException {
    SqlFeed.write(
        session,
        "job",
        Map.of(
            "project", project.value(),
            "pipeline", Long.toString(pipeline),
            "job", Long.toString(job),
            "runner", state),
        at);
  }

  private static Optional<HandOut> find(Session session, long id) throws SQLException {
    return session.one(SELECT + " WHERE h.id = ?", SqlHandOuts::handOut, id);
  }

  @Override
  public Optional<HandOut> of(long job) {
    return transactions.read("looking where job %d is".formatted(job), session -> of(session, job));
  }

  private static Optional<HandOut> of(Session session, long job) throws SQLException {
    return session.one(
        SELECT + " WHERE h.job = ? ORDER BY h.id DESC LIMIT 1", SqlHandOuts::handOut, job);
  }

  @Override
  public Optional<HandOut> byToken(Digest token) {
    return transactions.read(
        "looking for a job by its token",
        session ->
            session.one(
                SELECT + " WHERE h.token = ? AND h.state = 'taken'",
                SqlHandOuts::handOut,
                token.hex()));
  }

  @Override
  public List<HandOut> offered() {
    return transactions.read(
        "listing the jobs that wait for runners",
        session ->
            session.list(
                SELECT
                    + """
                     WHERE h.state = 'offered' AND j.status = 'pending' AND j.newest = 1
                     ORDER BY h.id LIMIT ?
                    """,
                SqlHandOuts::handOut,
                MOST_OFFERED));
  }

  @Override
  public Map<ProjectName, Integer> taken() {
    record Count(ProjectName project, int jobs) {}
    var counts = new TreeMap<ProjectName, Integer>();
    transactions
        .read(
            "counting the jobs that are with runners",
            session ->
                session.list(
                    """
                    SELECT project, count(*) AS jobs FROM hand_out
                     WHERE state = 'taken' GROUP BY project
                    """,
                    row -> new Count(new ProjectName(row.text("project")), row.number("jobs"))))
        .forEach(count -> counts.put(count.project(), count.jobs()));
    return counts;
  }

  @Override
  public List<HandOut> under(int most) {
    return transactions.read(
        "listing the jobs that are with runners",
        session ->
            session.list(
                SELECT + " WHERE h.state = 'taken' ORDER BY h.id LIMIT ?",
                SqlHandOuts::handOut,
                most));
  }

  @Override
  public boolean take(long id, Taken by, Digest token) {
    return change(
        "giving a job to runner " + by.runner(),
        id,
        "taken",
        by.at(),
        session ->
            session.change(
                """
                UPDATE hand_out
                   SET state = 'taken', runner = ?, system_id = ?, token = ?, taken_at = ?,
                       contacted_at = ?, timeout_seconds = ?
                 WHERE id = ? AND state = 'offered'
                   AND EXISTS (SELECT 1 FROM job j
                                WHERE j.id = hand_out.job AND j.newest = 1
                                  AND j.status = 'pending')
                """,
                by.runner(),
                by.system(),
                token.hex(),
                by.at(),
                by.contactAt(),
                by.timeout().toSeconds(),
                id));
  }

  /// Change one, and let the engine look at its pipeline.
  private boolean change(
      String during, long id, String state, Instant at, Transactions.Work<Integer> update) {
    return feed.write(
        during,
        session -> {
          var handOut = find(session, id);
          if (handOut.isEmpty()) {
            return false;
          }
          var pipeline = handOut.get().pipeline();
          SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, pipeline);
          if (update.in(session) == 0) {
            return false;
          }
          session.changeOne("UPDATE pipeline SET changes = changes + 1 WHERE id = ?", pipeline);
          SqlLeases.work(session, SqlLeases.Kind.PIPELINE, pipeline, true, true);
          tell(session, handOut.get().wish().project(), pipeline, handOut.get().job(), state, at);
          return true;
        });
  }

  @Override
  public void heard(long id, Instant at) {
    transactions.write(
        "noting that a job's runner was heard of",
        session ->
            session.change(
                "UPDATE hand_out SET contacted_at = ? WHERE id = ? AND state = 'taken'", at, id));
  }

  @Override
  public boolean advance(long id, Trace seen, Trace next, Instant at) {
    return transactions.write(
        "noting how much of a job's log has come",
        session ->
            session.change(
                    """
                    UPDATE hand_out
                       SET received = ?, checksum = ?, logged = ?, contacted_at = ?
                     WHERE id = ? AND state = 'taken' AND received = ?
                    """,
                    next.received(),
                    (long) next.checksum(),
                    next.logged(),
                    at,
                    id,
                    seen.received())
                == 1);
  }

  @Override
  public boolean keep(
      long id,
      List<TreeEntry> files,
      Map<String, String> dotenv,
      List<String> problems,
      Instant at) {
    return transactions.write(
        "keeping what a job left with its runner",
        session -> {
          // The row is locked before it is read, so that of two uploads at once none is lost.
          var there =
              session.change(
                  "UPDATE hand_out SET contacted_at = ? WHERE id = ? AND state = 'taken'", at, id);
          if (there == 0) {
            return false;
          }
          var before = kept(session, id);
          var byPath = new TreeMap<String, TreeEntry>();
          before.files().forEach(f -> byPath.put(f.path(), f));
          files.forEach(f -> byPath.put(f.path(), f));
          var variables = new TreeMap<>(before.dotenv());
          variables.putAll(dotenv);
          var all = new LinkedHashSet<>(before.problems());
          all.addAll(problems);
          session.changeOne(
              "UPDATE hand_out SET files = ?, dotenv = ?, problems = ? WHERE id = ?",
              SqlPipelines.bytes(List.copyOf(byPath.values())),
              Json.texts(variables),
              Json.list(all).toString(),
              id);
          return true;
        });
  }

  @Override
  public Kept kept(long id) {
    return transactions.read("reading what a job left", session -> kept(session, id));
  }

  private static Kept kept(Session session, long id) throws SQLException {
    return session.only(
        "SELECT files, dotenv, problems FROM hand_out WHERE id = ?",
        row ->
            new Kept(
                SqlPipelines.readArtifacts(row.bytes("files")),
                Json.readTexts("the variables of a job", row.text("dotenv")),
                Json.readList("the problems of a job", row.text("problems"))),
        id);
  }

  @Override
  public boolean end(long id, Ending ending, Instant at) {
    return change(
        "noting the end of a job",
        id,
        "ended",
        at,
        session ->
            switch (ending) {
              case Ending.Succeeded _ -> ended(session, id, "succeeded", 0, "", "", at);
              case Ending.Failed(var exitCode, var reason, var message) ->
                  ended(session, id, "failed", exitCode, reason, message, at);
              case Ending.Cancelled _ -> ended(session, id, "cancelled", 0, "", "", at);
            });
  }

  private static int ended(
      Session session,
      long id,
      String ending,
      int exitCode,
      String reason,
      String message,
      Instant at)
      throws SQLException {
    return session.change(
        """
        UPDATE hand_out
           SET state = 'ended', token = NULL, ending = ?, exit_code = ?, failure_reason = ?,
               message = ?, ended_at = ?
         WHERE id = ? AND state = 'taken'
        """,
        ending,
        exitCode,
        reason,
        message,
        at,
        id);
  }

  private static HandOut handOut(Row row) throws SQLException {
    return new HandOut(
        row.whole("id"),
        row.whole("job"),
        row.whole("pipeline"),
        new Wish(
            new ProjectName(row.text("project")),
            new TreeSet<>(Json.readList("the tags of job " + row.whole("job"), row.text("tags"))),
            row.yes("protected_ref")),
        row.time("offered_at"),
        state(row),
        row.yes("cancelled"),
        new Trace(row.whole("received"), (int) row.whole("checksum"), row.whole("logged")));
  }

  private static State state(Row row) throws SQLException {
    return switch (row.text("state")) {
      case "offered" -> new Offered();
      case "taken" ->
          new Taken(
              row.whole("runner"),
              row.text("system_id"),
              row.time("taken_at"),
              row.time("contacted_at"),
              Duration.ofSeconds(row.whole("timeout_seconds")));
      case "ended" ->
          new Ended(row.whole("runner"), row.time("taken_at"), ending(row), row.time("ended_at"));
      case "withdrawn" -> new Withdrawn();
      case String other -> throw new IllegalArgumentException("a hand-out's state is " + other);
    };
  }

  private static Ending ending(Row row) throws SQLException {
    return switch (row.text("ending")) {
      case "succeeded" -> new Ending.Succeeded();
      case "cancelled" -> new Ending.Cancelled();
      case "failed" ->
          new Ending.Failed(
              row.number("exit_code"), row.text("failure_reason"), row.text("message"));
      case String other -> throw new IllegalArgumentException("a job's ending is " + other);
    };
  }
}
