package dev.fleetwright.store;

import org.junit.jupiter.api.Nested;

/// All contracts on PostgreSQL.
class PostgresqlStoreTest {

  @Nested
  class DeploysOnPostgresql extends DeploysContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class LeasesOnPostgresql extends LeasesContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class AccessOnPostgresql extends AccessContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }
}
