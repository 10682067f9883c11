package dev.fleetwright.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `LISTEN` and `NOTIFY` of PostgreSQL, on two connections of their own.
///
/// A notification is not part of the transaction that it tells of: PostgreSQL lets only one
/// transaction with notifications commit at a time in the whole database server, which would end
/// group commits. So it is sent after the commit, once for all commits of a few milliseconds, and
/// without a wait for the disk. What gets lost by a crash in between is found by looking.
final class PostgresqlWakes implements Wakes {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresqlWakes.class);

  private static final Duration GAP = Duration.ofMillis(10);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
  private static final int LISTEN_MILLIS = 3_000;

  private final DatabaseUrl.Postgresql database;
  private final Runnable woken;
  private final String self = UUID.randomUUID().toString();
  private final Semaphore wanted = new Semaphore(0);
  private final Thread listening;
  private final Thread telling;

  /// Only of the thread that listens.
  private boolean listened;

  private volatile boolean closed;

  /// @param woken is called when another server has told something
  PostgresqlWakes(DatabaseUrl.Postgresql database, Runnable woken) {
    this.database = database;
    this.woken = woken;
    // On virtual threads an interrupt closes the connection that is waited for.
    this.listening = Thread.ofVirtual().name("listen").unstarted(this::listen);
    this.telling = Thread.ofVirtual().name("notify").unstarted(this::notifyOthers);
  }

  void start() {
    listening.start();
    telling.start();
  }

  @Override
  public void tell() {
    if (wanted.availablePermits() == 0) {
      wanted.release();
    }
  }

  private Connection connect() throws SQLException {
    var properties = database.properties();
    properties.setProperty("socketTimeout", "10");
    return DriverManager.getConnection(database.jdbc(), properties);
  }

  /// Servers whose tables are in different schemas of one database have nothing to tell each other.
  private static String channel(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery("SELECT quote_ident('fleetwright.' || current_schema())")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private void listen() {
    repeatedly(
        "listening for other servers",
        () -> {
          try (var connection = connect();
              var statement = connection.createStatement()) {
            statement.execute("LISTEN " + channel(connection));
            if (listened) {
              // What was told while nobody listened is looked for now.
              woken.run();
            }
            listened = true;
            var postgresql = connection.unwrap(PGConnection.class);
            while (!closed) {
              var notifications = postgresql.getNotifications(LISTEN_MILLIS);
              var others = false;
              for (var notification : notifications) {
                others |= !notification.getParameter().equals(self);
              }
              if (others) {
                woken.run();
              } else if (notifications.length == 0) {
                // A connection whose other end is gone says nothing either.
                statement.execute("SELECT 1");
              }
            }
          }
        });
  }

  private void notifyOthers() {
    repeatedly(
        "telling other servers",
        () -> {
          try (var connection = connect();
              var statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            var notify = "NOTIFY %s, '%s'".formatted(channel(connection), self);
            while (!closed) {
              wanted.acquire();
              statement.execute(notify);
              TimeUnit.NANOSECONDS.sleep(GAP.toNanos());
            }
          }
        });
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws SQLException, InterruptedException;
  }

  private void repeatedly(String what, Attempt attempt) {
    var told = false;
    while (!closed) {
      try {
        attempt.run();
      } catch (InterruptedException _) {
        return;
      } catch (SQLException e) {
        if (closed) {
          return;
        }
        if (!told) {
          LOG.atWarn().setCause(e).log("{} does not work now; it is done by looking", what);
          told = true;
        }
        try {
          TimeUnit.NANOSECONDS.sleep(AFTER_TROUBLE.toNanos());
        } catch (InterruptedException _) {
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    telling.interrupt();
    listening.interrupt();
  }
}
