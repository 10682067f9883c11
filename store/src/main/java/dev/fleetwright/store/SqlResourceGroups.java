package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.PipelineMachine;
import dev.fleetwright.core.pipeline.ProcessMode;
import dev.fleetwright.core.pipeline.ProcessMode.Candidate;
import dev.fleetwright.core.pipeline.ResourceGroups;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.project.ProjectName;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The resource groups of all projects. The row of a group is what those who ask queue at.
final class SqlResourceGroups implements ResourceGroups {

  private static final String WANTING =
      """
      SELECT j.id, j.pipeline, j.status FROM job j JOIN pipeline p ON p.id = j.pipeline
       WHERE p.project = ? AND j.resource_group = ? AND j.newest = 1 AND j.finished_at IS NULL
         AND j.deploy IS NULL
         AND j.status IN ('created', 'scheduled', 'pending', 'waiting_for_resource')
      """;

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlResourceGroups(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Slot take(Job job, Lease lease) {
    var name =
        job.spec()
            .resourceGroup()
            .orElseThrow(() -> new IllegalArgumentException("job " + job.id() + " has no group"));
    return transactions.write(
        "taking the slot of a resource group for job " + job.id(),
        session -> {
          var newest = SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, job.pipeline());
          var pipeline = SqlPipelines.find(session, job.pipeline()).orElseThrow();
          var project = pipeline.project();
          var group = group(session, project, name);
          var holder =
              group.holder().isPresent()
                  ? SqlPipelines.job(session, group.holder().get())
                  : Optional.<Job>empty();
          if (holder.filter(held -> !held.status().finished()).isPresent()) {
            return holder.get().id() == job.id()
                ? new Slot.Taken()
                : blocked(session, pipeline, holder.get());
          }
          var all = session.list(WANTING, SqlResourceGroups::candidate, project.value(), name);
          var before = group.mode().before(new Candidate(job.id(), job.pipeline(), true), all);
          if (before.isPresent()) {
            var first = SqlPipelines.job(session, before.get().job());
            return blocked(session, pipeline, first.orElseThrow());
          }
          if (newest != lease.generation()) {
            return new Slot.Busy(job.id());
          }
          session.changeOne(
              "UPDATE resource_group SET holder = ? WHERE project = ? AND name = ?",
              job.id(),
              project.value(),
              name);
          return new Slot.Taken();
        });
  }

  private static ResourceGroup group(Session session, ProjectName project, String name)
      throws SQLException {
    session.change(
        """
        INSERT INTO resource_group (project, name, mode, holder) VALUES (?, ?, 'unordered', NULL)
        ON CONFLICT DO NOTHING
        """,
        project.value(),
        name);
    return session.only(
        "SELECT * FROM resource_group WHERE project = ? AND name = ?" + session.dialect().forUpdate,
        SqlResourceGroups::group,
        project.value(),
        name);
  }

  /// Whether what goes before can ever be done: it cannot while it waits for a pipeline that the
  /// one of this job was started by and is followed by.
  private static Slot blocked(Session session, Pipeline pipeline, Job before) throws SQLException {
    var circular = new Slot.Circular(before.id());
    for (var child = pipeline; child.parent().isPresent(); ) {
      var bridge = SqlPipelines.job(session, child.parent().get()).orElseThrow();
      if (bridge.spec().trigger().map(Trigger::follow).orElse(Trigger.Follow.START)
          == Trigger.Follow.START) {
        break;
      }
      child = SqlPipelines.find(session, bridge.pipeline()).orElseThrow();
      if (before.id() == bridge.id()) {
        return circular;
      }
      if (before.pipeline() == child.id()) {
        var specs = SqlPipelines.jobs(session, child.id()).stream().map(Job::spec).toList();
        if (PipelineMachine.waitsFor(child.stages(), specs, before.spec(), bridge.spec())) {
          return circular;
        }
      }
    }
    return new Slot.Busy(before.id());
  }

  private static Candidate candidate(Row row) throws SQLException {
    var status = JobSpecJson.constant(JobStatus.class, row.text("status"));
    return new Candidate(
        row.whole("id"),
        row.whole("pipeline"),
        status == JobStatus.PENDING || status == JobStatus.WAITING_FOR_RESOURCE);
  }

  private static ResourceGroup group(Row row) throws SQLException {
    return new ResourceGroup(
        row.text("name"),
        JobSpecJson.constant(ProcessMode.class, row.text("mode")),
        row.maybeWhole("holder"));
  }

  @Override
  public List<ResourceGroup> of(ProjectName project) {
    return transactions.read(
        "listing the resource groups of " + project,
        session ->
            session.list(
                """
                SELECT g.name, g.mode, j.id AS holder
                  FROM resource_group g
                  LEFT JOIN job j ON j.id = g.holder
                        AND j.status NOT IN ('success', 'failed', 'canceled', 'skipped')
                 WHERE g.project = ? ORDER BY g.name LIMIT 1000
                """,
                SqlResourceGroups::group,
                project.value()));
  }

  @Override
  public boolean order(ProjectName project, String name, ProcessMode mode, Actor by, Instant at) {
    return feed.write(
        "changing the order of a resource group of " + project,
        session -> {
          var changed =
              session.change(
                  "UPDATE resource_group SET mode = ? WHERE project = ? AND name = ? AND mode <> ?",
                  mode.keyword(),
                  project.value(),
                  name,
                  mode.keyword());
          if (changed == 1) {
            SqlLedger.write(
                session,
                project.value(),
                by,
                "resource_group.ordered",
                Map.of("group", name, "mode", mode.keyword()),
                at);
            SqlFeed.write(
                session,
                "resource_group",
                Map.of("project", project.value(), "group", name, "state", mode.keyword()),
                at);
          }
          return session
              .one(
                  "SELECT name FROM resource_group WHERE project = ? AND name = ?",
                  row -> row.text("name"),
                  project.value(),
                  name)
              .isPresent();
        });
  }
}
