package dev.fleetwright.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import dev.fleetwright.testkit.PostgresqlServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// How many steps of deploys that do nothing the engine takes in a second, beside plain JDBC that
/// writes the same rows, db-scheduler and DBOS Transact doing as much, in turns in one run. Prints
/// ratios; times alone say nothing on a shared machine.
///
/// Run by `bench/engine`. Arguments: how many rounds, how many deploys.
final class EngineThroughput {

  private static final int STEPS = OurEngine.STEPS;
  private static final int CLIENTS = 16;
  private static final int CONNECTIONS = 10;
  private static final int ENVIRONMENTS = 100;
  private static final Duration RAW_FOR = Duration.ofSeconds(4);

  /// Rounds for the compiler: each side becomes twice as fast in them.
  private static final int WARM_UP = 3;

  /// SQLite's one writer waits for the disk with each step.
  private static final int FEWER_ON_SQLITE = 5;

  private final PrintStream out = System.out;
  private final Path scratch;
  private final int deploys;
  private final Map<String, List<Double>> rates = new LinkedHashMap<>();

  private EngineThroughput(Path scratch, int deploys) {
    this.scratch = scratch;
    this.deploys = deploys;
  }

  public static void main(String[] arguments) throws Exception {
    var scratch = Files.createTempDirectory("fleetwright-bench");
    var bench = new EngineThroughput(scratch, Integer.parseInt(arguments[1]));
    var rounds = Integer.parseInt(arguments[0]);
    for (var round = 0; round < WARM_UP + rounds; round++) {
      if (round == WARM_UP) {
        bench.rates.clear();
      }
      bench.round();
    }
    bench.latency();
    bench.backlog();
    bench.print();
    // DBOS leaves threads behind.
    System.exit(0);
  }

  private void round() throws Exception {
    raw("raw step, 2 rows", false);
    raw("raw step, the same rows", true);
    ours("fleetwright on PostgreSQL", postgresql(), deploys);
    dbScheduler();
    dbos();
    rawSqlite();
    ours(
        "fleetwright on SQLite",
        "sqlite:" + fresh().resolve("db"),
        Math.max(1, deploys / FEWER_ON_SQLITE));
  }

  private void record(String what, long steps, long nanos) {
    var rate = steps * 1e9 / nanos;
    rates.computeIfAbsent(what, _ -> new ArrayList<>()).add(rate);
    out.printf(Locale.ROOT, "%-32s %9.0f steps/s%n", what, rate);
  }

  // ---- ours

  private void ours(String what, String url, int deploys) throws IOException, InterruptedException {
    try (var ours = new OurEngine(url, fresh(), ENVIRONMENTS)) {
      for (var i = 0; i < deploys; i++) {
        ours.submit(i % ENVIRONMENTS, i / ENVIRONMENTS);
      }
      var began = System.nanoTime();
      ours.start();
      awaitApplied(ours, (long) deploys * STEPS);
      record(what, (long) deploys * STEPS, System.nanoTime() - began);
    }
  }

  private static void awaitApplied(OurEngine ours, long steps) throws InterruptedException {
    var giveUpAt = System.nanoTime() + Duration.ofMinutes(10).toNanos();
    while (ours.target.applied.sum() < steps) {
      if (System.nanoTime() > giveUpAt) {
        throw new IllegalStateException(
            "only " + ours.target.applied.sum() + " of " + steps + " steps were taken");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  /// From asking to the first step, while there is nothing else to do.
  private void latency() throws IOException, InterruptedException {
    try (var ours = new OurEngine(postgresql(), fresh(), 10)) {
      ours.start();
      var waits = new ArrayList<Long>();
      for (var i = 0; i < 300; i++) {
        var before = ours.target.applied.sum();
        var asked = System.nanoTime();
        ours.submit(i % 10, i / 10);
        while (ours.target.applied.sum() == before) {
          TimeUnit.MICROSECONDS.sleep(200);
        }
        waits.add(System.nanoTime() - asked);
        awaitApplied(ours, before + STEPS);
        TimeUnit.MILLISECONDS.sleep(20);
      }
      var sorted = waits.subList(50, waits.size()).stream().sorted().toList();
      out.printf(
          Locale.ROOT,
          "submit to first step, idle queue: median %.1f ms, p99 %.1f ms%n",
          sorted.get(sorted.size() / 2) / 1e6,
          sorted.get(sorted.size() * 99 / 100) / 1e6);
    }
  }

  /// A thousand deploys out of a queue that is kept at a hundred, and at ten thousand.
  private void backlog() throws IOException, InterruptedException {
    var ratios = new ArrayList<Double>();
    for (var round = 0; round < 3; round++) {
      var small = rateAt(100, 1_000);
      var large = rateAt(10_000, 1_000);
      out.printf(
          Locale.ROOT,
          "at a backlog of 100: %.0f steps/s, of 10 000: %.0f steps/s%n",
          small,
          large);
      ratios.add(large / small);
    }
    out.printf(Locale.ROOT, "backlog of 10 000 / of 100: %.2f %s%n", median(ratios), ratios);
  }

  private double rateAt(int backlog, int measured) throws IOException, InterruptedException {
    try (var ours = new OurEngine(postgresql(), fresh(), 200)) {
      var submitted = 0;
      for (; submitted < backlog; submitted++) {
        ours.submit(submitted % 200, submitted / 200);
      }
      var began = System.nanoTime();
      ours.start();
      for (var done = 0L; done < measured; done = ours.target.applied.sum() / STEPS) {
        for (; submitted < backlog + done; submitted++) {
          ours.submit(submitted % 200, submitted / 200);
        }
        TimeUnit.MILLISECONDS.sleep(2);
      }
      return (double) measured * STEPS * 1e9 / (System.nanoTime() - began);
    }
  }

  // ---- plain JDBC

  private void raw(String what, boolean sameRows) throws Exception {
    var url = postgresql();
    try (var ours = new OurEngine(url, fresh(), CLIENTS)) {
      for (var i = 0; i < CLIENTS; i++) {
        ours.submit(i, 0);
      }
      var ids = ids(url);
      var steps = new LongAdder();
      var until = System.nanoTime() + RAW_FOR.toNanos();
      var began = System.nanoTime();
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var client = 0; client < CLIENTS; client++) {
          var row = ids.get(client);
          var _ =
              pool.submit(() -> {
                try (var connection = DriverManager.getConnection(url);
                    var step = new RawStep(connection, row[0], row[1], sameRows)) {
                  while (System.nanoTime() < until) {
                    step.take();
                    steps.increment();
                  }
                }
                return null;
              });
        }
      }
      record(what, steps.sum(), System.nanoTime() - began);
    }
  }

  private static List<long[]> ids(String url) throws SQLException {
    var ids = new ArrayList<long[]>();
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id, environment FROM deploy ORDER BY id")) {
      while (rows.next()) {
        ids.add(new long[] {rows.getLong(1), rows.getLong(2)});
      }
    }
    return ids;
  }

  /// What storing one event writes, and nothing else: no reading, no checking.
  private static final class RawStep implements AutoCloseable {
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final String AT = "2026-11-21T09:30:00.000000Z";
    private static final String BODY = "{\"kind\":\"step_applied\",\"step\":3,\"note\":\"\"}";
    private static final String SNAPSHOT =
        "{\"kind\":\"running\",\"step\":3,\"since\":\"2026-11-21T09:30:00Z\",\"phase\":{\"kind\":\"due\"}}";
    private final Connection connection;
    private final long deploy;
    private final long environment;
    private final boolean sameRows;
    private final List<java.sql.PreparedStatement> statements = new ArrayList<>();
    private long sequence = 1;

    RawStep(Connection connection, long deploy, long environment, boolean sameRows)
        throws SQLException {
      this.connection = connection;
      this.deploy = deploy;
      this.environment = environment;
      this.sameRows = sameRows;
      connection.setAutoCommit(false);
      for (var sql :
          List.of(
              "INSERT INTO deploy_event (deploy, sequence, happened_at, actor, body, digest)"
                  + " VALUES (?, ?, ?, 'engine', ?, ?)",
              "UPDATE deploy SET sequence = ?, snapshot = ?, updated_at = ?, digest = ? WHERE id = ?",
              "INSERT INTO ledger_record (stream, sequence, happened_at, actor, kind, facts, previous, hash)"
                  + " VALUES (?, ?, ?, 'engine', 'deploy.step_applied', ?, ?, ?)",
              "UPDATE ledger_head SET sequence = ?, hash = ? WHERE stream = ?",
              "INSERT INTO feed (id, happened_at, topic, keys)"
                  + " VALUES (pg_current_xact_id()::text::bigint * 1024, ?, 'deploy', ?)",
              "UPDATE lease SET due_at = due_at WHERE kind = 'environment' AND id = ?")) {
        statements.add(connection.prepareStatement(sql));
      }
      try (var head =
          connection.prepareStatement(
              "INSERT INTO ledger_head (stream, sequence, hash) VALUES (?, 0, ?) ON CONFLICT DO NOTHING")) {
        head.setString(1, "raw/" + environment);
        head.setString(2, DIGEST);
        head.executeUpdate();
      }
      connection.commit();
    }

    void take() throws SQLException {
      sequence++;
      run(0, deploy, sequence, AT, BODY, DIGEST);
      run(1, sequence, SNAPSHOT, AT, DIGEST, deploy);
      if (sameRows) {
        run(2, "raw/" + environment, sequence, AT, BODY, DIGEST, DIGEST);
        run(3, sequence, DIGEST, "raw/" + environment);
        run(4, AT, SNAPSHOT);
        run(5, environment);
      }
      connection.commit();
    }

    private void run(int which, Object... values) throws SQLException {
      var statement = statements.get(which);
      for (var i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      for (var statement : statements) {
        statement.close();
      }
    }
  }

  /// One writer, as SQLite has it, and a commit per step that reaches the disk.
  private void rawSqlite() throws IOException, SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + fresh().resolve("raw.db"));
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
      statement.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
      statement.execute("INSERT INTO state VALUES (1, '')");
      connection.setAutoCommit(false);
      try (var insert = connection.prepareStatement("INSERT INTO event (body) VALUES (?)");
          var update = connection.prepareStatement("UPDATE state SET body = ? WHERE id = 1")) {
        var steps = 0L;
        var began = System.nanoTime();
        while (System.nanoTime() - began < RAW_FOR.toNanos()) {
          insert.setString(1, RawStep.BODY);
          insert.executeUpdate();
          update.setString(1, RawStep.SNAPSHOT);
          update.executeUpdate();
          connection.commit();
          steps++;
        }
        record("raw step on SQLite, 2 rows", steps, System.nanoTime() - began);
      }
    }
  }

  // ---- the others

  private static HikariDataSource pool(String url) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(CONNECTIONS);
    return new HikariDataSource(config);
  }

  /// A chain of executions: each step is picked, done, and rescheduled as the next one.
  private void dbScheduler() throws SQLException, InterruptedException {
    var url = postgresql();
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE scheduled_tasks (
            task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BYTEA,
            execution_time TIMESTAMPTZ NOT NULL, picked BOOLEAN NOT NULL, picked_by TEXT,
            last_success TIMESTAMPTZ, last_failure TIMESTAMPTZ, consecutive_failures INT,
            last_heartbeat TIMESTAMPTZ, version BIGINT NOT NULL, priority SMALLINT,
            PRIMARY KEY (task_name, task_instance))
          """);
      statement.execute("CREATE INDEX ON scheduled_tasks (execution_time)");
      statement.execute("CREATE INDEX ON scheduled_tasks (last_heartbeat)");
    }
    var left = new CountDownLatch(deploys);
    var next = FixedDelay.of(Duration.ZERO);
    var task =
        Tasks.custom("deploy", Integer.class)
            .execute((instance, _) -> {
              if (instance.getData() + 1 < STEPS) {
                return new CompletionHandler.OnCompleteReschedule<>(next, instance.getData() + 1);
              }
              left.countDown();
              return new CompletionHandler.OnCompleteRemove<>();
            });
    try (var pool = pool(url)) {
      var scheduler =
          Scheduler.create(pool, task)
              .threads(CLIENTS)
              .pollUsingLockAndFetch(1, 4)
              .pollingInterval(Duration.ofMillis(100))
              .build();
      for (var i = 0; i < deploys; i++) {
        scheduler.schedule(task.instance("deploy-" + i, 0), Instant.now());
      }
      var began = System.nanoTime();
      scheduler.start();
      left.await();
      record("db-scheduler", (long) deploys * STEPS, System.nanoTime() - began);
      scheduler.stop();
    }
  }

  /// A deploy as DBOS sees it.
  interface Deploying {
    void deploy();
  }

  private static final class FiveSteps implements Deploying {
    private final DBOS dbos;

    FiveSteps(DBOS dbos) {
      this.dbos = dbos;
    }

    @Override
    @Workflow(name = "deploy")
    public void deploy() {
      for (var step = 0; step < STEPS; step++) {
        dbos.runStep(() -> {}, "step-" + step);
      }
    }
  }

  private void dbos() throws InterruptedException {
    var database = "bench_" + UUID.randomUUID().toString().replace("-", "");
    try (var connection = PostgresqlServer.connect();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    } catch (SQLException e) {
      throw new IllegalStateException("making a database", e);
    }
    var url = PostgresqlServer.url().replaceFirst("(//[^/]+/)[^?]*", "$1" + database);
    try (var pool = pool(url);
        var dbos = new DBOS(DBOSConfig.defaults("bench").withDataSource(pool).withMigrate(true))) {
      var deploying = dbos.registerProxy(Deploying.class, new FiveSteps(dbos));
      dbos.launch();
      var room = new Semaphore(CLIENTS * 2);
      var left = new CountDownLatch(deploys);
      var began = System.nanoTime();
      try (var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var i = 0; i < deploys; i++) {
          room.acquire();
          var handle = dbos.startWorkflow(deploying::deploy);
          var _ =
              waiting.submit(() -> {
                try {
                  return handle.getResult();
                } finally {
                  room.release();
                  left.countDown();
                }
              });
        }
        left.await();
      }
      record("DBOS Transact", (long) deploys * STEPS, System.nanoTime() - began);
    }
  }

  // ---- where

  private Path fresh() throws IOException {
    return Files.createTempDirectory(scratch, "run");
  }

  private static String postgresql() {
    var schema = "bench_" + UUID.randomUUID().toString().replace("-", "");
    try (var connection = PostgresqlServer.connect();
        var statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + schema);
    } catch (SQLException e) {
      throw new IllegalStateException("making a schema", e);
    }
    return PostgresqlServer.url() + "&currentSchema=" + schema;
  }

  private void print() {
    out.printf("%nmedian of rounds, steps/s (each deploy has %d steps)%n", STEPS);
    rates.forEach((what, all) ->
        out.printf(
            Locale.ROOT,
            "%-32s %9.0f   %s%n",
            what,
            median(all),
            all.stream().map(r -> "%.0f".formatted(r)).toList()));
    var small = median(rates.getOrDefault("raw step, 2 rows", List.of(1.0)));
    var same = median(rates.getOrDefault("raw step, the same rows", List.of(1.0)));
    for (var what : List.of("fleetwright on PostgreSQL", "db-scheduler", "DBOS Transact")) {
      var rate = median(rates.getOrDefault(what, List.of(0.0)));
      out.printf(
          Locale.ROOT,
          "%-32s %.2f of the raw step with 2 rows, %.2f of that with the same rows%n",
          what,
          rate / small,
          rate / same);
    }
    out.printf(
        Locale.ROOT,
        "%-32s %.2f of the raw step%n",
        "fleetwright on SQLite",
        median(rates.getOrDefault("fleetwright on SQLite", List.of(0.0)))
            / median(rates.getOrDefault("raw step on SQLite, 2 rows", List.of(1.0))));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
