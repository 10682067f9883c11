package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.pipeline.ArtifactLives;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Revision;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which files of jobs are kept, by what the database says of them.
final class SqlArtifactLives implements ArtifactLives {

  /// So many rows are read at once: a listing may have a few megabytes.
  private static final int PART = 200;

  // A child's files count with the pipeline that it is a part of; there are at most two above.
  private static final String OVER =
      """
      SELECT j.id
        FROM job j
        JOIN pipeline p ON p.id = j.pipeline
        LEFT JOIN job b1 ON b1.id = p.parent AND p.source = 'parent_pipeline'
        LEFT JOIN pipeline p1 ON p1.id = b1.pipeline
        LEFT JOIN job b2 ON b2.id = p1.parent AND p1.source = 'parent_pipeline'
        LEFT JOIN pipeline p2 ON p2.id = b2.pipeline
        JOIN pipeline root ON root.id = coalesce(p2.id, p1.id, p.id)
       WHERE j.artifacts_expire_at <= ? AND j.artifacts_state = 'there'
         AND p.status IN ('success', 'failed', 'canceled', 'skipped', 'manual')
         AND root.status IN ('success', 'failed', 'canceled', 'skipped', 'manual')
         AND NOT (
               root.status = 'success'
           AND EXISTS (SELECT 1 FROM reference_seen s
                        WHERE s.project = root.project
                          AND s.name = CASE WHEN root.tag = 1 THEN 'refs/tags/'
                                            ELSE 'refs/heads/' END || root.ref)
           AND NOT EXISTS (SELECT 1 FROM pipeline n
                            WHERE n.project = root.project AND n.ref = root.ref
                              AND n.tag = root.tag AND n.id > root.id AND n.status = 'success'
                              AND n.source <> 'parent_pipeline'))
       ORDER BY j.artifacts_expire_at LIMIT ?
      """;

  private final Transactions transactions;
  private final SqlFeed feed;
  private final Blobs blobs;

  SqlArtifactLives(Transactions transactions, SqlFeed feed, Blobs blobs) {
    this.transactions = transactions;
    this.feed = feed;
    this.blobs = blobs;
  }

  @Override
  public List<Doomed> doom(Instant now, int most) {
    return transactions.write(
        "taking away artifacts whose time is over",
        session -> {
          for (var job : session.list(OVER, row -> row.whole("id"), now, most)) {
            session.change(
                """
                UPDATE job SET artifacts_state = 'dropping'
                 WHERE id = ? AND artifacts_state = 'there' AND artifacts_expire_at <= ?
                """,
                job,
                now);
          }
          return session.list(
              "SELECT id, artifacts FROM job WHERE artifacts_state = 'dropping' ORDER BY artifacts_expire_at LIMIT ?",
              row ->
                  new Doomed(row.whole("id"), SqlPipelines.readArtifacts(row.bytes("artifacts"))),
              most);
        });
  }

  @Override
  public Set<Digest> unnamed(Set<Digest> contents) {
    var left = new HashSet<>(contents);
    var revisions = new LinkedHashSet<Digest>();
    each(
        "SELECT id, artifacts AS bytes FROM job WHERE artifacts_state = 'there' AND id > ?",
        "id",
        row -> removeFiles(SqlPipelines.readArtifacts(row.bytes("bytes")), left));
    each(
        """
        SELECT s.deploy AS id, s.artifacts AS bytes FROM script_end s
          JOIN deploy d ON d.id = s.deploy JOIN job j ON j.id = d.job
         WHERE j.finished_at IS NULL AND s.deploy > ?
        """,
        "s.deploy",
        row -> removeFiles(SqlPipelines.readArtifacts(row.bytes("bytes")), left));
    // What a runner has uploaded for a job that is still with it.
    each(
        """
        SELECT h.id, h.files AS bytes FROM hand_out h JOIN job j ON j.id = h.job
         WHERE j.finished_at IS NULL AND h.id > ?
        """,
        "h.id",
        row -> removeFiles(SqlPipelines.readArtifacts(row.bytes("bytes")), left));
    each(
        "SELECT id, components AS bytes FROM release WHERE id > ?",
        "id",
        row -> SqlReleases.readComponents(row.bytes("bytes")).forEach(c -> remove(c, left)));
    each(
        "SELECT id, script AS bytes FROM deploy WHERE script IS NOT NULL AND id > ?",
        "id",
        row -> remove(Component.of(Bencode.readDictionary(row.bytes("bytes"))), left));
    plans(revisions);
    for (var revision : revisions) {
      if (left.isEmpty()) {
        break;
      }
      left.remove(revision);
      load(revision).components().forEach(component -> remove(component, left));
    }
    return left;
  }

  @FunctionalInterface
  private interface Look {
    void at(Row row) throws SQLException;
  }

  /// Look at all rows, a part at a time.
  private void each(String query, String key, Look look) {
    var after = 0L;
    while (true) {
      var from = after;
      var ids =
          transactions.read(
              "looking which contents are named",
              session ->
                  session.list(
                      query + " ORDER BY " + key + " LIMIT " + PART,
                      row -> {
                        look.at(row);
                        return row.whole("id");
                      },
                      from));
      if (ids.isEmpty()) {
        return;
      }
      after = ids.getLast();
    }
  }

  private void plans(Set<Digest> revisions) {
    var after = "";
    while (true) {
      var from = after;
      var hashes =
          transactions.read(
              "looking which revisions are planned",
              session ->
                  session.list(
                      "SELECT hash, bytes FROM plan WHERE hash > ? ORDER BY hash LIMIT " + PART,
                      row -> {
                        for (var target : Plan.of(row.bytes("bytes")).targets()) {
                          revisions.add(target.from());
                          revisions.add(target.to());
                        }
                        return row.text("hash");
                      },
                      from));
      if (hashes.isEmpty()) {
        revisions.remove(Revision.EMPTY.digest());
        return;
      }
      after = hashes.getLast();
    }
  }

  private Revision load(Digest revision) {
    try {
      return Revision.of(blobs.read(revision));
    } catch (IOException | Bencode.NotCanonical e) {
      throw new RecordUnreadable("revision " + revision.brief() + " cannot be read", e);
    }
  }

  private static void remove(Component component, Set<Digest> left) {
    removeFiles(component.files(), left);
  }

  private static void removeFiles(List<TreeEntry> files, Set<Digest> left) {
    for (var entry : files) {
      if (entry instanceof TreeEntry.File file) {
        left.remove(file.digest());
      }
    }
  }

  @Override
  public void dropped(List<Long> jobs, Instant at) {
    feed.write(
        "forgetting artifacts whose time was over",
        session -> {
          var projects = new LinkedHashSet<String>();
          for (var job : jobs) {
            if (session.change(
                    """
                    UPDATE job SET artifacts_state = 'dropped', artifacts = ?
                     WHERE id = ? AND artifacts_state = 'dropping'
                    """,
                    SqlPipelines.bytes(List.of()),
                    job)
                == 1) {
              projects.add(project(session, job));
            }
          }
          for (var project : projects) {
            SqlFeed.write(session, "artifacts", Map.of("project", project, "state", "expired"), at);
          }
          return projects.size();
        });
  }

  private static String project(Session session, long job) throws SQLException {
    return session.only(
        "SELECT p.project FROM pipeline p JOIN job j ON j.pipeline = p.id WHERE j.id = ?",
        row -> row.text("project"),
        job);
  }

  @Override
  public boolean keep(long job, Actor by, Instant at) {
    return feed.write(
        "keeping the artifacts of job " + job,
        session -> {
          var changed =
              session.change(
                  """
                  UPDATE job SET artifacts_expire_at = NULL
                   WHERE id = ? AND artifacts_state = 'there' AND artifacts_expire_at IS NOT NULL
                  """,
                  job);
          if (changed == 1) {
            var project = project(session, job);
            SqlLedger.write(
                session, project, by, "artifacts.kept", Map.of("job", Long.toString(job)), at);
            SqlFeed.write(session, "artifacts", Map.of("project", project, "state", "kept"), at);
          }
          return session
              .one(
                  "SELECT 1 AS there FROM job WHERE id = ? AND artifacts_state = 'there'",
                  _ -> true,
                  job)
              .isPresent();
        });
  }
}
