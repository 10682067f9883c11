package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.ledger.LedgerRecord;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The hash chains.
final class SqlLedger implements Ledger {

  // The head's row is locked until the record after it is committed, so writers of one stream queue
  // here: the chain has no forks.
  private static final String HEAD =
      "SELECT stream, sequence, hash FROM ledger_head WHERE stream = ?";

  private final Transactions transactions;

  SqlLedger(Transactions transactions) {
    this.transactions = transactions;
  }

  /// Write a record in the transaction of what it tells of.
  static void write(
      Session session,
      String stream,
      Actor actor,
      String kind,
      Map<String, String> facts,
      Instant at)
      throws SQLException {
    var head = head(session, stream);
    var record =
        new LedgerRecord(
            stream,
            head.sequence() + 1,
            Times.kept(at),
            actor,
            kind,
            new TreeMap<>(facts),
            head.hash());
    var end = new End(stream, record.sequence(), record.hash());
    var hash = end.hash().hex();
    session.changeOneOrAgain(
        "UPDATE ledger_head SET sequence = ?, hash = ? WHERE stream = ? AND sequence = ?",
        record.sequence(),
        hash,
        stream,
        head.sequence());
    session.endsAt(end);
    session.changeOne(
        """
        INSERT INTO ledger_record
          (stream, sequence, happened_at, actor, kind, facts, previous, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        stream,
        record.sequence(),
        record.at(),
        actor.name(),
        kind,
        Json.texts(record.facts()),
        record.previous().hex(),
        hash);
  }

  /// The end of a chain.
  record End(String stream, long sequence, Digest hash) {}

  private static final Session.Reading<End> END =
      row -> new End(row.text("stream"), row.whole("sequence"), row.digest("hash"));

  /// Read the head along with the next question, for the record that this transaction will write.
  /// It is not locked, since locks are taken in an order and this one is the last: when another
  /// writes a record meanwhile, the transaction is run again.
  ///
  /// @param query for a row of `ledger_head`
  static void readAlong(Session session, String query, Object... values) throws SQLException {
    session.endsAt(session.later(query, END, values));
  }

  private static End head(Session session, String stream) throws SQLException {
    var along = session.end().filter(end -> end.stream().equals(stream));
    if (along.isPresent()) {
      return along.get();
    }
    var query = HEAD + session.dialect().forUpdate;
    var known = session.one(query, END, stream);
    if (known.isPresent()) {
      return known.get();
    }
    session.change(
        "INSERT INTO ledger_head (stream, sequence, hash) VALUES (?, 0, ?) ON CONFLICT DO NOTHING",
        stream,
        LedgerRecord.FIRST.hex());
    return session.only(query, END, stream);
  }

  @Override
  public void note(String stream, Actor actor, String kind, Map<String, String> facts, Instant at) {
    transactions.write(
        "noting " + kind,
        session -> {
          write(session, stream, actor, kind, facts, at);
          return true;
        });
  }

  @Override
  public List<Kept> read(String stream, long from, int most) {
    return transactions.read(
        "reading the ledger of " + stream,
        session ->
            session.list(
                """
                SELECT * FROM ledger_record
                 WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?
                """,
                SqlLedger::kept,
                stream,
                from,
                most));
  }

  private static Kept kept(Row row) throws SQLException {
    return new Kept(
        new LedgerRecord(
            row.text("stream"),
            row.whole("sequence"),
            row.time("happened_at"),
            new Actor(row.text("actor")),
            row.text("kind"),
            Json.readTexts("a ledger record's facts", row.text("facts")),
            row.digest("previous")),
        row.digest("hash"));
  }

  @Override
  public List<String> streams() {
    return transactions.read(
        "listing the ledger's streams",
        session ->
            session.list(
                "SELECT stream FROM ledger_head ORDER BY stream", row -> row.text("stream")));
  }

  /// Besides what the port checks: that the newest record is the one that the chain's head names,
  /// since a chain whose end was cut off holds together.
  @Override
  public Optional<String> fault(String stream) {
    return Ledger.super.fault(stream).or(() -> endFault(stream));
  }

  private Optional<String> endFault(String stream) {
    return transactions.read(
        "checking the ledger of " + stream,
        session -> {
          var head = session.one(HEAD, END, stream);
          var last =
              session.one(
                  """
                  SELECT stream, sequence, hash FROM ledger_record
                   WHERE stream = ? ORDER BY sequence DESC LIMIT 1
                  """,
                  END,
                  stream);
          return head.equals(last)
              ? Optional.empty()
              : Optional.of("%s: the newest record is not the one it was".formatted(stream));
        });
  }
}
