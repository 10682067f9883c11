package dev.fleetwright.store;

import dev.fleetwright.core.feed.Feed;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The feed.
///
/// A reader remembers one number and asks for what follows, so no entry may appear later below a
/// number that was read. With SQLite's one writer, numbers are in the order of commits by
/// themselves. With PostgreSQL a sequence would not do: number 7 may be committed before number 6.
/// There an entry's number is made of its transaction's id (64 bits, never used twice) and its
/// place in the transaction; and only entries are shown of transactions below `pg_snapshot_xmin`,
/// the oldest one still under way. All of those have ended, so nothing can appear below what is
/// shown. No lock is taken and commits stay independent. The price: while a writing transaction is
/// under way anywhere in the database server, entries of later ones are shown after it has ended.
final class SqlFeed implements Feed {

  private static final Logger LOG = LoggerFactory.getLogger(SqlFeed.class);

  /// How many entries are kept; who was away for longer looks at the tables anew.
  static final int KEPT = 100_000;

  private static final int PRUNE_EACH = 1_000;

  /// 10 bits for the place within a transaction leave 53 bits of transaction ids.
  private static final int PLACES = 1 << 10;

  /// How soon it is noticed what other servers did, and that an older transaction has ended which
  /// an entry of ours was held back for.
  private static final long LOOK_EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Transactions transactions;
  private final AtomicInteger sincePruned = new AtomicInteger();

  private final ReentrantLock waiting = new ReentrantLock();
  private final Condition moved = waiting.newCondition();
  private long commits;
  private long wokenByOthers;
  private boolean closed;
  private volatile Wakes others = Wakes.NONE;

  private final ReentrantLock looking = new ReentrantLock();
  private long lookedAt = System.nanoTime() - LOOK_EACH_NANOS;
  private long lookedAtCommits = -1;
  private long seen;

  SqlFeed(Transactions transactions) {
    this.transactions = transactions;
  }

  /// Write an entry in the transaction of what it tells of.
  static void write(Session session, String topic, Map<String, String> keys, Instant at)
      throws SQLException {
    var place = session.announce();
    if (place >= PLACES) {
      throw new IllegalStateException("more than " + PLACES + " feed entries in one transaction");
    }
    var text = Json.texts(new TreeMap<>(keys));
    switch (session.dialect()) {
      case SQLITE ->
          session.changeOne(
              "INSERT INTO feed (happened_at, topic, keys) VALUES (?, ?, ?)",
              Times.kept(at),
              topic,
              text);
      case POSTGRESQL ->
          session.changeOne(
              """
              INSERT INTO feed (id, happened_at, topic, keys)
              VALUES (pg_current_xact_id()::text::bigint * 1024 + ?, ?, ?, ?)
              """,
              place,
              Times.kept(at),
              topic,
              text);
    }
  }

  private static String shown(Session session) {
    return switch (session.dialect()) {
      case SQLITE -> "";
      case POSTGRESQL -> " AND id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint * 1024";
    };
  }

  /// Entries that were restored from a backup into another database server are numbered higher than
  /// what this server gives: new ones would be found by nobody. The feed is only hints, so it
  /// begins anew.
  static boolean beginAnewAfterRestore(Session session) throws SQLException {
    var dropped =
        session.change(
            """
            DELETE FROM feed
             WHERE EXISTS (SELECT 1 FROM feed
                            WHERE id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint * 1024)
            """);
    if (dropped > 0) {
      LOG.atWarn().addKeyValue("entries", dropped).log("database was restored: feed begins anew");
    }
    return dropped > 0;
  }

  /// Do a write, and when it made entries, wake those who wait.
  <T> T write(String during, Transactions.Work<T> work) {
    record Done<T>(T answer, int entries) {}
    var done =
        transactions.write(
            during, session -> new Done<>(work.in(session), session.announcements()));
    if (done.entries() > 0) {
      wake();
      if (sincePruned.addAndGet(done.entries()) >= PRUNE_EACH) {
        sincePruned.set(0);
        prune(KEPT);
      }
    }
    return done.answer();
  }

  /// From now on other servers are told of what this one does.
  void tellOthersBy(Wakes wakes) {
    others = wakes;
  }

  /// Something can be done that makes no entry, such as taking a lease that was given back.
  void wakeOthers() {
    others.tell();
  }

  /// Another server has told something.
  void wokenByOthers() {
    waiting.lock();
    try {
      wokenByOthers++;
      moved.signalAll();
    } finally {
      waiting.unlock();
    }
  }

  private void wake() {
    waiting.lock();
    try {
      commits++;
      moved.signalAll();
    } finally {
      waiting.unlock();
    }
    others.tell();
  }

  /// Drop all but the newest entries. The newest of those that go becomes the mark for readers who
  /// have not read so far: whoever asks for what follows an entry before it, gets it first.
  void prune(int kept) {
    transactions.write(
        "dropping old feed entries",
        session -> {
          var newestToGo =
              session.one(
                  "SELECT id FROM feed ORDER BY id DESC LIMIT 1 OFFSET ?",
                  row -> row.whole("id"),
                  kept);
          if (newestToGo.isPresent()) {
            session.change("DELETE FROM feed WHERE id < ?", newestToGo.get());
            session.changeOne(
                "UPDATE feed SET topic = ?, keys = '{}' WHERE id = ?", RESET, newestToGo.get());
          }
          return newestToGo;
        });
  }

  @Override
  public List<Entry> after(long id, int most) {
    return transactions.ask(
        "reading the feed",
        session ->
            session.list(
                "SELECT * FROM feed WHERE id > ?" + shown(session) + " ORDER BY id LIMIT ?",
                row ->
                    new Entry(
                        row.whole("id"),
                        row.time("happened_at"),
                        row.text("topic"),
                        Json.readTexts("a feed entry", row.text("keys"))),
                id,
                most));
  }

  @Override
  public long newest() {
    return transactions.ask(
        "looking for the newest feed entry",
        session ->
            session.only(
                "SELECT coalesce(max(id), 0) AS id FROM feed WHERE id > 0" + shown(session),
                row -> row.whole("id")));
  }

  // On PostgreSQL an entry is below the bound when its transaction has ended and no older one is
  // left. One that commits later either adds to those above the bound, or has gone below it
  // together
  // with all that were above; so no two states look alike.
  @Override
  public Mark mark() {
    return transactions.ask(
        "looking at the newest feed entries",
        session ->
            switch (session.dialect()) {
              case SQLITE ->
                  session.only(
                      "SELECT coalesce(max(id), 0) AS id FROM feed",
                      row -> new Mark(row.whole("id"), 0, 0));
              case POSTGRESQL ->
                  session.only(
                      """
                      WITH bound AS (
                        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint * 1024 AS id
                      )
                      SELECT (SELECT coalesce(max(f.id), 0) FROM feed f, bound b WHERE f.id < b.id)
                               AS settled,
                             count(f.id) AS newer,
                             coalesce(max(f.id), 0) AS newest
                        FROM bound b LEFT JOIN feed f ON f.id >= b.id
                      """,
                      row ->
                          new Mark(row.whole("settled"), row.whole("newer"), row.whole("newest")));
            });
  }

  @Override
  public void await(long id, Duration most) throws InterruptedException {
    var until = System.nanoTime() + most.toNanos();
    var wokenBefore = wokenByOthers;
    while (true) {
      var commitsBefore = commits();
      if (newestSeen(commitsBefore) > id) {
        return;
      }
      waiting.lockInterruptibly();
      try {
        var left = until - System.nanoTime();
        if (left <= 0 || closed || wokenByOthers != wokenBefore) {
          return;
        } else if (commits == commitsBefore) {
          var _ =
              moved.awaitNanos(
                  switch (transactions.dialect()) {
                    case SQLITE -> left;
                    case POSTGRESQL -> Math.min(left, LOOK_EACH_NANOS);
                  });
        }
      } finally {
        waiting.unlock();
      }
    }
  }

  private long commits() {
    waiting.lock();
    try {
      return commits;
    } finally {
      waiting.unlock();
    }
  }

  /// The newest entry, asked for once for all who wait.
  private long newestSeen(long commitsBefore) throws InterruptedException {
    looking.lockInterruptibly();
    try {
      var now = System.nanoTime();
      if (lookedAtCommits < commitsBefore || now - lookedAt >= LOOK_EACH_NANOS) {
        seen = newest();
        lookedAt = now;
        lookedAtCommits = commitsBefore;
      }
      return seen;
    } finally {
      looking.unlock();
    }
  }

  /// Lets go of those who wait.
  void close() {
    others.close();
    waiting.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      waiting.unlock();
    }
  }
}
