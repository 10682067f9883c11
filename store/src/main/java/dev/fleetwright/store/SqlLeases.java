package dev.fleetwright.store;

import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.Leases;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leases on environments or on pipelines, and what has work among them.
final class SqlLeases implements Leases {

  private static final Logger LOG = LoggerFactory.getLogger(SqlLeases.class);

  /// What a lease is on.
  enum Kind {
    ENVIRONMENT,
    PIPELINE;

    String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  // Each of the two finds its row at the start of an index, however many rows wait. The clock is
  // asked once, in a query of its own: what changes while an index is read cannot be looked up in
  // it.
  static final String SILENT =
      """
      SELECT id FROM lease
       WHERE kind = ? AND held_until > 0 AND held_until <= (SELECT %s) AND has_work = 1
       ORDER BY held_until LIMIT 1\
      """;
  static final String FREE =
      """
      SELECT id FROM lease
       WHERE kind = ? AND has_work = 1 AND held_until = 0 AND due_at <= (SELECT %s)
         AND (owner <> ? OR due_at <= (SELECT %s) - ?)
       ORDER BY due_at, id LIMIT 1\
      """;

  /// For so long what an owner has passed on is not handed to it again. Longer than a notification
  /// takes, short enough to cost nothing where nobody else is.
  private static final Duration TURN_OF_OTHERS = Duration.ofMillis(50);

  private final Transactions transactions;
  private final SqlFeed feed;
  private final StaleWrites stale;
  private final Kind kind;

  SqlLeases(Transactions transactions, SqlFeed feed, StaleWrites stale, Kind kind) {
    this.transactions = transactions;
    this.feed = feed;
    this.stale = stale;
    this.kind = kind;
  }

  /// Make the row for a new environment or pipeline.
  static void add(Session session, Kind kind, long id) throws SQLException {
    session.changeOne(
        """
        INSERT INTO lease (kind, id, generation, owner, held_until, has_work, due_at)
        VALUES (?, ?, 0, '', 0, 0, NULL)
        """,
        kind.keyword(),
        id);
  }

  /// Keep others from claiming, renewing and writing until this transaction ends; then nobody's
  /// work is missed and no generation changes under it.
  ///
  /// @return the newest generation
  static long lock(Session session, Kind kind, long id) throws SQLException {
    return session.only(
        "SELECT generation, "
            + session.dialect().transaction
            + " AS transaction_id FROM lease WHERE kind = ? AND id = ?"
            + session.dialect().forUpdate,
        row -> {
          session.isTransaction(row.whole("transaction_id"));
          return row.whole("generation");
        },
        kind.keyword(),
        id);
  }

  /// Note whether there is work, in the transaction that changes it and after [#lock].
  ///
  /// @param fresh whether it came from outside, so that a rest is over; if not, the try with the
  ///   lease was not in vain
  static void work(Session session, Kind kind, long id, boolean hasWork, boolean fresh)
      throws SQLException {
    work(session, kind, id, "?", List.of(hasWork), fresh);
  }

  /// The same, where a query says whether there is work.
  ///
  /// @param hasWork an expression of SQL that is 1 or 0
  static void work(
      Session session, Kind kind, long id, String hasWork, List<?> values, boolean fresh)
      throws SQLException {
    var clock = session.clock();
    var all = new ArrayList<Object>(values);
    all.add(fresh);
    all.add(kind.keyword());
    all.add(id);
    session.changeOne(
        """
        UPDATE lease
           SET has_work = %1$s,%3$s
               due_at = CASE WHEN ? = 1 AND (due_at IS NULL OR due_at > %2$s) THEN %2$s
                             WHEN held_until = 0 THEN coalesce(due_at, %2$s)
                             ELSE due_at END
         WHERE kind = ? AND id = ?
        """
            .formatted(hasWork, clock, fresh ? "" : " tries = 1, suspect = NULL,"),
        all.toArray());
  }

  /// Of a database whose only server has just started: whoever held a lease is dead, and what
  /// rested is looked at.
  static int freeAll(Session session) throws SQLException {
    var now = session.now();
    return session.change(
        """
        UPDATE lease SET held_until = 0, due_at = ?
         WHERE held_until > 0 OR (has_work = 1 AND (due_at IS NULL OR due_at > ?))
        """,
        now,
        now);
  }

  @Override
  public Optional<Lease> claim(String owner, Duration life) {
    record Claimed(Lease lease, boolean silent) {}
    Optional<Claimed> claimed =
        transactions.write(
            "claiming a lease on a " + kind.keyword(),
            session -> {
              var clock = session.clock();
              var silent = first(session, SILENT.formatted(clock), kind.keyword());
              var free =
                  first(
                      session,
                      FREE.formatted(clock, clock),
                      kind.keyword(),
                      owner,
                      micros(TURN_OF_OTHERS));
              session.flush();
              var id = silent.first().or(free::first);
              if (id.isEmpty()) {
                return Optional.empty();
              }
              var generation =
                  session.only(
                      """
                      UPDATE lease
                         SET generation = generation + 1, owner = ?, held_until = %s + ?, due_at = NULL,
                             tries = tries + 1
                       WHERE kind = ? AND id = ?
                      RETURNING generation, %s AS transaction_id
                      """
                          .formatted(clock, session.dialect().transaction),
                      row -> {
                        session.isTransaction(row.whole("transaction_id"));
                        return row.whole("generation");
                      },
                      owner,
                      micros(life),
                      kind.keyword(),
                      id.get());
              return Optional.of(
                  new Claimed(new Lease(id.get(), generation), silent.first().isPresent()));
            });
    claimed
        .filter(Claimed::silent)
        .ifPresent(c ->
            LOG.atInfo()
                .addKeyValue(kind.keyword(), c.lease().id())
                .addKeyValue("generation", c.lease().generation())
                .log("lease taken over from a holder that fell silent"));
    return claimed.map(Claimed::lease);
  }

  private static Session.Later<Long> first(Session session, String query, Object... values)
      throws SQLException {
    return session.later(query + session.dialect().skipLocked, row -> row.whole("id"), values);
  }

  @Override
  public boolean renew(Lease lease, Duration life) {
    var renewed =
        transactions.write(
            "renewing a lease on a " + kind.keyword(),
            session ->
                session.change(
                        """
                        UPDATE lease SET held_until = %s + ?
                         WHERE kind = ? AND id = ? AND generation = ? AND held_until > 0
                        """
                            .formatted(session.clock()),
                        micros(life),
                        kind.keyword(),
                        lease.id(),
                        lease.generation())
                    == 1);
    if (!renewed) {
      stale.turnedDown(kind, lease.id(), lease.generation(), "renewal");
    }
    return renewed;
  }

  @Override
  public void release(Lease lease, Duration rest) {
    give(lease, rest, false, false);
  }

  @Override
  public void failed(Lease lease, Duration rest) {
    give(lease, rest, false, true);
  }

  @Override
  public Tries tries(Lease lease) {
    return transactions.ask(
        "looking how often a lease on a " + kind.keyword() + " was tried",
        session ->
            session
                .one(
                    "SELECT tries, suspect FROM lease WHERE kind = ? AND id = ? AND generation = ?",
                    row ->
                        new Tries(Math.toIntExact(row.whole("tries")), row.maybeWhole("suspect")),
                    kind.keyword(),
                    lease.id(),
                    lease.generation())
                .orElseGet(() -> new Tries(0, Optional.empty())));
  }

  @Override
  public void suspect(Lease lease, long deploy) {
    transactions.write(
        "noting what a lease on a " + kind.keyword() + " is worked on for",
        session ->
            session.change(
                "UPDATE lease SET suspect = ? WHERE kind = ? AND id = ? AND generation = ?",
                deploy,
                kind.keyword(),
                lease.id(),
                lease.generation()));
  }

  @Override
  public void passOn(Lease lease) {
    switch (transactions.dialect()) {
      case SQLITE -> release(lease);
      case POSTGRESQL -> give(lease, Duration.ZERO, true, false);
    }
  }

  /// @param toOthers whether the record goes on naming who gave it, so that others go first
  /// @param inVain whether the try goes on being counted
  private void give(Lease lease, Duration rest, boolean toOthers, boolean inVain) {
    var hasWork =
        transactions.write(
            "giving back a lease on a " + kind.keyword(),
            session ->
                session.one(
                    """
                    UPDATE lease
                       SET held_until = 0, owner = CASE WHEN ? = 1 THEN owner ELSE '' END,
                           due_at = coalesce(due_at, %s + ?),
                           tries = CASE WHEN ? = 1 THEN tries ELSE 0 END,
                           suspect = CASE WHEN ? = 1 THEN suspect END
                     WHERE kind = ? AND id = ? AND generation = ? AND held_until > 0
                    RETURNING has_work, %s AS transaction_id
                    """
                        .formatted(session.clock(), session.dialect().transaction),
                    row -> {
                      session.isTransaction(row.whole("transaction_id"));
                      return row.yes("has_work");
                    },
                    toOthers,
                    micros(rest),
                    inVain,
                    inVain,
                    kind.keyword(),
                    lease.id(),
                    lease.generation()));
    if (hasWork.orElse(false) && rest.isZero()) {
      feed.wakeOthers();
    }
  }

  private static long micros(Duration duration) {
    return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
  }
}
