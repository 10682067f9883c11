package dev.fleetwright.store;

import org.junit.jupiter.api.Nested;

/// All contracts on SQLite.
class SqliteStoreTest {

  @Nested
  class ProjectsOnSqlite extends ProjectsContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class EnvironmentsOnSqlite extends EnvironmentsContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class HoldsOnSqlite extends HoldsContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class AlarmsOnSqlite extends AlarmsContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class TrainsOnSqlite extends TrainsContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class PipelinesOnSqlite extends PipelinesContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class HandOutsOnSqlite extends HandOutsContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class SchedulesOnSqlite extends SchedulesContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class ReleasesOnSqlite extends ReleasesContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class CommitStatusesOnSqlite extends CommitStatusesContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

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
  class LedgerOnSqlite extends LedgerContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class FeedOnSqlite extends FeedContract {
    @Override
    protected Databases databases() {
      return new SqliteDatabases();
    }
  }

  @Nested
  class TokensOnSqlite extends TokensContract {
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
