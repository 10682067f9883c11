package dev.fleetwright.store;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// What the contracts of all ports share: each test has a database with nothing in it but the
/// project `shop`.
@TestInstance(Lifecycle.PER_CLASS)
abstract class StoreContract {

  private Databases databases;
  protected Database database;
  protected Shop shop;

  /// Where the databases come from.
  protected abstract Databases databases();

  @BeforeAll
  void prepareDatabases() {
    databases = databases();
  }

  @BeforeEach
  void openDatabase() {
    database = databases.fresh();
    shop = new Shop(database);
  }

  @AfterEach
  void closeDatabase() {
    database.close();
  }

  @AfterAll
  void dropDatabases() {
    databases.close();
  }

  /// As after a new start of the server.
  protected void reopen() {
    database.close();
    database = databases.reopened();
    shop = new Shop(database);
  }

  /// Change tables behind the store's back.
  protected void execute(String sql) {
    databases.execute(sql);
  }
}
