package dev.fleetwright.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.fleetwright.core.engine.StoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// PostgreSQL, shared by any number of servers.
final class PostgresqlTransactions implements Transactions {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresqlTransactions.class);

  private static final int CONNECTIONS = 10;
  private static final int TRIES = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration VALIDATION = Duration.ofSeconds(2);

  /// The database's clock, which all servers share, in microseconds since 1970.
  static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

  // Read before it is compared: the time that the answer takes makes a lease look younger than it
  // is, never older.
  private static final Session.LeaseClock CLOCK =
      session -> session.only("SELECT " + NOW + " AS now", row -> row.whole("now"));

  private final PatientConnections connections;
  private final HikariDataSource pool;

  /// Who wants a connection queues here, in order of arrival, and not in the pool: that gives up on
  /// everybody who waited for its patience, also when the database is only busy.
  private final Semaphore turns = new Semaphore(CONNECTIONS, true);

  private final AtomicLong lastDone = new AtomicLong(System.nanoTime());

  /// @throws StoreUnavailable if it cannot be reached
  PostgresqlTransactions(DatabaseUrl.Postgresql database) {
    var config = new HikariConfig();
    config.setPoolName("fleetwright");
    var properties = database.properties();
    // Notices within ten seconds that the other end is gone (reliability R6).
    properties.setProperty("socketTimeout", "10");
    connections = new PatientConnections(database.jdbc(), properties);
    config.setDataSource(connections);
    config.setValidationTimeout(VALIDATION.toMillis());
    config.setAutoCommit(false);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(PATIENCE.toMillis());
    try {
      pool = new HikariDataSource(config);
      connections.waitWhileAway(true);
    } catch (PoolInitializationException e) {
      throw new StoreUnavailable("connecting to " + database.shown(), e);
    }
  }

  @Override
  public <T> T write(String during, Work<T> work) {
    return tried(during, () -> inOneTransaction(during, work));
  }

  @FunctionalInterface
  private interface Try<T> {
    T once() throws SQLException;
  }

  /// Try, and again after a conflict or a lost connection.
  private static <T> T tried(String during, Try<T> work) {
    // On a virtual thread an interrupt closes the socket that is being read, and with it the
    // connection. So the status is taken off here and put back at the end.
    var interrupted = Thread.interrupted();
    try {
      var began = System.nanoTime();
      for (var attempt = 1; ; attempt++) {
        try {
          return work.once();
        } catch (SQLException e) {
          if (!mayTryAgain(attempt, began, e)) {
            throw Failure.thrown(during, e);
          }
          pauseAfter(attempt);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// A database that answers nothing at all costs ten seconds each time: that is once too often.
  private static boolean mayTryAgain(int attempt, long began, SQLException e) {
    return attempt < TRIES
        && Failure.of(e).worthRepeating()
        && System.nanoTime() - began < PATIENCE.toNanos();
  }

  // The loop runs again only after a commit that is known to have come to nothing.
  private <T> T inOneTransaction(String during, Work<T> work) throws SQLException {
    while (true) {
      T answer;
      Optional<String> transaction;
      try (var _ = turn();
          var connection = pool.getConnection()) {
        try {
          var session = new Session(connection, Dialect.POSTGRESQL, CLOCK);
          answer = work.in(session);
          session.flush();
          transaction = transaction(session);
        } catch (SQLException | RuntimeException | Error e) {
          rollBack(connection, e);
          throw e;
        }
        try {
          connection.commit();
          return done(answer);
        } catch (SQLException e) {
          if (Failure.of(e) != Failure.LOST || transaction.isEmpty()) {
            rollBack(connection, e);
            throw e;
          } else if (committed(during, transaction.get(), e)) {
            return done(answer);
          }
        }
      }
    }
  }

  /// A place among those who have a connection. An interrupt that came while it was waited for is
  /// told at its end: on a virtual thread it would close the connection.
  private final class Turn implements AutoCloseable {
    private final boolean interrupted;

    Turn(boolean interrupted) {
      this.interrupted = interrupted;
    }

    @Override
    public void close() {
      turns.release();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Wait for one, for as long as others get done.
  ///
  /// @throws SQLException if nobody did for the time that the pool waits for a connection
  private Turn turn() throws SQLException {
    var interrupted = false;
    var since = System.nanoTime();
    while (true) {
      try {
        if (turns.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
          return new Turn(interrupted);
        }
      } catch (InterruptedException _) {
        interrupted = true;
      }
      if (System.nanoTime() - Math.max(since, lastDone.get()) > PATIENCE.toNanos()) {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        throw new SQLTransientConnectionException(
            "no transaction has ended for %d s".formatted(PATIENCE.toSeconds()));
      }
    }
  }

  /// The database answers, so that those who wait have reason to.
  private <T> T done(T answer) {
    lastDone.set(System.nanoTime());
    return answer;
  }

  private static Optional<String> transaction(Session session) throws SQLException {
    return session.transaction() > 0
        ? Optional.of(Long.toString(session.transaction()))
        : session.only(
            "SELECT pg_current_xact_id_if_assigned()::text AS id", row -> row.maybeText("id"));
  }

  /// The connection was lost while the commit was under way: ask over another one what became of
  /// the transaction.
  private boolean committed(String during, String transaction, SQLException lost) {
    var giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        var status = status(transaction);
        if (status.equals("committed")) {
          LOG.atWarn().log("connection was lost at a commit, which is stored");
          return true;
        } else if (status.equals("aborted")) {
          LOG.atWarn().log("connection was lost at a commit, which is done again");
          return false;
        }
      } catch (SQLException e) {
        lost.addSuppressed(e);
      }
      if (System.nanoTime() > giveUpAt) {
        throw new StoreUnavailable(during + ", whose commit was not answered", lost);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private String status(String transaction) throws SQLException {
    try (var connection = pool.getConnection()) {
      var answer =
          new Session(connection, Dialect.POSTGRESQL, CLOCK)
              .only(
                  "SELECT coalesce(pg_xact_status(?::xid8), 'forgotten') AS status",
                  row -> row.text("status"),
                  transaction);
      connection.rollback();
      return answer;
    }
  }

  @Override
  public <T> T read(String during, Work<T> work) {
    return tried(during, () -> looking(work));
  }

  @Override
  public <T> T ask(String during, Work<T> question) {
    return tried(during, () -> asking(question));
  }

  private <T> T looking(Work<T> work) throws SQLException {
    try (var _ = turn();
        var connection = pool.getConnection()) {
      try {
        var session = new Session(connection, Dialect.POSTGRESQL, CLOCK);
        // The driver's own ways change the connection, and the pool would change it back.
        session.set("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        return done(work.in(session));
      } finally {
        rollBack(connection, null);
      }
    }
  }

  /// The pool takes the driver back out of this mode, which asks the database nothing.
  private <T> T asking(Work<T> question) throws SQLException {
    try (var _ = turn();
        var connection = pool.getConnection()) {
      connection.setAutoCommit(true);
      return done(question.in(new Session(connection, Dialect.POSTGRESQL, CLOCK).once()));
    }
  }

  private static void rollBack(Connection connection, @Nullable Throwable because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // The connection is lost, so the database takes it back by itself.
      if (because != null) {
        because.addSuppressed(e);
      }
    }
  }

  private static void pauseAfter(int attempt) {
    var most = TimeUnit.MILLISECONDS.toNanos(1L << Math.min(attempt, 7));
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most));
  }

  /// Never: PostgreSQL ends itself when its disk fails, and reads what is there when it starts.
  @Override
  public CompletableFuture<String> broken() {
    return new CompletableFuture<>();
  }

  @Override
  public Dialect dialect() {
    return Dialect.POSTGRESQL;
  }

  @Override
  public void close() {
    connections.waitWhileAway(false);
    pool.close();
  }
}
