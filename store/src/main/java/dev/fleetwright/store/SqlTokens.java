package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.core.artifact.Digest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tokens, by their hash.
final class SqlTokens implements Tokens {

  private static final Duration NOTED_EACH = Duration.ofMinutes(1);

  private final Transactions transactions;

  SqlTokens(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public Token add(String name, Digest hash, Actor by, Instant at) {
    return transactions.write(
        "keeping token " + name,
        session -> {
          session.changeOne(
              "INSERT INTO token (name, hash, created_by, created_at) VALUES (?, ?, ?, ?)",
              name,
              hash.hex(),
              by.name(),
              at);
          SqlLedger.write(session, "instance", by, "token.added", Map.of("name", name), at);
          return find(session, hash).orElseThrow();
        });
  }

  private static Optional<Token> find(Session session, Digest hash) throws SQLException {
    return session.one("SELECT * FROM token WHERE hash = ?", SqlTokens::token, hash.hex());
  }

  @Override
  public Optional<Token> find(Digest hash, Instant now) {
    var token = transactions.read("looking for a token", session -> find(session, hash));
    token
        .filter(t -> t.lastUsedAt().filter(used -> used.plus(NOTED_EACH).isAfter(now)).isEmpty())
        .ifPresent(t -> note(t, now));
    return token;
  }

  private void note(Token token, Instant now) {
    var before = now.minus(NOTED_EACH);
    transactions.write(
        "noting that a token was used",
        session ->
            session.change(
                """
                UPDATE token SET last_used_at = ?
                 WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)
                """,
                now,
                token.id(),
                before));
  }

  @Override
  public List<Token> all() {
    return transactions.read(
        "listing the tokens",
        session -> session.list("SELECT * FROM token ORDER BY id", SqlTokens::token));
  }

  @Override
  public Removal remove(long id, Actor by, Instant at) {
    return transactions.write(
        "removing token " + id,
        session -> {
          record Kept(Token token, String hash) {}
          // Two who remove the last two at once must not both succeed.
          var all =
              session.list(
                  "SELECT * FROM token ORDER BY id" + forUpdate(session),
                  row -> new Kept(token(row), row.text("hash")));
          var found = all.stream().filter(kept -> kept.token().id() == id).findFirst();
          if (found.isEmpty()) {
            return new Removal.Gone();
          }
          var token = found.get().token();
          if (all.size() == 1) {
            return new Removal.Last(token);
          }
          session.change("DELETE FROM browser_session WHERE token = ?", found.get().hash());
          session.changeOne("DELETE FROM token WHERE id = ?", id);
          SqlLedger.write(
              session,
              "instance",
              by,
              "token.removed",
              Map.of("name", token.name(), "token", Long.toString(id)),
              at);
          return new Removal.Removed(token);
        });
  }

  private static String forUpdate(Session session) {
    return switch (session.dialect()) {
      // There is one writer anyway.
      case SQLITE -> "";
      case POSTGRESQL -> " FOR UPDATE";
    };
  }

  private static Token token(Row row) throws SQLException {
    return new Token(
        row.whole("id"), row.text("name"), row.time("created_at"), row.maybeTime("last_used_at"));
  }
}
