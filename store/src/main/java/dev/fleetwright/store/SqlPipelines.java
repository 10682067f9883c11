package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Job.Keeping;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.PipelineMachine;
import dev.fleetwright.core.pipeline.PipelineStatus;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Pipelines and their jobs.
final class SqlPipelines implements Pipelines {

  // The generation is checked where it is written; see SqlDeploys.
  private static final String CHANGE =
      """
      UPDATE job
         SET spec = ?, status = ?, exit_code = ?, failure_reason = ?, message = ?, artifacts = ?,
             artifacts_expire_at = ?, artifacts_state = ?, dotenv = ?, given = ?, deploy = ?, scheduled_at = ?, started_at = ?, finished_at = ?
       WHERE id = ? AND status = ? AND newest = 1
         AND EXISTS (SELECT 1 FROM lease l
                      WHERE l.kind = 'pipeline' AND l.id = job.pipeline AND l.generation = ?)
      """;

  private static final int MOST_TOLD = 200;

  private final Transactions transactions;
  private final SqlFeed feed;
  private final Runnable room;

  /// @param room throws [dev.fleetwright.core.engine.StoreFull] when there is none for anything new
  SqlPipelines(Transactions transactions, SqlFeed feed, Runnable room) {
    this.room = room;
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Pipeline add(NewPipeline pipeline, Actor by, Instant at) {
    room.run();
    return feed.write(
        "recording a pipeline of " + pipeline.project(), session -> add(session, pipeline, by, at));
  }

  @Override
  public Pipeline addRebuild(
      NewPipeline pipeline, long of, Optional<String> cause, Actor by, Instant at) {
    room.run();
    return feed.write(
        "recording that pipeline %d is built again".formatted(of),
        session -> {
          // The lock keeps out whoever has the same cause.
          SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, of);
          var there =
              cause.isEmpty()
                  ? Optional.<Pipeline>empty()
                  : session.one(
                      "SELECT * FROM pipeline WHERE rebuild_of = ? AND rebuild_cause = ?",
                      SqlPipelines::pipeline,
                      of,
                      cause.get());
          if (there.isPresent()) {
            return there.get();
          }
          var added = add(session, pipeline, by, at);
          session.changeOne(
              "UPDATE pipeline SET rebuild_of = ?, rebuild_cause = ? WHERE id = ?",
              of,
              cause,
              added.id());
          SqlLedger.write(
              session,
              pipeline.project().value(),
              by,
              "pipeline.rebuilds",
              Map.of(
                  "pipeline", Long.toString(added.id()),
                  "of", Long.toString(of),
                  "cause", cause.orElse("")),
              at);
          return added;
        });
  }

  @Override
  public Optional<Long> rebuildOf(long pipeline) {
    return transactions
        .read(
            "reading what pipeline %d builds again".formatted(pipeline),
            session ->
                session.one(
                    "SELECT rebuild_of FROM pipeline WHERE id = ?",
                    row -> row.maybeWhole("rebuild_of"),
                    pipeline))
        .flatMap(of -> of);
  }

  static Pipeline add(Session session, NewPipeline pipeline, Actor by, Instant at)
      throws SQLException {
    if (pipeline.parent().isPresent()) {
      // Whoever started it may have died before it knew. The lock keeps a second one out.
      var parent = parent(session, pipeline.parent().get());
      SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, parent);
      var there = startedBy(session, pipeline.parent().get());
      if (there.isPresent()) {
        return there.get();
      }
    }
    var id = insert(session, pipeline, by, at);
    for (var place = 0; place < pipeline.jobs().size(); place++) {
      insertJob(session, id, place, 1, pipeline.jobs().get(place), JobStatus.CREATED, Map.of());
    }
    SqlLeases.add(session, SqlLeases.Kind.PIPELINE, id);
    SqlLedger.write(
        session,
        pipeline.project().value(),
        by,
        "pipeline.added",
        Map.of(
            "pipeline", Long.toString(id),
            "sha", pipeline.sha().value(),
            "ref", pipeline.ref(),
            "source", pipeline.source()),
        at);
    return followed(session, id, true, at);
  }

  private static long insert(Session session, NewPipeline pipeline, Actor by, Instant at)
      throws SQLException {
    return session.only(
        """
        INSERT INTO pipeline
          (project, number, sha, ref, tag, source, title, author, stages, problems, variables,
           name, on_new_commit, on_job_failure, parent, status, changes, started_by, created_at,
           started_at, finished_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, NULL, NULL)
        RETURNING id
        """,
        row -> row.whole("id"),
        pipeline.project().value(),
        Counter.next(session, pipeline.project(), "pipeline"),
        pipeline.sha().value(),
        pipeline.ref(),
        pipeline.tag(),
        pipeline.source(),
        pipeline.title(),
        pipeline.author(),
        Json.list(pipeline.stages()).toString(),
        Json.list(pipeline.problems()).toString(),
        Json.texts(pipeline.variables()),
        pipeline.name(),
        JobSpecJson.keyword(pipeline.autoCancel().onNewCommit()),
        pipeline.autoCancel().onJobFailure(),
        pipeline.parent(),
        PipelineStatus.CREATED.keyword(),
        by.name(),
        at);
  }

  private static long insertJob(
      Session session,
      long pipeline,
      int place,
      int attempt,
      JobSpec spec,
      JobStatus status,
      Map<String, String> given)
      throws SQLException {
    return session.only(
        """
        INSERT INTO job
          (pipeline, place, attempt, newest, name, spec, status, exit_code, failure_reason,
           message, artifacts, dotenv, given, resource_group, deploy, scheduled_at, started_at,
           finished_at)
        VALUES (?, ?, ?, 1, ?, ?, ?, -1, '', '', ?, '{}', ?, ?, NULL, NULL, NULL, NULL)
        RETURNING id
        """,
        row -> row.whole("id"),
        pipeline,
        place,
        attempt,
        spec.name(),
        JobSpecJson.text(spec),
        status.keyword(),
        bytes(List.of()),
        Json.texts(new TreeMap<>(given)),
        spec.resourceGroup());
  }

  @Override
  public boolean change(Job job, JobStatus seen, Actor by, Instant at, Optional<Lease> lease) {
    if (lease.isPresent() && lease.get().id() != job.pipeline()) {
      throw new IllegalArgumentException(
          "job %d is not in pipeline %d, which the lease is on"
              .formatted(job.id(), lease.get().id()));
    }
    return feed.write(
        "changing job " + job.id(),
        session -> {
          var newest = SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, job.pipeline());
          var changed = update(session, job, seen, lease.map(Lease::generation).orElse(newest));
          if (changed) {
            if (lease.isEmpty() && isAwakened(seen, job.status())) {
              unskip(session, job.pipeline());
            }
            tell(
                session,
                job.id(),
                lease.isEmpty() ? personal(seen, job) : Optional.empty(),
                by,
                at);
            var _ = followed(session, job.pipeline(), lease.isEmpty(), at);
          }
          return changed;
        });
  }

  /// Whether a person made a job move on which others may have given up.
  private static boolean isAwakened(JobStatus seen, JobStatus now) {
    return (seen == JobStatus.MANUAL && now == JobStatus.PENDING)
        || (seen.finished() && now == JobStatus.RUNNING);
  }

  private static boolean update(Session session, Job job, JobStatus seen, long generation)
      throws SQLException {
    return session.change(
            CHANGE,
            JobSpecJson.text(job.spec()),
            job.status().keyword(),
            job.exitCode(),
            job.failureReason(),
            job.message(),
            bytes(job.artifacts()),
            job.keeping() instanceof Keeping.Until(var at) ? at : null,
            job.keeping() instanceof Keeping.Dropped ? "dropped" : "there",
            Json.texts(job.dotenv()),
            Json.texts(new TreeMap<>(job.given())),
            job.deploy(),
            job.scheduledAt(),
            job.startedAt(),
            job.finishedAt(),
            job.id(),
            seen.keyword(),
            generation)
        == 1;
  }

  /// What a person did to a job; the engine's own changes are in the feed only.
  private static Optional<String> personal(JobStatus seen, Job job) {
    if (job.status() == JobStatus.CANCELED) {
      return Optional.of("job.cancelled");
    } else if (job.status() == JobStatus.PENDING
        && (seen == JobStatus.MANUAL || seen == JobStatus.SCHEDULED)) {
      return Optional.of("job.played");
    }
    return Optional.empty();
  }

  @Override
  public Optional<Job> retry(long id, Actor by, Instant at) {
    return feed.write(
        "running job %d again".formatted(id),
        session -> {
          var pipeline =
              session.one(
                  "SELECT pipeline FROM job WHERE id = ?", row -> row.whole("pipeline"), id);
          if (pipeline.isEmpty()) {
            return Optional.empty();
          }
          SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, pipeline.get());
          var job = job(session, id).orElseThrow();
          var retired =
              job.status().finished()
                  ? session.change("UPDATE job SET newest = 0 WHERE id = ? AND newest = 1", id)
                  : 0;
          if (retired == 0) {
            return Optional.empty();
          }
          var again = insertAgain(session, job);
          unskip(session, job.pipeline());
          // What kept the release from being made may be gone with it.
          session.change("UPDATE pipeline SET problems = '[]' WHERE id = ?", job.pipeline());
          tell(
              session,
              again,
              by.equals(Actor.ENGINE) ? Optional.empty() : Optional.of("job.retried"),
              by,
              at);
          var _ = followed(session, job.pipeline(), true, at);
          return job(session, again);
        });
  }

  private static long insertAgain(Session session, Job job) throws SQLException {
    var place =
        session.only("SELECT place FROM job WHERE id = ?", row -> row.number("place"), job.id());
    return insertJob(
        session,
        job.pipeline(),
        place,
        job.attempt() + 1,
        job.spec(),
        JobStatus.PENDING,
        job.given());
  }

  /// Whether what was skipped has its turn now is decided anew.
  private static void unskip(Session session, long pipeline) throws SQLException {
    session.change(
        """
        UPDATE job SET status = 'created', finished_at = NULL
         WHERE pipeline = ? AND newest = 1 AND status = 'skipped'
        """,
        pipeline);
  }

  @Override
  public boolean failAndRetry(Job job, JobStatus seen, Instant at, Lease lease) {
    return feed.write(
        "running job %d again by itself".formatted(job.id()),
        session -> {
          SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, job.pipeline());
          if (!update(session, job, seen, lease.generation())) {
            return false;
          }
          session.changeOne("UPDATE job SET newest = 0 WHERE id = ?", job.id());
          tell(session, job.id(), Optional.empty(), Actor.ENGINE, at);
          tell(session, insertAgain(session, job), Optional.empty(), Actor.ENGINE, at);
          var _ = followed(session, job.pipeline(), false, at);
          return true;
        });
  }

  @Override
  public void scriptEnded(long deploy, JobOutcome outcome) {
    var failure =
        outcome.ending() instanceof Ending.Failed failed
            ? failed
            : new Ending.Failed(outcome.ending() instanceof Ending.Succeeded ? 0 : -1, "", "");
    transactions.write(
        "noting how the script of deploy %d ended".formatted(deploy),
        session ->
            session.change(
                """
                INSERT INTO script_end
                  (deploy, exit_code, failure_reason, message, artifacts, dotenv)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (deploy) DO UPDATE
                  SET exit_code = excluded.exit_code, failure_reason = excluded.failure_reason,
                      message = excluded.message, artifacts = excluded.artifacts,
                      dotenv = excluded.dotenv
                """,
                deploy,
                failure.exitCode(),
                failure.reason(),
                failure.message(),
                bytes(outcome.artifacts()),
                Json.texts(outcome.dotenv())));
  }

  @Override
  public Optional<JobOutcome> scriptEnd(long deploy) {
    return transactions.read(
        "reading how the script of deploy %d ended".formatted(deploy),
        session ->
            session.one(
                "SELECT * FROM script_end WHERE deploy = ?",
                row ->
                    new JobOutcome(
                        ending(row),
                        readArtifacts(row.bytes("artifacts")),
                        Json.readTexts("the variables of deploy " + deploy, row.text("dotenv"))),
                deploy));
  }

  private static Ending ending(Row row) throws SQLException {
    var reason = row.text("failure_reason");
    if (!reason.isEmpty()) {
      return new Ending.Failed(row.number("exit_code"), reason, row.text("message"));
    }
    return row.number("exit_code") == 0 ? new Ending.Succeeded() : new Ending.Cancelled();
  }

  @Override
  public List<Job> cancel(
      long pipeline, Function<List<Job>, List<Job>> which, Actor by, Instant at) {
    return feed.write(
        "cancelling jobs of pipeline " + pipeline,
        session -> {
          var generation = SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, pipeline);
          var chosen = which.apply(jobs(session, pipeline));
          var cancelled = 0;
          for (var job : chosen) {
            if (job.deploy().isEmpty() && !job.status().finished()) {
              update(
                  session,
                  job.withStatus(JobStatus.CANCELED).finishedAt(Optional.of(at)),
                  job.status(),
                  generation);
              // The feed takes so many entries at once; the pipeline's own tells of the others.
              if (++cancelled <= MOST_TOLD) {
                tell(session, job.id(), Optional.empty(), by, at);
              }
            }
          }
          if (cancelled > 0) {
            var after = followed(session, pipeline, true, at);
            SqlLedger.write(
                session,
                after.project().value(),
                by,
                "pipeline.cancelled",
                Map.of("pipeline", Long.toString(pipeline), "jobs", Integer.toString(cancelled)),
                at);
          }
          return chosen;
        });
  }

  private static void tell(Session session, long id, Optional<String> kind, Actor by, Instant at)
      throws SQLException {
    var job = job(session, id).orElseThrow();
    var project =
        session.only(
            "SELECT project FROM pipeline WHERE id = ?",
            row -> row.text("project"),
            job.pipeline());
    if (kind.isPresent()) {
      SqlLedger.write(
          session,
          project,
          by,
          kind.get(),
          Map.of(
              "pipeline", Long.toString(job.pipeline()),
              "job", Long.toString(id),
              "name", job.spec().name(),
              "attempt", Integer.toString(job.attempt())),
          at);
    }
    SqlFeed.write(
        session,
        "job",
        Map.of(
            "project", project,
            "pipeline", Long.toString(job.pipeline()),
            "job", Long.toString(id),
            "name", job.spec().name(),
            "state", job.status().keyword()),
        at);
  }

  @Override
  public void addProblems(long id, List<String> problems, Instant at, Lease lease) {
    feed.write(
        "noting problems of pipeline " + id,
        session -> {
          if (SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, id) != lease.generation()) {
            return false;
          }
          var pipeline = find(session, id).orElseThrow();
          var all = new LinkedHashSet<>(pipeline.problems());
          if (all.addAll(problems)) {
            session.changeOne(
                """
                UPDATE pipeline SET problems = ?, changes = changes + 1
                 WHERE id = ? AND EXISTS (SELECT 1 FROM lease l
                                           WHERE l.kind = 'pipeline' AND l.id = pipeline.id
                                             AND l.generation = ?)
                """,
                Json.list(all).toString(),
                id,
                lease.generation());
            tell(session, pipeline, pipeline.status(), at);
          }
          return true;
        });
  }

  @Override
  public boolean settle(long id, long changes, Lease lease) {
    return transactions.write(
        "settling pipeline " + id,
        session -> {
          SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, id);
          return session.change(
                  """
                  UPDATE lease SET has_work = 0
                   WHERE kind = 'pipeline' AND id = ? AND generation = ?
                     AND EXISTS (SELECT 1 FROM pipeline p WHERE p.id = lease.id AND p.changes = ?)
                  """,
                  id,
                  lease.generation(),
                  changes)
              == 1;
        });
  }

  /// Work out the pipeline's status from its jobs' and tell of it.
  ///
  /// @param fresh whether what changed came from outside the engine
  private static Pipeline followed(Session session, long id, boolean fresh, Instant at)
      throws SQLException {
    var before = find(session, id).orElseThrow();
    var jobs = jobs(session, id).stream().map(Job::run).toList();
    var status =
        jobs.isEmpty() && !before.problems().isEmpty()
            ? PipelineStatus.FAILED
            : PipelineMachine.status(jobs);
    var startedAt =
        before
            .startedAt()
            .or(() -> status == PipelineStatus.RUNNING ? Optional.of(at) : Optional.empty());
    var finishedAt =
        status.finished() ? before.finishedAt().or(() -> Optional.of(at)) : Optional.empty();
    session.changeOne(
        """
        UPDATE pipeline SET status = ?, started_at = ?, finished_at = ?, changes = changes + 1
         WHERE id = ?
        """,
        status.keyword(),
        startedAt,
        finishedAt,
        id);
    SqlLeases.work(session, SqlLeases.Kind.PIPELINE, id, true, fresh);
    if (before.parent().isPresent() && status != before.status()) {
      // The job that started it may follow it, and that pipeline may have settled.
      var parent = parent(session, before.parent().get());
      SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, parent);
      session.changeOne("UPDATE pipeline SET changes = changes + 1 WHERE id = ?", parent);
      SqlLeases.work(session, SqlLeases.Kind.PIPELINE, parent, true, true);
    }
    tell(session, before, status, at);
    return find(session, id).orElseThrow();
  }

  private static void tell(Session session, Pipeline pipeline, PipelineStatus status, Instant at)
      throws SQLException {
    SqlFeed.write(
        session,
        "pipeline",
        Map.of(
            "project", pipeline.project().value(),
            "pipeline", Long.toString(pipeline.id()),
            "number", Long.toString(pipeline.number()),
            "ref", pipeline.ref(),
            "state", status.keyword()),
        at);
  }

  @Override
  public Optional<Pipeline> find(long id) {
    return transactions.read("reading pipeline " + id, session -> find(session, id));
  }

  static Optional<Pipeline> find(Session session, long id) throws SQLException {
    return session.one("SELECT * FROM pipeline WHERE id = ?", SqlPipelines::pipeline, id);
  }

  @Override
  public List<Pipeline> of(ProjectName project, int most, int skip) {
    return transactions.read(
        "listing the pipelines of " + project,
        session ->
            session.list(
                "SELECT * FROM pipeline WHERE project = ? ORDER BY number DESC LIMIT ? OFFSET ?",
                SqlPipelines::pipeline,
                project.value(),
                most,
                skip));
  }

  private static Pipeline pipeline(Row row) throws SQLException {
    var what = "pipeline " + row.whole("id");
    return new Pipeline(
        row.whole("id"),
        row.whole("number"),
        new ProjectName(row.text("project")),
        new CommitSha(row.text("sha")),
        row.text("ref"),
        row.yes("tag"),
        row.text("source"),
        row.text("title"),
        row.text("author"),
        Json.readList("the stages of " + what, row.text("stages")),
        Json.readList("the problems of " + what, row.text("problems")),
        Json.readTexts("the variables of " + what, row.text("variables")),
        row.text("name"),
        new AutoCancel(
            JobSpecJson.constant(AutoCancel.OnNewCommit.class, row.text("on_new_commit")),
            row.yes("on_job_failure")),
        row.maybeWhole("parent"),
        PipelineStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
        row.whole("changes"),
        row.text("started_by"),
        row.time("created_at"),
        row.maybeTime("started_at"),
        row.maybeTime("finished_at"));
  }

  @Override
  public List<Pipeline> unfinished(ProjectName project, String ref) {
    return transactions.read(
        "listing what runs on a ref of " + project,
        session ->
            session.list(
                """
                SELECT * FROM pipeline
                 WHERE project = ? AND ref = ? AND finished_at IS NULL AND parent IS NULL
                 ORDER BY id LIMIT 1000
                """,
                SqlPipelines::pipeline,
                project.value(),
                ref));
  }

  @Override
  public Optional<Pipeline> startedBy(long job) {
    return transactions.read("reading what job %d started".formatted(job), s -> startedBy(s, job));
  }

  private static Optional<Pipeline> startedBy(Session session, long job) throws SQLException {
    return session.one("SELECT * FROM pipeline WHERE parent = ?", SqlPipelines::pipeline, job);
  }

  @Override
  public int family(long pipeline) {
    return transactions.read(
        "counting what pipeline %d led to".formatted(pipeline),
        session ->
            session.only(
                """
                WITH RECURSIVE family (id) AS (
                  SELECT p.id FROM pipeline p WHERE p.id = ?
                  UNION ALL
                  SELECT p.id FROM family f
                    JOIN job j ON j.pipeline = f.id
                    JOIN pipeline p ON p.parent = j.id)
                SELECT count(*) AS size FROM family
                """,
                row -> row.number("size"),
                pipeline));
  }

  private static long parent(Session session, long job) throws SQLException {
    return session.only("SELECT pipeline FROM job WHERE id = ?", row -> row.whole("pipeline"), job);
  }

  @Override
  public List<Job> jobs(long pipeline) {
    return transactions.read(
        "reading the jobs of pipeline " + pipeline, session -> jobs(session, pipeline));
  }

  static List<Job> jobs(Session session, long pipeline) throws SQLException {
    return session.list(
        "SELECT * FROM job WHERE pipeline = ? AND newest = 1 ORDER BY place",
        SqlPipelines::job,
        pipeline);
  }

  @Override
  public Optional<Job> job(long id) {
    return transactions.read("reading job " + id, session -> job(session, id));
  }

  static Optional<Job> job(Session session, long id) throws SQLException {
    return session.one("SELECT * FROM job WHERE id = ?", SqlPipelines::job, id);
  }

  @Override
  public Optional<Job> lastSuccess(ProjectName project, String ref, String job) {
    return transactions.read(
        "looking for the last success of `%s` on %s of %s".formatted(job, ref, project),
        session ->
            session.one(
                """
                SELECT j.* FROM pipeline p
                  JOIN job j ON j.pipeline = p.id AND j.newest = 1
                 WHERE p.project = ? AND p.ref = ? AND j.name = ? AND j.status = 'success'
                 ORDER BY p.id DESC LIMIT 1
                """,
                SqlPipelines::job,
                project.value(),
                ref,
                job));
  }

  @Override
  public Optional<Pipeline> newest(ProjectName project, String branch) {
    return transactions.read(
        "looking for the newest pipeline of %s of %s".formatted(branch, project),
        session ->
            session.one(
                """
                SELECT * FROM pipeline
                 WHERE project = ? AND ref = ? AND tag = 0 AND source <> 'parent_pipeline'
                 ORDER BY id DESC LIMIT 1
                """,
                SqlPipelines::pipeline,
                project.value(),
                branch));
  }

  /// What a job is to do.
  static JobSpec spec(Session session, long job) throws SQLException {
    return session.only(
        "SELECT spec FROM job WHERE id = ?",
        row -> JobSpecJson.read("job " + job, row.text("spec")),
        job);
  }

  private static Job job(Row row) throws SQLException {
    var what = "job " + row.whole("id");
    return new Job(
        row.whole("id"),
        row.whole("pipeline"),
        JobSpecJson.read(what, row.text("spec")),
        JobStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
        row.number("attempt"),
        row.number("exit_code"),
        row.text("failure_reason"),
        row.text("message"),
        keeping(row) instanceof Keeping.Dropped ? List.of() : readArtifacts(row.bytes("artifacts")),
        keeping(row),
        Json.readTexts("the variables of " + what, row.text("dotenv")),
        Json.readTexts("what was given to " + what, row.text("given")),
        row.maybeWhole("deploy"),
        row.maybeTime("scheduled_at"),
        row.maybeTime("started_at"),
        row.maybeTime("finished_at"));
  }

  private static Keeping keeping(Row row) throws SQLException {
    return row.text("artifacts_state").equals("there")
        ? row.maybeTime("artifacts_expire_at")
            .<Keeping>map(Keeping.Until::new)
            .orElseGet(Keeping.Always::new)
        : new Keeping.Dropped();
  }

  static byte[] bytes(List<TreeEntry> artifacts) {
    return new Listing(List.copyOf(artifacts.stream().map(TreeEntry::canonical).toList())).bytes();
  }

  static List<TreeEntry> readArtifacts(byte[] bytes) {
    return Bencode.expect(Bencode.read(bytes), Listing.class).values().stream()
        .map(value -> TreeEntry.of(Bencode.expect(value, Dictionary.class)))
        .toList();
  }
}
