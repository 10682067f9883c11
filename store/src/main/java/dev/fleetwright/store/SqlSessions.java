package dev.fleetwright.store;

import dev.fleetwright.core.access.Sessions;
import dev.fleetwright.core.artifact.Digest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// Browsers that are signed in, by the hash of their cookie.
final class SqlSessions implements Sessions {

  private final Transactions transactions;

  SqlSessions(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public void add(Sessions.Session added, Instant idleSince, Instant oldest) {
    transactions.write(
        "signing a browser in",
        session -> {
          session.change(
              "DELETE FROM browser_session WHERE seen_at < ? OR created_at < ?", idleSince, oldest);
          session.changeOne(
              "INSERT INTO browser_session (id, token, created_at, seen_at) VALUES (?, ?, ?, ?)",
              added.id().hex(),
              added.token().hex(),
              added.createdAt(),
              added.seenAt());
          return added;
        });
  }

  @Override
  public Optional<Sessions.Session> find(Digest id) {
    return transactions.read(
        "looking for a signed in browser",
        session ->
            session.one(
                "SELECT * FROM browser_session WHERE id = ?", SqlSessions::session, id.hex()));
  }

  @Override
  public void seen(Digest id, Instant at) {
    transactions.write(
        "noting that a browser was seen",
        session ->
            session.change("UPDATE browser_session SET seen_at = ? WHERE id = ?", at, id.hex()));
  }

  @Override
  public void remove(Digest id) {
    transactions.write(
        "signing a browser out",
        session -> session.change("DELETE FROM browser_session WHERE id = ?", id.hex()));
  }

  private static Sessions.Session session(Row row) throws SQLException {
    return new Sessions.Session(
        row.digest("id"), row.digest("token"), row.time("created_at"), row.time("seen_at"));
  }
}
