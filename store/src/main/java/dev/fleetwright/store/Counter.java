package dev.fleetwright.store;

import dev.fleetwright.core.project.ProjectName;
import java.sql.SQLException;

/// Numbers that count per project from 1, without gaps.
final class Counter {

  private Counter() {}

  /// The next number. Others that want one of the same kind wait until this transaction has ended.
  static long next(Session session, ProjectName project, String kind) throws SQLException {
    return session.only(
        """
        INSERT INTO counter (project, kind, value) VALUES (?, ?, 1)
        ON CONFLICT (project, kind) DO UPDATE SET value = counter.value + 1
        RETURNING value
        """,
        row -> row.whole("value"),
        project.value(),
        kind);
  }
}
