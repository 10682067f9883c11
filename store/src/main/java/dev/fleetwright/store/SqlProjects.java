package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Projects, what was seen of their repositories, and the deliveries of their webhooks.
final class SqlProjects implements Projects {

  /// GitHub offers deliveries for three days, GitLab retries for less; so who asks again later is
  /// not repeating.
  private static final Duration DELIVERY_KEPT = Duration.ofDays(7);

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlProjects(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public boolean add(Project project, Actor by) {
    return feed.write(
        "adding project " + project.name(),
        session -> {
          var added =
              session.change(
                  """
                  INSERT INTO project (name, repository, default_branch, created_at)
                  VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                  """,
                  project.name().value(),
                  project.repository(),
                  project.defaultBranch(),
                  project.createdAt());
          if (added == 1) {
            tell(
                session,
                project.name(),
                by,
                "project.added",
                Map.of(
                    "repository", project.repository(), "default_branch", project.defaultBranch()),
                project.createdAt());
          }
          return added == 1;
        });
  }

  @Override
  public Optional<Project> find(ProjectName name) {
    return transactions.read(
        "looking for project " + name,
        session ->
            session.one(
                "SELECT * FROM project WHERE name = ?", SqlProjects::project, name.value()));
  }

  @Override
  public List<Project> all() {
    return transactions.read(
        "listing the projects",
        session -> session.list("SELECT * FROM project ORDER BY name", SqlProjects::project));
  }

  private static Project project(Row row) throws SQLException {
    return new Project(
        new ProjectName(row.text("name")),
        row.text("repository"),
        row.text("default_branch"),
        row.time("created_at"));
  }

  @Override
  public void setDefaultBranch(ProjectName name, String branch, Actor by, Instant at) {
    feed.write(
        "setting the default branch of " + name,
        session -> {
          var changed =
              session.change(
                  "UPDATE project SET default_branch = ? WHERE name = ? AND default_branch <> ?",
                  branch,
                  name.value(),
                  branch);
          if (changed == 1) {
            tell(session, name, by, "project.default_branch", Map.of("default_branch", branch), at);
          }
          return changed;
        });
  }

  private static void tell(
      Session session,
      ProjectName project,
      Actor by,
      String kind,
      Map<String, String> facts,
      Instant at)
      throws SQLException {
    SqlLedger.write(session, project.value(), by, kind, facts, at);
    SqlFeed.write(session, "project", Map.of("project", project.value()), at);
  }

  @Override
  public Map<String, CommitSha> seen(ProjectName name) {
    record Seen(String reference, CommitSha sha) {}
    var seen = new HashMap<String, CommitSha>();
    transactions
        .read(
            "reading what was seen of " + name,
            session ->
                session.list(
                    "SELECT name, sha FROM reference_seen WHERE project = ?",
                    row -> new Seen(row.text("name"), new CommitSha(row.text("sha"))),
                    name.value()))
        .forEach(s -> seen.put(s.reference(), s.sha()));
    return seen;
  }

  @Override
  public void see(ProjectName name, String reference, Optional<CommitSha> sha) {
    transactions.write(
        "noting what was seen of " + name,
        session ->
            sha.isEmpty()
                ? session.change(
                    "DELETE FROM reference_seen WHERE project = ? AND name = ?",
                    name.value(),
                    reference)
                : session.change(
                    """
                    INSERT INTO reference_seen (project, name, sha) VALUES (?, ?, ?)
                    ON CONFLICT (project, name) DO UPDATE SET sha = excluded.sha
                    """,
                    name.value(),
                    reference,
                    sha.get().value()));
  }

  @Override
  public boolean firstDelivery(ProjectName name, String delivery, Instant at) {
    return transactions.write(
        "noting a delivery for " + name,
        session -> {
          session.change("DELETE FROM delivery WHERE received_at < ?", at.minus(DELIVERY_KEPT));
          return session.change(
                  """
                  INSERT INTO delivery (project, delivery, received_at) VALUES (?, ?, ?)
                  ON CONFLICT DO NOTHING
                  """,
                  name.value(),
                  delivery,
                  at)
              == 1;
        });
  }
}
