package dev.fleetwright.store;

import org.junit.jupiter.api.Nested;

/// All contracts on SQLite.
class SqliteStoreTest {

  @Nested
  class DeploysOnSqlite extends DeploysContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class LeasesOnSqlite extends LeasesContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class AccessOnSqlite extends AccessContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }
}
