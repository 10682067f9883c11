package dev.fleetwright.store;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.engine.RecordUnreadable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One row of a query's answer, read by column name.
final class Row {

  private final ResultSet row;

  Row(ResultSet row) {
    this.row = row;
  }

  String text(String column) throws SQLException {
    return there(column, row.getString(column));
  }

  Optional<String> maybeText(String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  long whole(String column) throws SQLException {
    return row.getLong(column);
  }

  int number(String column) throws SQLException {
    return row.getInt(column);
  }

  Optional<Long> maybeWhole(String column) throws SQLException {
    var value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }

  boolean yes(String column) throws SQLException {
    return row.getInt(column) != 0;
  }

  byte[] bytes(String column) throws SQLException {
    return there(column, row.getBytes(column));
  }

  Optional<byte[]> maybeBytes(String column) throws SQLException {
    return Optional.ofNullable(row.getBytes(column));
  }

  Instant time(String column) throws SQLException {
    return Times.read(text(column));
  }

  Optional<Instant> maybeTime(String column) throws SQLException {
    return maybeText(column).map(Times::read);
  }

  Digest digest(String column) throws SQLException {
    return new Digest(text(column));
  }

  private static <T> T there(String column, @Nullable T value) {
    if (value == null) {
      throw new RecordUnreadable("a row lacks its `" + column + "`, or what that refers to");
    }
    return value;
  }
}
