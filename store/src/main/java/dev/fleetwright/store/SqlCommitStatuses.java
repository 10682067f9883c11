package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.CommitStatus;
import dev.fleetwright.core.release.CommitStatus.State;
import dev.fleetwright.core.release.CommitStatuses;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What others say of commits.
final class SqlCommitStatuses implements CommitStatuses {

  private static final String OF_NAME =
      "SELECT * FROM commit_status WHERE project = ? AND sha = ? AND name = ?";

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlCommitStatuses(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public CommitStatus put(CommitStatus status, Actor by) {
    return feed.write(
        "keeping status %s of %s".formatted(status.name(), status.sha().brief()),
        session -> {
          var before = find(session, status.project(), status.sha(), status.name());
          if (before.filter(b -> same(b, status)).isPresent()) {
            return before.get();
          }
          session.change(
              """
              INSERT INTO commit_status
                (project, sha, name, state, description, url, reported_by, reported_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (project, sha, name)
              DO UPDATE SET state = excluded.state, description = excluded.description,
                url = excluded.url, reported_by = excluded.reported_by,
                reported_at = excluded.reported_at
              """,
              status.project().value(),
              status.sha().value(),
              status.name(),
              status.state().keyword(),
              status.description(),
              status.url(),
              status.by(),
              status.at());
          tell(session, status, by);
          return find(session, status.project(), status.sha(), status.name()).orElseThrow();
        });
  }

  private static boolean same(CommitStatus one, CommitStatus other) {
    return one.state() == other.state()
        && one.description().equals(other.description())
        && one.url().equals(other.url())
        && one.by().equals(other.by());
  }

  private static void tell(Session session, CommitStatus status, Actor by) throws SQLException {
    var project = status.project().value();
    SqlLedger.write(
        session,
        project,
        by,
        "status.reported",
        Map.of(
            "sha", status.sha().value(),
            "name", status.name(),
            "state", status.state().keyword(),
            "description", status.description()),
        status.at());
    SqlFeed.write(
        session,
        "status",
        Map.of("project", project, "sha", status.sha().value(), "name", status.name()),
        status.at());
  }

  @Override
  public Optional<CommitStatus> find(ProjectName project, CommitSha sha, String name) {
    return transactions.read(
        "reading status %s of %s".formatted(name, sha.brief()),
        session -> find(session, project, sha, name));
  }

  private static Optional<CommitStatus> find(
      Session session, ProjectName project, CommitSha sha, String name) throws SQLException {
    return session.one(OF_NAME, SqlCommitStatuses::status, project.value(), sha.value(), name);
  }

  @Override
  public List<CommitStatus> of(ProjectName project, CommitSha sha) {
    return transactions.read(
        "listing the statuses of " + sha.brief(),
        session ->
            session.list(
                "SELECT * FROM commit_status WHERE project = ? AND sha = ? ORDER BY name",
                SqlCommitStatuses::status,
                project.value(),
                sha.value()));
  }

  private static CommitStatus status(Row row) throws SQLException {
    var state = row.text("state");
    return new CommitStatus(
        new ProjectName(row.text("project")),
        new CommitSha(row.text("sha")),
        row.text("name"),
        State.of(state)
            .orElseThrow(() -> new RecordUnreadable("no commit status is `" + state + "`")),
        row.text("description"),
        row.maybeText("url"),
        row.text("reported_by"),
        row.time("reported_at"));
  }
}
