package dev.fleetwright.store;

import dev.fleetwright.testkit.PostgresqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.UUID;

/// A schema of its own, emptied before each test.
final class PostgresqlDatabases implements Databases {

  private final String schema = "test_" + UUID.randomUUID().toString().replace("-", "");

  PostgresqlDatabases() {
    run("CREATE SCHEMA " + schema);
  }

  @Override
  public Database fresh() {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      var tables = new ArrayList<String>();
      try (var rows =
          statement.executeQuery(
              "SELECT tablename FROM pg_tables WHERE schemaname = '"
                  + schema
                  + "' AND tablename <> 'flyway_schema_history'")) {
        while (rows.next()) {
          tables.add(schema + "." + rows.getString(1));
        }
      }
      if (!tables.isEmpty()) {
        statement.execute("TRUNCATE " + String.join(", ", tables) + " RESTART IDENTITY CASCADE");
      }
    } catch (SQLException e) {
      throw new AssertionError("emptying " + schema, e);
    }
    return reopened();
  }

  @Override
  public Database reopened() {
    return Database.open(url());
  }

  String schema() {
    return schema;
  }

  /// Names the schema, and the password nowhere.
  String url() {
    return PostgresqlServer.url() + "&currentSchema=" + schema;
  }

  @Override
  public void execute(String sql) {
    run(sql);
  }

  private void run(String sql) {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private Connection connect() throws SQLException {
    var connection = PostgresqlServer.connect();
    connection.setSchema(schema);
    return connection;
  }

  @Override
  public void close() {
    run("DROP SCHEMA " + schema + " CASCADE");
  }
}
