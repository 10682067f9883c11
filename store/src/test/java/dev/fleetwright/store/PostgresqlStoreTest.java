package dev.fleetwright.store;

import org.junit.jupiter.api.Nested;

/// All contracts on PostgreSQL.
class PostgresqlStoreTest {

  @Nested
  class ProjectsOnPostgresql extends ProjectsContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class EnvironmentsOnPostgresql extends EnvironmentsContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class HoldsOnPostgresql extends HoldsContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class AlarmsOnPostgresql extends AlarmsContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class TrainsOnPostgresql extends TrainsContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class PipelinesOnPostgresql extends PipelinesContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class HandOutsOnPostgresql extends HandOutsContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class SchedulesOnPostgresql extends SchedulesContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class ReleasesOnPostgresql extends ReleasesContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class CommitStatusesOnPostgresql extends CommitStatusesContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

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
  class LedgerOnPostgresql extends LedgerContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class FeedOnPostgresql extends FeedContract {
    @Override
    protected Databases databases() {
      return new PostgresqlDatabases();
    }
  }

  @Nested
  class TokensOnPostgresql extends TokensContract {
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
