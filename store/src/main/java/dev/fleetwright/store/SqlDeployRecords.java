package dev.fleetwright.store;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.project.ProjectName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Lists of deploys, each row read by itself.
final class SqlDeployRecords implements DeployRecords {

  static final String OF_ENVIRONMENT =
      SqlDeploys.ROWS + "WHERE d.environment = ? ORDER BY d.id DESC LIMIT ? OFFSET ?";
  static final String OF_PROJECT =
      SqlDeploys.ROWS + "WHERE d.project = ? ORDER BY d.number DESC LIMIT ? OFFSET ?";

  static final String QUEUE_ENDS =
      SqlDeploys.ROWS
          + """
          WHERE d.id IN (
            SELECT min(id) FROM deploy
             WHERE environment IN (%1$s) AND finished_at IS NULL GROUP BY environment
            UNION
            SELECT max(id) FROM deploy
             WHERE environment IN (%1$s) AND finished_at IS NULL GROUP BY environment
            UNION
            SELECT id FROM deploy WHERE environment IN (%1$s) AND holds = 1)
          ORDER BY d.id\
          """;

  static final String MAY_WAIT_FOR_PEOPLE =
      SqlDeploys.ROWS
          + """
          WHERE d.project IN (%s) AND d.finished_at IS NULL
            AND d.state IN ('waiting', 'paused', 'running', 'quarantined')
          ORDER BY d.id LIMIT ?\
          """;

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
  public List<Entry> unfinished(long environment, int most) {
    return transactions.read(
        "listing some of what has not ended in environment " + environment,
        session ->
            session.list(
                SqlDeploys.FIRST_UNFINISHED.formatted("ASC"),
                SqlDeployRecords::entry,
                environment,
                environment,
                most,
                environment,
                Deploys.ALARMED));
  }

  @Override
  public Map<Long, List<Entry>> queueEnds(Collection<Long> environments) {
    if (environments.isEmpty()) {
      return Map.of();
    }
    var thrice = new ArrayList<Object>();
    for (var each = 0; each < 3; each++) {
      thrice.addAll(environments);
    }
    var entries =
        transactions.read(
            "looking whose turn it is in %d environments".formatted(environments.size()),
            session ->
                session.list(
                    QUEUE_ENDS.formatted(Session.places(environments)),
                    SqlDeployRecords::entry,
                    thrice.toArray()));
    return entries.stream().collect(Collectors.groupingBy(DeployRecords::environment));
  }

  @Override
  public List<Entry> mayWaitForPeople(Collection<ProjectName> projects, int most) {
    if (projects.isEmpty()) {
      return List.of();
    }
    var values = new ArrayList<Object>(projects.stream().map(ProjectName::value).toList());
    values.add(most);
    return transactions.read(
        "looking what may wait for people",
        session ->
            session.list(
                MAY_WAIT_FOR_PEOPLE.formatted(Session.places(projects)),
                SqlDeployRecords::entry,
                values.toArray()));
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
