package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.secret.SealedValues;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// Encrypted values; what opens them is not here.
final class SqlSealedValues implements SealedValues {

  private final Transactions transactions;

  SqlSealedValues(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public void put(String scope, SortedMap<String, byte[]> sealed, Actor by, Instant at) {
    var names = String.join(", ", sealed.keySet());
    transactions.write(
        "keeping `%s` of `%s` sealed".formatted(names, scope),
        session -> {
          for (var value : sealed.entrySet()) {
            session.change(
                """
                INSERT INTO sealed_value (scope, name, value, sealed_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (scope, name)
                DO UPDATE SET value = excluded.value, sealed_at = excluded.sealed_at
                """,
                scope,
                value.getKey(),
                value.getValue(),
                at);
          }
          SqlLedger.write(session, scope, by, "secret.set", Map.of("name", names), at);
          return sealed.size();
        });
  }

  @Override
  public Optional<byte[]> find(String scope, String name) {
    return transactions.read(
        "reading `%s` of `%s`".formatted(name, scope),
        session ->
            session.one(
                "SELECT value FROM sealed_value WHERE scope = ? AND name = ?",
                row -> row.bytes("value"),
                scope,
                name));
  }

  @Override
  public Optional<Name> any() {
    return transactions.read(
        "looking whether anything is sealed",
        session ->
            session.one(
                "SELECT scope, name FROM sealed_value LIMIT 1",
                row -> new Name(row.text("scope"), row.text("name"))));
  }
}
