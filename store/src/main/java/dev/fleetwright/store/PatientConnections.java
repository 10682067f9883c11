package dev.fleetwright.store;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Connects to PostgreSQL, again and again while it is away.
///
/// The pool waits longer after each failure, up to ten seconds; a database that is back would then
/// stand idle for so long. Whoever wants a connection waits no longer for that than the pool's
/// timeout.
final class PatientConnections implements DataSource {

  private static final Duration BETWEEN = Duration.ofMillis(200);

  private final String url;
  private final Properties properties;
  private volatile boolean patient;

  PatientConnections(String url, Properties properties) {
    this.url = url;
    this.properties = properties;
  }

  /// Whether to wait for the database. Not at the start, where its absence is told at once.
  void waitWhileAway(boolean wanted) {
    patient = wanted;
  }

  @Override
  public Connection getConnection() throws SQLException {
    while (true) {
      try {
        return DriverManager.getConnection(url, properties);
      } catch (SQLException e) {
        var failure = Failure.of(e);
        if (!patient || (failure != Failure.LOST && failure != Failure.AWAY)) {
          throw e;
        }
        try {
          TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is given once");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("no logger");
  }

  @Override
  public <T> T unwrap(Class<T> wanted) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> wanted) {
    return false;
  }
}
