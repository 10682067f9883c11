package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.Alarm;
import dev.fleetwright.core.environment.Alarms;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The alarms that fire, and those that did.
final class SqlAlarms implements Alarms {

  private static final String FIRING = "SELECT * FROM alarm WHERE cleared_at IS NULL ";

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlAlarms(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public List<Alarm> firing(long environment) {
    return transactions.read(
        "looking for alarms of environment " + environment,
        session ->
            session.list(
                FIRING + "AND environment = ? ORDER BY id", SqlAlarms::alarm, environment));
  }

  @Override
  public List<Alarm> firing() {
    return transactions.read(
        "looking for alarms", session -> session.list(FIRING + "ORDER BY id", SqlAlarms::alarm));
  }

  @Override
  public Alarm raise(long environment, String name, String reason, Actor by, Instant at) {
    return feed.write(
        "raising an alarm in environment " + environment,
        session -> {
          var kept = Times.kept(at);
          var raised =
              session.change(
                  """
                  INSERT INTO alarm (environment, name, reason, raised_by, raised_at)
                  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                  """,
                  environment,
                  name,
                  reason,
                  by.name(),
                  kept);
          if (raised > 0) {
            tell(session, environment, "alarm.raised", name, reason, by, kept);
          }
          return session.only(
              FIRING + "AND environment = ? AND name = ?", SqlAlarms::alarm, environment, name);
        });
  }

  @Override
  public boolean clear(long environment, String name, Actor by, Instant at) {
    return feed.write(
        "clearing an alarm in environment " + environment,
        session -> {
          var kept = Times.kept(at);
          var cleared =
              session.change(
                  """
                  UPDATE alarm SET cleared_by = ?, cleared_at = ?
                   WHERE environment = ? AND name = ? AND cleared_at IS NULL
                  """,
                  by.name(),
                  kept,
                  environment,
                  name);
          if (cleared > 0) {
            tell(session, environment, "alarm.cleared", name, "", by, kept);
          }
          return cleared > 0;
        });
  }

  private static void tell(
      Session session,
      long environment,
      String kind,
      String name,
      String reason,
      Actor by,
      Instant at)
      throws SQLException {
    var place = SqlEnvironments.find(session, environment).orElseThrow();
    var facts = new TreeMap<>(Map.of("alarm", name));
    if (!reason.isEmpty()) {
      facts.put("reason", reason);
    }
    SqlLedger.write(session, place.stream(), by, kind, facts, at);
    SqlFeed.write(
        session,
        "environment",
        Map.of(
            "project", place.project().value(),
            "environment", place.name().value(),
            "state", place.state().keyword()),
        at);
  }

  private static Alarm alarm(Row row) throws SQLException {
    return new Alarm(
        row.whole("id"),
        row.whole("environment"),
        row.text("name"),
        row.text("reason"),
        row.text("raised_by"),
        row.time("raised_at"));
  }
}
