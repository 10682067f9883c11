package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.testkit.PostgresqlServer;
import dev.fleetwright.testkit.Recipe;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A thousand environments, ten thousand deploys in their queues, and a hundred thousand that have
/// ended: what the engine and the lists ask is found by an index, however much there is.
@Tag("R22")
class BacklogScaleTest {

  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final String NOW = PostgresqlTransactions.NOW;

  private PostgresqlDatabases databases;
  private Database database;

  @BeforeEach
  void openDatabase() {
    databases = new PostgresqlDatabases();
    database = databases.fresh();
    var _ = new Shop(database);
  }

  @AfterEach
  void dropDatabase() {
    database.close();
    databases.close();
  }

  @Test
  void every_question_that_is_asked_often_is_answered_from_an_index() throws SQLException {
    environments(1_000);
    deploys(100_000, 10_000);
    try (var connection = connect()) {
      for (var question :
          List.of(
              with(SqlLeases.SILENT.formatted(NOW), "'environment'"),
              with(SqlLeases.FREE.formatted(NOW, NOW), "'environment'", "'one'", "50000"),
              with(SqlDeployRecords.OF_PROJECT, "'shop'", "30", "60"),
              with(SqlDeployRecords.OF_ENVIRONMENT, "7", "30", "0"),
              with(SqlDeploys.UNFINISHED, "7"),
              with(SqlDeploys.FIRST_UNFINISHED.formatted("ASC"), "7", "7", "5", "7", "5"),
              with(SqlDeploys.FIRST_UNFINISHED.formatted("DESC"), "7", "7", "5", "7", "5"),
              with(SqlDeploys.LAST_SUCCEEDED_ID, "7"),
              "SELECT 1 FROM deploy WHERE environment = 7 AND needs_engine = 1",
              "SELECT * FROM deploy_event WHERE deploy = 7 ORDER BY sequence",
              "SELECT * FROM ledger_record WHERE stream = 'shop/env-1' AND sequence >= 5"
                  + " ORDER BY sequence LIMIT 100",
              "SELECT * FROM feed WHERE id > 99990 ORDER BY id LIMIT 500")) {
        assertThat(plan(connection, question))
            .as(question)
            .doesNotContain(
                "Seq Scan on deploy",
                "Seq Scan on lease",
                "Seq Scan on ledger_record",
                "Seq Scan on feed");
        assertThat(rowsRead(connection, question)).as(question).isLessThan(200);
      }
    }
  }

  @Test
  void a_claim_reads_as_much_with_ten_thousand_waiting_as_with_a_hundred() throws SQLException {
    try (var connection = connect()) {
      environments(100);
      var fewMicros = claims() / 1_000;
      var few = pagesOfAClaim(connection);
      environments(9_900);
      var manyMicros = claims() / 1_000;
      var many = pagesOfAClaim(connection);

      Recipe.report(
          "R22",
          "claim_at_100=%d us, %d pages claim_at_10000=%d us, %d pages"
              .formatted(fewMicros, few, manyMicros, many));
      assertThat(many).isLessThanOrEqualTo(few + 20);
    }
  }

  private Connection connect() throws SQLException {
    var connection = PostgresqlServer.connect();
    connection.setSchema(databases.schema());
    return connection;
  }

  private static String with(String question, String... values) {
    var text = question;
    for (var value : values) {
      text = text.replaceFirst("\\?", value);
    }
    return text;
  }

  private static long pagesOfAClaim(Connection connection) throws SQLException {
    return pagesRead(connection, with(SqlLeases.SILENT.formatted(NOW), "'environment'"))
        + pagesRead(
            connection,
            with(SqlLeases.FREE.formatted(NOW, NOW), "'environment'", "'one'", "50000"));
  }

  /// The median of what a claim takes, in nanoseconds.
  private long claims() {
    var leases = database.environmentLeases();
    var took = new ArrayList<Long>();
    for (var i = 0; i < 400; i++) {
      var began = System.nanoTime();
      Lease lease = leases.claim("one", LIFE).orElseThrow();
      took.add(System.nanoTime() - began);
      leases.release(lease);
    }
    // The first are for the compiler.
    return took.subList(200, 400).stream().sorted().toList().get(100);
  }

  private void environments(int more) {
    databases.execute(
        """
        INSERT INTO environment (project, name, slug, tier, state, policy, targets, created_at)
        SELECT 'shop', 'env-' || n, 'env-' || n, 'other', 'available', '{}', ''::bytea,
               '2026-11-21T09:30:00.000000Z'
          FROM generate_series((SELECT count(*) FROM environment) + 1,
                               (SELECT count(*) FROM environment) + %d) n
        """
            .formatted(more));
    databases.execute(
        """
        INSERT INTO lease (kind, id, generation, owner, held_until, has_work, due_at)
        SELECT 'environment', e.id, 0, '', 0, 1, e.id FROM environment e ON CONFLICT DO NOTHING
        """);
    databases.execute("ANALYZE");
  }

  private void deploys(int ended, int waiting) {
    databases.execute(
        """
        INSERT INTO deploy
          (project, number, environment, kind, exact, asked_by, reason, created_at, sequence, state,
           snapshot, needs_engine, holds, finished_at, updated_at, digest)
        SELECT 'shop', n, (SELECT min(id) FROM environment) + n %% 1000, 'start', 0, 'anna', '', at,
               1, CASE WHEN n <= %1$d THEN 'succeeded' ELSE 'planned' END, '{}',
               CASE WHEN n <= %1$d THEN 0 ELSE 1 END, 0, CASE WHEN n <= %1$d THEN at END, at, ''
          FROM generate_series(1, %2$d) n, (SELECT '2026-11-21T09:30:00.000000Z' AS at) t
        """
            .formatted(ended, ended + waiting));
    databases.execute(
        """
        INSERT INTO deploy_event (deploy, sequence, happened_at, actor, body, digest)
        SELECT id, s, updated_at, 'engine', '{}', '' FROM deploy, generate_series(1, 3) s
        """);
    databases.execute(
        """
        INSERT INTO ledger_record
          (stream, sequence, happened_at, actor, kind, facts, previous, hash)
        SELECT 'shop/env-' || e, s, '', 'engine', 'deploy.asked', '{}', '', ''
          FROM generate_series(1, 1000) e, generate_series(1, 100) s
        """);
    databases.execute(
        """
        INSERT INTO feed (id, happened_at, topic, keys)
        SELECT s, '', 'deploy', '{}' FROM generate_series(1, 100000) s
        """);
    databases.execute("ANALYZE");
  }

  private static String plan(Connection connection, String question) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + question)) {
      var plan = new StringBuilder();
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
      return plan.toString();
    }
  }

  /// How many rows the busiest part of the plan really gave.
  private static long rowsRead(Connection connection, String question) throws SQLException {
    var most = 0L;
    var rows = Pattern.compile("actual rows=([0-9]+)").matcher(plan(connection, question));
    while (rows.find()) {
      most = Math.max(most, Long.parseLong(rows.group(1)));
    }
    return most;
  }

  /// How many pages of the database the whole plan looked at.
  private static long pagesRead(Connection connection, String question) throws SQLException {
    var pages = Pattern.compile("Buffers: shared hit=([0-9]+)(?: read=([0-9]+))?");
    var plan = plan(connection, question);
    var found = pages.matcher(plan);
    assertThat(found.find()).as(plan).isTrue();
    return Long.parseLong(found.group(1))
        + (found.group(2) == null ? 0 : Long.parseLong(found.group(2)));
  }
}
