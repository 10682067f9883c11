package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.Holds;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which environments take nothing by themselves. Everything that changes a hold, or decides by
/// one, has locked the environment's lease row before.
final class SqlHolds implements Holds {

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlHolds(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Optional<EnvironmentHold> of(long environment) {
    return transactions.ask(
        "looking whether environment %d is held".formatted(environment),
        session -> inForce(session, environment));
  }

  @Override
  public List<EnvironmentHold> all() {
    return transactions.read(
        "listing what is held",
        session ->
            session.list("SELECT * FROM hold WHERE lifted_at IS NULL ORDER BY id", SqlHolds::hold));
  }

  @Override
  public EnvironmentHold set(long environment, String reason, Actor by, Instant at) {
    return feed.write(
        "holding environment " + environment,
        session -> {
          SqlLeases.lock(session, SqlLeases.Kind.ENVIRONMENT, environment);
          var found = SqlEnvironments.find(session, environment).orElseThrow();
          return set(session, found, Optional.empty(), reason, by, Times.kept(at));
        });
  }

  @Override
  public boolean lift(long environment, Actor by, Instant at) {
    return feed.write(
        "lifting the hold of environment " + environment,
        session -> {
          SqlLeases.lock(session, SqlLeases.Kind.ENVIRONMENT, environment);
          var found = SqlEnvironments.find(session, environment).orElseThrow();
          var lifted = lift(session, found, Long.MAX_VALUE, by, Times.kept(at));
          if (lifted) {
            // What waits for it is looked at anew.
            SqlDeploys.noteWork(session, environment, true);
          }
          return lifted;
        });
  }

  static Optional<EnvironmentHold> inForce(Session session, long environment) throws SQLException {
    return session.one(
        "SELECT * FROM hold WHERE environment = ? AND lifted_at IS NULL",
        SqlHolds::hold,
        environment);
  }

  /// The newest deploy of an environment when its last hold was lifted; 0 if it never was held.
  static long lastDeployBefore(Session session, long environment) throws SQLException {
    return session
        .one(
            """
            SELECT last_deploy FROM hold
             WHERE environment = ? AND lifted_at IS NOT NULL ORDER BY id DESC LIMIT 1
            """,
            row -> row.whole("last_deploy"),
            environment)
        .orElse(0L);
  }

  /// In the transaction of the deploy that brings it, after the environment's lease was locked.
  static EnvironmentHold set(
      Session session,
      Environment environment,
      Optional<Long> deploy,
      String reason,
      Actor by,
      Instant at)
      throws SQLException {
    var before = inForce(session, environment.id());
    if (before.isPresent()) {
      return before.get();
    }
    session.changeOne(
        "INSERT INTO hold (environment, deploy, held_by, reason, held_at) VALUES (?, ?, ?, ?, ?)",
        environment.id(),
        deploy,
        by.name(),
        reason,
        at);
    tell(session, environment, "environment.held", reason, by, at);
    return inForce(session, environment.id()).orElseThrow();
  }

  /// @param before only deploys below this id may be taken once more
  static boolean lift(Session session, Environment environment, long before, Actor by, Instant at)
      throws SQLException {
    var lifted =
        session.change(
            """
            UPDATE hold SET lifted_by = ?, lifted_at = ?,
                   last_deploy = (SELECT coalesce(max(id), 0) FROM deploy
                                   WHERE environment = ? AND id < ?)
             WHERE environment = ? AND lifted_at IS NULL
            """,
            by.name(),
            at,
            environment.id(),
            before,
            environment.id());
    if (lifted > 0) {
      tell(session, environment, "environment.hold_lifted", "", by, at);
    }
    return lifted > 0;
  }

  private static void tell(
      Session session, Environment environment, String kind, String reason, Actor by, Instant at)
      throws SQLException {
    var facts = new TreeMap<String, String>();
    if (!reason.isEmpty()) {
      facts.put("reason", reason);
    }
    SqlLedger.write(session, environment.stream(), by, kind, facts, at);
    SqlFeed.write(
        session,
        "environment",
        Map.of(
            "project", environment.project().value(),
            "environment", environment.name().value(),
            "state", environment.state().keyword()),
        at);
  }

  private static EnvironmentHold hold(Row row) throws SQLException {
    return new EnvironmentHold(
        row.whole("id"),
        row.whole("environment"),
        row.maybeWhole("deploy"),
        row.text("held_by"),
        row.text("reason"),
        row.time("held_at"));
  }
}
