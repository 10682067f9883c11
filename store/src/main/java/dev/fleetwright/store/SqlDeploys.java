package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.canonical.Bencode.Text;
import dev.fleetwright.core.canonical.Bencode.Value;
import dev.fleetwright.core.canonical.Bencode.Whole;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.HoldChange;
import dev.fleetwright.core.deploy.LiveChange;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Revision;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Deploys and their events.
///
/// The events are the truth. The deploy's row says what they add up to, so that lists and the next
/// event need not read histories; event and row are written in one transaction, and each carries a
/// digest of what is in it. A deploy that was damaged is refused, not executed; and so is one whose
/// events do not add up to what its row says, which is looked at whenever a single deploy is read.
final class SqlDeploys implements Deploys {

  // Two guards. The generation turns down a server that lost its lease. The key (deploy, sequence)
  // turns down whoever decided on less than what is stored by now, with a lease or without.
  private static final String APPEND =
      """
      INSERT INTO deploy_event (deploy, sequence, happened_at, actor, body, digest)
      SELECT d.id, d.sequence + 1, ?, ?, ?, ?
        FROM deploy d
        JOIN lease l ON l.kind = 'environment' AND l.id = d.environment
       WHERE d.id = ? AND d.sequence = ? AND l.generation = ?
      """;

  /// The environment's stream, as [Environment#stream] names it. A statement of its own, so that it
  /// sees what was committed while the lease's lock was waited for.
  private static final String HEAD_OF_DEPLOY =
      """
      SELECT h.stream, h.sequence, h.hash
        FROM deploy d
        JOIN environment e ON e.id = d.environment
        JOIN ledger_head h ON h.stream = e.project || '/' || e.name
       WHERE d.id = ?\
      """;

  static final String ROWS =
      "SELECT d.*, p.bytes AS plan_bytes FROM deploy d LEFT JOIN plan p ON p.hash = d.plan ";

  /// Found at the ends of indexes, however many wait.
  static final String FIRST_UNFINISHED =
      ROWS
          + """
          WHERE d.id IN (
            SELECT id FROM deploy WHERE environment = ? AND holds = 1
            UNION
            SELECT id FROM (SELECT id FROM deploy
                             WHERE environment = ? AND finished_at IS NULL
                             ORDER BY id %1$s LIMIT ?) few
            UNION
            SELECT id FROM (SELECT id, origin FROM deploy
                             WHERE environment = ? AND finished_at IS NULL
                             ORDER BY id DESC LIMIT ?) newest
             WHERE origin = 'alarm')
          ORDER BY d.holds DESC, d.id %1$s\
          """;

  static final String UNFINISHED =
      ROWS + "WHERE d.environment = ? AND d.finished_at IS NULL ORDER BY d.id";

  static final String LAST_SUCCEEDED_ID =
      """
      SELECT id FROM deploy WHERE environment = ? AND state = 'succeeded' ORDER BY id DESC LIMIT 1\
      """;

  private final Transactions transactions;
  private final SqlFeed feed;
  private final StaleWrites stale;
  private final SqlDeployRecords records;
  private final Runnable room;

  /// @param room throws [dev.fleetwright.core.engine.StoreFull] when there is none for anything new
  SqlDeploys(Transactions transactions, SqlFeed feed, StaleWrites stale, Runnable room) {
    this.room = room;
    this.transactions = transactions;
    this.feed = feed;
    this.stale = stale;
    this.records = new SqlDeployRecords(transactions);
  }

  @Override
  public DeployView add(DeployRequest request, Actor by, Instant at) {
    return feed.write(
        "recording a deploy into environment " + request.environment(),
        session -> add(session, request, by, at, room));
  }

  /// @param room throws [dev.fleetwright.core.engine.StoreFull] when there is none for anything
  ///   new; going back and taking down are let through
  static DeployView add(Session session, DeployRequest request, Actor by, Instant at, Runnable room)
      throws SQLException {
    var environment =
        SqlEnvironments.find(session, request.environment())
            .orElseThrow(() ->
                new IllegalArgumentException("there is no environment " + request.environment()));
    // One at a time for each environment, so a repetition sees what it repeats.
    var generation = SqlLeases.lock(session, SqlLeases.Kind.ENVIRONMENT, environment.id());
    var known = known(session, request);
    if (known.isPresent()) {
      return known.get();
    }
    if (request.kind() == DeployKind.START) {
      room.run();
    }
    return recorded(session, environment, request, by, Times.kept(at), generation);
  }

  @Override
  public Optional<DeployView> addAutomatic(DeployRequest request, Actor by, Instant at) {
    if (!request.origin().automatic() || request.kind() != DeployKind.START) {
      throw new IllegalArgumentException("nobody takes this by itself: " + request);
    }
    return feed.write(
        "recording what environment %d takes by itself".formatted(request.environment()),
        session -> {
          var environment = SqlEnvironments.find(session, request.environment()).orElseThrow();
          var generation = SqlLeases.lock(session, SqlLeases.Kind.ENVIRONMENT, environment.id());
          room.run();
          var release = request.release().orElseThrow();
          var lifted = SqlHolds.lastDeployBefore(session, environment.id());
          if (SqlHolds.inForce(session, environment.id()).isPresent()
              || isThereOrComing(session, environment.id(), release)
              || wasTaken(session, environment.id(), release, lifted)) {
            return Optional.empty();
          }
          return Optional.of(
              recorded(
                  session,
                  environment,
                  request.once("auto-release-" + release + (lifted == 0 ? "" : "-after-" + lifted)),
                  by,
                  Times.kept(at),
                  generation));
        });
  }

  /// Whether this release or a newer one runs there by the record, or is on its way.
  private static boolean isThereOrComing(Session session, long environment, long release)
      throws SQLException {
    return session
        .one(
            """
            SELECT 1 AS there FROM live WHERE environment = ? AND release >= ?
            UNION ALL
            SELECT 1 AS there FROM deploy
             WHERE environment = ? AND finished_at IS NULL AND release >= ?
            LIMIT 1
            """,
            _ -> true,
            environment,
            release,
            environment,
            release)
        .isPresent();
  }

  /// @param after deploys up to this id do not count
  private static boolean wasTaken(Session session, long environment, long release, long after)
      throws SQLException {
    return session
        .one(
            """
            SELECT 1 AS taken FROM deploy
             WHERE environment = ? AND release = ? AND kind = 'start' AND id > ? LIMIT 1
            """,
            _ -> true,
            environment,
            release,
            after)
        .isPresent();
  }

  private static DeployView recorded(
      Session session,
      Environment environment,
      DeployRequest request,
      Actor by,
      Instant at,
      long generation)
      throws SQLException {
    var draft = drafted(session, environment, request, by, at);
    switch (HoldChange.of(
        request, environment.policy().promotion(), newest(session, environment.id()))) {
      case SET -> {
        var _ =
            SqlHolds.set(
                session, environment, Optional.of(draft.deploy().id()), request.reason(), by, at);
      }
      case LIFTED -> {
        var _ = SqlHolds.lift(session, environment, draft.deploy().id(), by, at);
      }
      case NONE -> {}
    }
    if (request.plan().isEmpty()) {
      noteWork(session, environment.id(), true);
      return draft;
    }
    var event = new Planned(request.plan().get());
    insert(session, draft, event, by, at, generation);
    return follow(session, environment, draft, event, by, at, true);
  }

  /// The newest release that ever succeeded there.
  private static Optional<Long> newest(Session session, long environment) throws SQLException {
    return session.only(
        "SELECT max(release) AS newest FROM deploy WHERE environment = ? AND state = 'succeeded'",
        row -> row.maybeWhole("newest"),
        environment);
  }

  private static Optional<DeployView> known(Session session, DeployRequest request)
      throws SQLException {
    return request.idempotencyKey().isEmpty()
        ? Optional.empty()
        : SqlDeployRecords.asked(session, request.environment(), request.idempotencyKey().get());
  }

  private static DeployView drafted(
      Session session, Environment environment, DeployRequest request, Actor by, Instant at)
      throws SQLException {
    var state = DeployState.initial();
    var id =
        session.only(
            """
            INSERT INTO deploy
              (project, number, environment, kind, release, rollback_of, script, job, components,
               not_before, exact, origin, asked_by, reason, idempotency_key, created_at, sequence, state, snapshot, plan,
               needs_engine, holds, started_at, finished_at, updated_at, digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, NULL, ?, 0, NULL, NULL, ?, '')
            RETURNING id
            """,
            row -> row.whole("id"),
            environment.project().value(),
            Counter.next(session, environment.project(), "deploy"),
            environment.id(),
            request.kind().keyword(),
            request.release(),
            request.rollbackOf(),
            request.script().map(script -> script.canonical().bytes()),
            request.job(),
            String.join(",", request.only()),
            request.notBefore().map(Times::kept),
            request.plan().isPresent(),
            request.origin().keyword(),
            by.name(),
            request.reason(),
            request.idempotencyKey(),
            at,
            state.keyword(),
            StateJson.text(state),
            state.needsEngine(),
            at);
    var deploy = session.only("SELECT * FROM deploy WHERE id = ?", SqlDeploys::deploy, id);
    var draft = new DeployView(deploy, state, 0, Optional.empty(), Optional.empty(), at);
    session.changeOne("UPDATE deploy SET digest = ? WHERE id = ?", digest(draft).hex(), id);
    var facts = new TreeMap<String, String>();
    facts.put("kind", request.kind().keyword());
    request.release().ifPresent(release -> facts.put("release", release.toString()));
    request.rollbackOf().ifPresent(of -> facts.put("rollback_of", of.toString()));
    request.job().ifPresent(job -> facts.put("job", job.toString()));
    facts.put("origin", request.origin().keyword());
    request.notBefore().ifPresent(then -> facts.put("not_before", Times.text(then)));
    if (!request.only().isEmpty()) {
      facts.put("only", String.join(",", request.only()));
    }
    request.script().ifPresent(script -> facts.put("script", script.digest().toString()));
    facts.put("reason", request.reason());
    tell(session, environment, draft, "asked", facts, by, at);
    return draft;
  }

  @Override
  public Appended append(
      long id, long expected, DeployEvent event, Actor by, Instant at, Optional<Lease> lease) {
    var appended = appended(id, expected, event, by, at, lease);
    if (appended instanceof Appended.LeaseLost && lease.isPresent()) {
      stale.turnedDown(
          SqlLeases.Kind.ENVIRONMENT,
          lease.get().id(),
          lease.get().generation(),
          "deploy %d: %s".formatted(id, event.keyword()));
    }
    return appended;
  }

  private Appended appended(
      long id, long expected, DeployEvent event, Actor by, Instant at, Optional<Lease> lease) {
    return feed.write(
        "storing that deploy %d: %s".formatted(id, event.keyword()),
        session -> {
          // From here to the commit nobody else changes the generation or the sequence. So what is
          // answered below is why the guards of the statement that writes would turn it down.
          var locking = lock(session, id);
          SqlLedger.readAlong(session, HEAD_OF_DEPLOY, id);
          var found = session.one(ROWS + "WHERE d.id = ?", SqlDeploys::view, id);
          var locked =
              locking
                  .first()
                  .orElseThrow(() -> new IllegalArgumentException("there is no deploy " + id));
          var environment = locked.environment();
          if (lease.isPresent() && lease.get().id() != environment.id()) {
            throw new IllegalArgumentException(
                "deploy %d is not in environment %d, which the lease is on"
                    .formatted(id, lease.get().id()));
          }
          var newest = locked.generation();
          var generation = lease.map(Lease::generation).orElse(newest);
          if (generation != newest) {
            return new Appended.LeaseLost();
          }
          var before = found.orElseThrow();
          if (before.sequence() != expected) {
            return new Appended.Moved(before);
          }
          var kept = Times.kept(at);
          insert(session, before, event, by, kept, generation);
          return new Appended.Stored(
              follow(session, environment, before, event, by, kept, lease.isEmpty()));
        });
  }

  private record Locked(Environment environment, long generation) {}

  /// The environment of a deploy, its lease locked as by [SqlLeases#lock].
  private static Session.Later<Locked> lock(Session session, long deploy) throws SQLException {
    return session.later(
        """
        SELECT e.*, l.generation, %s AS transaction_id
          FROM deploy d
          JOIN environment e ON e.id = d.environment
          JOIN lease l ON l.kind = 'environment' AND l.id = e.id
         WHERE d.id = ?%s
        """
            .formatted(
                session.dialect().transaction,
                session.dialect() == Dialect.POSTGRESQL ? " FOR UPDATE OF l" : ""),
        row -> {
          session.isTransaction(row.whole("transaction_id"));
          return new Locked(SqlEnvironments.environment(row), row.whole("generation"));
        },
        deploy);
  }

  private static void insert(
      Session session, DeployView before, DeployEvent event, Actor by, Instant at, long generation)
      throws SQLException {
    if (event instanceof Planned(var plan)) {
      SqlPlans.keep(session, plan);
    }
    var deploy = before.deploy().id();
    var body = EventJson.of(event).toString();
    session.changeOne(
        APPEND,
        at,
        by.name(),
        body,
        digest(deploy, before.sequence() + 1, Times.text(at), by.name(), body).hex(),
        deploy,
        before.sequence(),
        generation);
  }

  /// Everything that an event brings with it.
  ///
  /// @param fresh whether it came from outside the engine
  private static DeployView follow(
      Session session,
      Environment environment,
      DeployView before,
      DeployEvent event,
      Actor by,
      Instant at,
      boolean fresh)
      throws SQLException {
    var now = after(before, event, at);
    var state = now.state();
    session.changeOne(
        """
        UPDATE deploy
           SET sequence = ?, state = ?, snapshot = ?, plan = ?, needs_engine = ?, holds = ?, started_at = ?,
               finished_at = ?, updated_at = ?, digest = ?
         WHERE id = ?
        """,
        now.sequence(),
        state.keyword(),
        StateJson.text(state),
        state.currentPlan().map(plan -> SqlPlans.hash(plan).hex()),
        state.needsEngine(),
        state.holdsEnvironment(),
        now.startedAt(),
        now.finishedAt(),
        at,
        digest(now).hex(),
        now.deploy().id());
    if (now.deploy().job().isPresent() && !state.keyword().equals(before.state().keyword())) {
      wake(session, now.deploy().job().get());
    }
    if (!state.equals(before.state())) {
      changeLive(session, now, at);
      changeEnvironment(session, environment, before.state(), now, at);
    }
    tell(session, environment, now, event.keyword(), facts(event), by, at);
    noteWork(session, environment.id(), fresh);
    return now;
  }

  /// The pipeline of the job whose status follows a deploy waits for it without holding anything.
  private static void wake(Session session, long job) throws SQLException {
    var pipeline =
        session.only("SELECT pipeline FROM job WHERE id = ?", row -> row.whole("pipeline"), job);
    SqlLeases.work(session, SqlLeases.Kind.PIPELINE, pipeline, true, true);
    // So that it does not settle on what it has seen before.
    session.changeOne("UPDATE pipeline SET changes = changes + 1 WHERE id = ?", pipeline);
  }

  private static DeployView after(DeployView before, DeployEvent event, Instant at) {
    var state = DeployMachine.next(before.state(), event);
    return new DeployView(
        before.deploy(),
        state,
        before.sequence() + 1,
        before.startedAt().or(() -> state.holdsEnvironment() ? Optional.of(at) : Optional.empty()),
        before
            .finishedAt()
            .or(() -> state instanceof Finished ? Optional.of(at) : Optional.empty()),
        at);
  }

  private static void changeLive(Session session, DeployView now, Instant at) throws SQLException {
    var environment = now.deploy().environment();
    for (var change : LiveChange.of(now.state())) {
      // Of a take-down that was stopped half-way, something still runs.
      if (change.release().isEmpty() && !change.mixed()) {
        session.change(
            "DELETE FROM live WHERE environment = ? AND target = ?", environment, change.target());
      } else {
        session.changeOne(
            """
            INSERT INTO live (environment, target, revision, release, deploy, since, mixed, good)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (environment, target) DO UPDATE
              SET revision = excluded.revision, release = excluded.release,
                  deploy = excluded.deploy, since = excluded.since, mixed = excluded.mixed,
                  good = CASE WHEN ? = 1 THEN excluded.good ELSE live.good END
            """,
            environment,
            change.target(),
            change.revision().hex(),
            change.release(),
            now.deploy().id(),
            at,
            change.mixed(),
            (change.good() ? change.revision() : Revision.EMPTY.digest()).hex(),
            change.good());
      }
    }
  }

  private static void changeEnvironment(
      Session session, Environment environment, DeployState before, DeployView now, Instant at)
      throws SQLException {
    var state = now.state();
    if (now.deploy().kind() == DeployKind.STOP) {
      if (state.holdsEnvironment() && !before.holdsEnvironment()) {
        SqlEnvironments.become(
            session, environment, EnvironmentState.STOPPING, environment.autoStopAt(), at);
      } else if (state instanceof DeployState.Succeeded) {
        SqlEnvironments.become(
            session, environment, EnvironmentState.STOPPED, Optional.empty(), at);
      } else if (state instanceof Finished && before.holdsEnvironment()) {
        // It was not taken down, or not wholly: it can be asked for again.
        SqlEnvironments.become(
            session, environment, EnvironmentState.AVAILABLE, environment.autoStopAt(), at);
      }
    } else if (state instanceof DeployState.Succeeded) {
      SqlEnvironments.become(
          session, environment, EnvironmentState.AVAILABLE, autoStopAt(session, now, at), at);
    }
  }

  private static Optional<Instant> autoStopAt(Session session, DeployView now, Instant at)
      throws SQLException {
    if (now.deploy().job().isEmpty()) {
      return Optional.empty();
    }
    var spec = SqlPipelines.spec(session, now.deploy().job().get());
    return spec.environment().flatMap(environment -> environment.autoStopIn()).map(at::plus);
  }

  /// Note whether the engine has something to do in an environment.
  ///
  /// @param fresh whether what changed came from outside the engine
  static void noteWork(Session session, long environment, boolean fresh) throws SQLException {
    SqlLeases.work(
        session,
        SqlLeases.Kind.ENVIRONMENT,
        environment,
        """
        CASE WHEN EXISTS (SELECT 1 FROM deploy WHERE environment = ? AND needs_engine = 1)
             THEN 1 ELSE 0 END\
        """,
        List.of(environment),
        fresh);
  }

  private static Map<String, String> facts(DeployEvent event) {
    var facts = new TreeMap<String, String>();
    for (var field : EventJson.of(event).properties()) {
      if (!field.getKey().equals("kind")) {
        var value = field.getValue();
        facts.put(field.getKey(), value.isTextual() ? value.textValue() : value.toString());
      }
    }
    return facts;
  }

  private static void tell(
      Session session,
      Environment environment,
      DeployView now,
      String what,
      Map<String, String> facts,
      Actor by,
      Instant at)
      throws SQLException {
    var all = new TreeMap<>(facts);
    all.put("deploy", Long.toString(now.deploy().number()));
    all.put("state", now.state().keyword());
    SqlLedger.write(session, environment.stream(), by, "deploy." + what, all, at);
    SqlFeed.write(
        session,
        "deploy",
        Map.of(
            "project", environment.project().value(),
            "environment", environment.name().value(),
            "deploy", Long.toString(now.deploy().number()),
            "event", what,
            "state", now.state().keyword()),
        at);
  }

  @Override
  public Optional<DeployView> find(long id) {
    return transactions.read("reading deploy " + id, session -> replayed(session, id));
  }

  @Override
  public Optional<DeployView> find(ProjectName project, long number) {
    return transactions.read(
        "reading deploy %d of %s".formatted(number, project),
        session -> {
          var id =
              session.one(
                  "SELECT id FROM deploy WHERE project = ? AND number = ?",
                  row -> row.whole("id"),
                  project.value(),
                  number);
          return id.isPresent() ? replayed(session, id.get()) : Optional.empty();
        });
  }

  private static Optional<DeployView> replayed(Session session, long id) throws SQLException {
    var row = session.one(ROWS + "WHERE d.id = ?", SqlDeploys::view, id);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    var view = row.get();
    var events = events(session, id);
    if (events.size() != view.sequence()) {
      throw new RecordUnreadable(
          "deploy %d has %d events instead of %d".formatted(id, events.size(), view.sequence()));
    }
    var state = DeployMachine.replay(events.stream().map(StoredEvent::event).toList());
    if (!state.equals(view.state())) {
      throw new RecordUnreadable(
          "the events of deploy %d add up to %s, but it is recorded as %s"
              .formatted(id, state.keyword(), view.state().keyword()));
    }
    return row;
  }

  @Override
  public List<StoredEvent> events(long id) {
    return transactions.read("reading the events of deploy " + id, session -> events(session, id));
  }

  private static List<StoredEvent> events(Session session, long deploy) throws SQLException {
    record Kept(long sequence, String at, String actor, String body, Digest digest) {}
    var rows =
        session.list(
            "SELECT * FROM deploy_event WHERE deploy = ? ORDER BY sequence",
            row ->
                new Kept(
                    row.whole("sequence"),
                    row.text("happened_at"),
                    row.text("actor"),
                    row.text("body"),
                    row.digest("digest")),
            deploy);
    var plans = new HashMap<Digest, Plan>();
    var events = new ArrayList<StoredEvent>();
    for (var row : rows) {
      var what = "event %d of deploy %d".formatted(row.sequence(), deploy);
      if (row.sequence() != events.size() + 1) {
        throw new RecordUnreadable(what + " follows event " + events.size());
      } else if (!digest(deploy, row.sequence(), row.at(), row.actor(), row.body())
          .equals(row.digest())) {
        throw new RecordUnreadable(what + " was damaged");
      }
      var json = Json.read(what, row.body());
      var hash = EventJson.planOf(json);
      if (hash.isPresent() && !plans.containsKey(hash.get())) {
        plans.put(hash.get(), SqlPlans.load(session, hash.get()));
      }
      events.add(
          new StoredEvent(
              row.sequence(),
              Times.read(row.at()),
              new Actor(row.actor()),
              EventJson.read(json, plans)));
    }
    return events;
  }

  @Override
  public List<DeployView> of(long environment, int most, int skip) {
    return DeployRecords.readable(records.of(environment, most, skip));
  }

  @Override
  public List<DeployView> of(ProjectName project, int most, int skip) {
    return DeployRecords.readable(records.of(project, most, skip));
  }

  @Override
  public List<DeployView> unfinished(long environment) {
    return transactions.ask(
        "listing what has not ended in environment " + environment,
        session -> session.list(UNFINISHED, SqlDeploys::view, environment));
  }

  @Override
  public List<DeployView> unfinished(long environment, int most, boolean newest) {
    return transactions.ask(
        "listing the first that have not ended in environment " + environment,
        session ->
            session.list(
                FIRST_UNFINISHED.formatted(newest ? "DESC" : "ASC"),
                SqlDeploys::view,
                environment,
                environment,
                most,
                environment,
                ALARMED));
  }

  @Override
  public Optional<DeployView> lastSucceeded(long environment) {
    return transactions.read(
        "looking for the last success in environment " + environment,
        session ->
            session.one(
                ROWS
                    + "WHERE d.environment = ? AND d.state = 'succeeded' ORDER BY d.id DESC LIMIT 1",
                SqlDeploys::view,
                environment));
  }

  @Override
  public Optional<Long> lastSucceededId(long environment) {
    return transactions.ask(
        "looking for the last success in environment " + environment,
        session -> session.one(LAST_SUCCEEDED_ID, row -> row.whole("id"), environment));
  }

  @Override
  public Optional<DeployView> lastSucceeded(long environment, long release) {
    return transactions.read(
        "looking for the last success of release %d in environment %d"
            .formatted(release, environment),
        session ->
            session.one(
                ROWS
                    + "WHERE d.environment = ? AND d.release = ? AND d.state = 'succeeded'"
                    + " AND d.components = ''"
                    + " ORDER BY d.id DESC LIMIT 1",
                SqlDeploys::view,
                environment,
                release));
  }

  /// @throws RecordUnreadable if it was damaged, or is of a form that this release does not know
  static DeployView view(Row row) throws SQLException {
    var id = row.whole("id");
    try {
      return checked(row);
    } catch (IllegalArgumentException | DateTimeException | Bencode.NotCanonical e) {
      throw new RecordUnreadable("deploy " + id + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static DeployView checked(Row row) throws SQLException {
    var deploy = deploy(row);
    var what = "deploy " + deploy.id();
    var hash = row.maybeText("plan");
    Optional<Plan> plan =
        hash.isEmpty()
            ? Optional.empty()
            : Optional.of(SqlPlans.read(new Digest(hash.get()), row.bytes("plan_bytes")));
    var view =
        new DeployView(
            deploy,
            StateJson.read("the state of " + what, row.text("snapshot"), plan),
            row.whole("sequence"),
            row.maybeTime("started_at"),
            row.maybeTime("finished_at"),
            row.time("updated_at"));
    if (!digest(view).equals(row.digest("digest"))) {
      throw new RecordUnreadable(what + " was damaged");
    }
    return view;
  }

  private static Deploy deploy(Row row) throws SQLException {
    return new Deploy(
        row.whole("id"),
        row.whole("number"),
        row.whole("environment"),
        DeployKind.of(row.text("kind")),
        row.maybeWhole("release"),
        row.maybeWhole("rollback_of"),
        row.maybeBytes("script").map(bytes -> Component.of(Bencode.readDictionary(bytes))),
        row.maybeWhole("job"),
        only(row.text("components")),
        row.maybeTime("not_before"),
        row.yes("exact"),
        Origin.of(row.text("origin")),
        row.text("asked_by"),
        row.text("reason"),
        row.time("created_at"));
  }

  private static SortedSet<String> only(String names) {
    return names.isEmpty() ? new TreeSet<>() : new TreeSet<>(List.of(names.split(",")));
  }

  private static Digest digest(DeployView view) {
    var deploy = view.deploy();
    var row = new TreeMap<String, Value>();
    row.put("id", new Whole(deploy.id()));
    row.put("number", new Whole(deploy.number()));
    row.put("environment", new Whole(deploy.environment()));
    row.put("kind", new Text(deploy.kind().keyword()));
    row.put("exact", new Whole(deploy.exactly() ? 1 : 0));
    row.put("by", new Text(deploy.by()));
    row.put("sequence", new Whole(view.sequence()));
    row.put("state", new Text(StateJson.text(view.state())));
    deploy.release().ifPresent(id -> row.put("release", new Whole(id)));
    deploy.rollbackOf().ifPresent(id -> row.put("rollback_of", new Whole(id)));
    deploy.script().ifPresent(script -> row.put("script", script.canonical()));
    deploy.job().ifPresent(id -> row.put("job", new Whole(id)));
    // Deploys of earlier releases have none, and were all asked for.
    if (deploy.origin() != Origin.HAND) {
      row.put("origin", new Text(deploy.origin().keyword()));
    }
    if (!deploy.only().isEmpty()) {
      row.put("only", Listing.ofTexts(deploy.only()));
    }
    deploy.notBefore().ifPresent(then -> row.put("not_before", new Text(Times.text(then))));
    view.state()
        .currentPlan()
        .ifPresent(plan -> row.put("plan", new Text(SqlPlans.hash(plan).hex())));
    return Digest.of(new Dictionary(row).bytes());
  }

  static Digest digest(long deploy, long sequence, String at, String actor, String body) {
    return Digest.of(
        Dictionary.empty()
            .with("deploy", deploy)
            .with("sequence", sequence)
            .with("at", at)
            .with("actor", actor)
            .with("body", body)
            .bytes());
  }
}
