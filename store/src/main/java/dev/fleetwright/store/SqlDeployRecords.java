package dev.fleetwright.store;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.project.ProjectName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Lists of deploys, each row read by itself.
final class SqlDeployRecords implements DeployRecords {

  static final String OF_ENVIRONMENT =
      SqlDeploys.ROWS + "WHERE d.environment = ? ORDER BY d.id DESC LIMIT ? OFFSET ?";
  static final String OF_PROJECT =
      SqlDeploys.ROWS + "WHERE d.project = ? ORDER BY d.number DESC LIMIT ? OFFSET ?";

  private final Transactions transactions;

  SqlDeployRecords(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public List<Entry> of(long environment, int most, int skip) {
    return transactions.read(
        "listing the deploys of environment " + environment,
        session -> session.list(OF_ENVIRONMENT, SqlDeployRecords::entry, environment, most, skip));
  }

  @Override
  public List<Entry> of(ProjectName project, int most, int skip) {
    return transactions.read(
        "listing the deploys of " + project,
        session -> session.list(OF_PROJECT, SqlDeployRecords::entry, project.value(), most, skip));
  }

  @Override
  public List<Entry> unfinished(long environment) {
    return transactions.read(
        "listing what has not ended in environment " + environment,
        session -> session.list(SqlDeploys.UNFINISHED, SqlDeployRecords::entry, environment));
  }

  @Override
  public Optional<DeployView> asked(long environment, String idempotencyKey) {
    return transactions.read(
        "looking for what was asked for before in environment " + environment,
        session -> asked(session, environment, idempotencyKey));
  }

  static Optional<DeployView> asked(Session session, long environment, String idempotencyKey)
      throws SQLException {
    return session.one(
        SqlDeploys.ROWS + "WHERE d.environment = ? AND d.idempotency_key = ?",
        SqlDeploys::view,
        environment,
        idempotencyKey);
  }

  private static Entry entry(Row row) throws SQLException {
    try {
      return new Intact(SqlDeploys.view(row));
    } catch (RecordUnreadable e) {
      return new Unreadable(
          row.whole("id"),
          row.whole("number"),
          row.whole("environment"),
          String.valueOf(e.getMessage()));
    }
  }
}
