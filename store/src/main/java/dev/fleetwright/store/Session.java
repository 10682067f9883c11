package dev.fleetwright.store;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.engine.RecordUnreadable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One transaction under way. Values are bound, never put into the text of a statement.
final class Session {

  private final Connection connection;
  private final Dialect dialect;
  private final LeaseClock clock;
  private int announcements;
  private long transaction;

  Session(Connection connection, Dialect dialect, LeaseClock clock) {
    this.connection = connection;
    this.dialect = dialect;
    this.clock = clock;
  }

  /// Makes something of a row.
  @FunctionalInterface
  interface Reading<T> {
    T of(Row row) throws SQLException;
  }

  /// The time that leases are measured with.
  @FunctionalInterface
  interface LeaseClock {
    /// In microseconds since 1970.
    long now(Session session) throws SQLException;
  }

  Dialect dialect() {
    return dialect;
  }

  /// The time that leases are measured with, in microseconds since 1970.
  long now() throws SQLException {
    return clock.now(this);
  }

  /// Change rows.
  ///
  /// @return how many
  int change(String sql, @Nullable Object... values) throws SQLException {
    try (var statement = prepared(sql, values)) {
      return statement.executeUpdate();
    }
  }

  /// Change the one row that is there.
  ///
  /// @throws SQLException when it is not there
  void changeOne(String sql, @Nullable Object... values) throws SQLException {
    var changed = change(sql, values);
    if (changed != 1) {
      throw new SQLException(changed + " rows instead of one: " + sql);
    }
  }

  /// All rows of an answer. Queries name a limit where there may be many.
  <T> List<T> list(String sql, Reading<T> reading, @Nullable Object... values) throws SQLException {
    try (var statement = prepared(sql, values);
        var rows = statement.executeQuery()) {
      var list = new ArrayList<T>();
      while (rows.next()) {
        list.add(read(reading, rows, sql));
      }
      return list;
    }
  }

  /// The first row of an answer.
  <T> Optional<T> one(String sql, Reading<T> reading, @Nullable Object... values)
      throws SQLException {
    try (var statement = prepared(sql, values);
        var rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(read(reading, rows, sql)) : Optional.empty();
    }
  }

  /// The row that must be there.
  ///
  /// @throws RecordUnreadable when it is not there
  <T> T only(String sql, Reading<T> reading, @Nullable Object... values) throws SQLException {
    return one(sql, reading, values)
        .orElseThrow(() -> new RecordUnreadable("no row where there must be one: " + sql.strip()));
  }

  /// Count one more entry of the feed.
  ///
  /// @return how many this transaction had before
  int announce() {
    return announcements++;
  }

  /// How many entries of the feed this transaction has.
  int announcements() {
    return announcements;
  }

  /// The database has told the id of this transaction.
  void isTransaction(long id) {
    transaction = id;
  }

  /// The id of this transaction, or 0 when it was not told.
  long transaction() {
    return transaction;
  }

  private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
    var statement = connection.prepareStatement(sql);
    try {
      for (var i = 0; i < values.length; i++) {
        bind(statement, i + 1, values[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, int place, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(place, Types.NULL);
      case Optional<?> maybe -> bind(statement, place, maybe.orElse(null));
      case String text -> statement.setString(place, text);
      case Long whole -> statement.setLong(place, whole);
      case Integer number -> statement.setInt(place, number);
      case Boolean yes -> statement.setInt(place, yes ? 1 : 0);
      case byte[] bytes -> statement.setBytes(place, bytes);
      case Instant at -> statement.setString(place, Times.text(at));
      case Object other -> throw new IllegalArgumentException("not a column's value: " + other);
    }
  }

  // A value that its type refuses, such as a digest with 63 digits, was not written by us.
  private static <T> T read(Reading<T> reading, ResultSet rows, String sql) throws SQLException {
    try {
      return reading.of(new Row(rows));
    } catch (IllegalArgumentException | DateTimeException | Bencode.NotCanonical e) {
      throw new RecordUnreadable("a row cannot be read that was found by: " + sql.strip(), e);
    }
  }
}
