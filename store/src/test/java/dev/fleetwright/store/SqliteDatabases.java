package dev.fleetwright.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;

/// Files in a directory. Each is a copy of one that was migrated, which is faster than migrating.
final class SqliteDatabases implements Databases {

  private final Path directory;
  private int count;

  SqliteDatabases() {
    try {
      directory = Files.createTempDirectory("fleetwright-store");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Database.open("sqlite:" + directory.resolve("template.db")).close();
  }

  @Override
  public Database fresh() {
    count++;
    try {
      Files.copy(directory.resolve("template.db"), file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return reopened();
  }

  @Override
  public Database reopened() {
    return Database.open("sqlite:" + file());
  }

  @Override
  public void execute(String sql) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 5000");
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private Path file() {
    return directory.resolve("test-" + count + ".db");
  }

  @Override
  public void close() {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
