package dev.fleetwright.store;

import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.engine.StoreUnavailable;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What an [SQLException] means for the work that it ended.
enum Failure {
  /// It met another transaction and was taken back: run it again.
  CONFLICT,
  /// The connection was lost. Before the commit nothing is stored; at the commit, nobody knows.
  LOST,
  /// The database cannot work now.
  AWAY,
  /// The database's files are damaged.
  DAMAGED,
  /// Anything else: a mistake of ours.
  MISTAKE;

  // PostgreSQL, appendix A: serialization_failure, deadlock_detected, lock_not_available.
  private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");

  // admin_shutdown, crash_shutdown, idle_in_transaction_session_timeout, idle_session_timeout.
  private static final Set<String> ENDED = Set.of("57P01", "57P02", "25P03", "57P05");

  static Failure of(SQLException e) {
    if (e instanceof SQLiteException sqlite) {
      return of(sqlite.getResultCode());
    }
    // HikariCP's way to say that there was no connection to be had for as long as we wait.
    if (e instanceof SQLTransientConnectionException) {
      return AWAY;
    }
    var state = e.getSQLState();
    if (state == null) {
      return MISTAKE;
    } else if (CONFLICTS.contains(state)) {
      return CONFLICT;
    } else if (state.startsWith("08") || ENDED.contains(state)) {
      return LOST;
    } else if (state.startsWith("XX")) {
      return DAMAGED;
    }
    return away(state) ? AWAY : MISTAKE;
  }

  // Out of resources such as disk or connections (53), starting or stopping (57P), input or output
  // failed (58), a replica that takes no writes (25006).
  private static boolean away(String state) {
    return state.startsWith("53")
        || state.startsWith("57P")
        || state.startsWith("58")
        || state.equals("25006");
  }

  private static Failure of(SQLiteErrorCode code) {
    return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
      case SQLITE_BUSY, SQLITE_LOCKED -> CONFLICT;
      case SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_NOMEM -> AWAY;
      case SQLITE_CORRUPT, SQLITE_NOTADB -> DAMAGED;
      default -> MISTAKE;
    };
  }

  /// Whether the same transaction may be run again, when it failed so before its commit.
  boolean worthRepeating() {
    return this == CONFLICT || this == LOST;
  }

  // What readers share is in a file of its own, which holds nothing that is not in the log too. It
  // cannot grow on a full disk.
  private static final Set<SQLiteErrorCode> SHARED_MEMORY =
      Set.of(
          SQLiteErrorCode.SQLITE_IOERR_SHMOPEN,
          SQLiteErrorCode.SQLITE_IOERR_SHMSIZE,
          SQLiteErrorCode.SQLITE_IOERR_SHMMAP);

  /// Whether it was an `fsync`, a write or a read of the database's file that failed.
  static boolean inputOrOutput(SQLException e) {
    return e instanceof SQLiteException sqlite
        && (sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_IOERR.code
        && !SHARED_MEMORY.contains(sqlite.getResultCode());
  }

  /// What a port throws for it.
  static RuntimeException thrown(String during, SQLException e) {
    return switch (of(e)) {
      case CONFLICT, LOST, AWAY -> new StoreUnavailable(during, e);
      case DAMAGED -> new RecordUnreadable("the database is damaged, seen while " + during, e);
      case MISTAKE -> new IllegalStateException(during, e);
    };
  }
}
