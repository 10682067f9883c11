package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.deploy.DeployEvent.Held;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.testkit.PostgresqlServer;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// PostgreSQL sessions are ended by the database's administrator again and again, also in the
/// middle of commits (reliability R4): nothing is lost, nothing is stored twice, and what is
/// answered is what happened.
class LostConnectionsTest {

  private PostgresqlDatabases databases;
  private Database database;

  @BeforeEach
  void openDatabase() {
    databases = new PostgresqlDatabases();
    database = databases.fresh();
  }

  @AfterEach
  void dropDatabase() {
    database.close();
    databases.close();
  }

  @Test
  @Tag("R4")
  @Timeout(600)
  void every_answer_is_true_while_connections_are_cut() throws Exception {
    var shop = new Shop(database);
    var production = shop.environment("production", "here");
    var deploy = shop.deploy(production).deploy();
    shop.after(deploy, new Planned(Shop.plan(production, Optional.of(shop.release()), 1)));
    var stored = new ArrayList<String>();
    var cuts = new AtomicInteger();
    var done = new AtomicBoolean();
    try (var pool = Executors.newSingleThreadExecutor()) {
      var cutting = pool.submit(() -> cut(done, cuts));
      try {
        // However fast commits are: enough of them, and enough cuts between them.
        appendUntil(
            () -> stored.size() >= Recipe.times(60, 2_000) && cuts.get() > 5, deploy.id(), stored);
      } finally {
        done.set(true);
      }
      cutting.get();
    }

    assertThat(cuts).hasValueGreaterThan(5);
    assertThat(database.deploys().events(deploy.id()).stream().skip(1))
        .extracting(event -> ((Held) event.event()).gates().getFirst().reason())
        .isEqualTo(stored);
    assertThat(database.ledger().fault(production.stream())).isEmpty();
    assertThat(database.ledger().read(production.stream(), 1, 10_000))
        .filteredOn(kept -> kept.content().kind().equals("deploy.held"))
        .hasSameSizeAs(stored);
    Recipe.report("R4", "violations=0 commits=%d cuts=%d".formatted(stored.size(), cuts.get()));
  }

  private void appendUntil(BooleanSupplier enough, long deploy, List<String> stored) {
    var sequence = 1L;
    for (var i = 0; !enough.getAsBoolean(); i++) {
      var gate = new Gate("queue", "number " + i, "time");
      var event = new Held(List.of(gate));
      try {
        switch (database
            .deploys()
            .append(deploy, sequence, event, Shop.ANNA, Shop.NOON, Optional.empty())) {
          case Appended.Stored(var now) -> {
            assertThat(now.sequence()).isEqualTo(sequence + 1);
            stored.add(gate.reason());
            sequence = now.sequence();
          }
          case Appended.Moved(var now) ->
              throw new AssertionError("nobody else writes, yet it moved to " + now);
          case Appended.LeaseLost _ -> throw new AssertionError("there is no lease");
        }
      } catch (StoreUnavailable e) {
        // The one honest answer besides: look again.
        var events = database.deploys().events(deploy);
        if (events.size() > sequence) {
          stored.add(gate.reason());
          sequence = events.size();
        }
      }
    }
  }

  private static Void cut(AtomicBoolean done, AtomicInteger cuts)
      throws SQLException, InterruptedException {
    var random = RandomGenerator.of("L64X128MixRandom");
    try (var connection = PostgresqlServer.connect();
        var end =
            connection.prepareStatement(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE application_name = 'fleetwright' AND pid <> pg_backend_pid()
                   AND state <> 'idle'
                """)) {
      while (!done.get()) {
        try (var rows = end.executeQuery()) {
          rows.next();
          cuts.addAndGet(rows.getInt(1));
        }
        Thread.sleep(random.nextInt(5, 50));
      }
    }
    return null;
  }

  /// What of a commit that was sent and never answered: with each of the two truths, the database
  /// is asked, and the caller gets the answer as if nothing had happened.
  @ParameterizedTest
  @EnumSource
  void a_commit_whose_answer_is_lost_is_neither_repeated_nor_forgotten(CommitCut.When when)
      throws IOException {
    var shop = new Shop(database);
    var production = shop.environment("production", "here");
    var deploy = shop.deploy(production).deploy();
    var plan = Shop.plan(production, Optional.of(shop.release()), 1);
    try (var proxy = new CommitCut(PostgresqlServer.url());
        var through = Database.open(proxy.url(databases.url()))) {
      proxy.cutNext(when);

      var answer =
          through
              .deploys()
              .append(deploy.id(), 0, new Planned(plan), Shop.ANNA, Shop.NOON, Optional.empty());

      assertThat(proxy.hasCut()).isTrue();
      assertThat(answer).isInstanceOf(Appended.Stored.class);
      assertThat(database.deploys().events(deploy.id())).hasSize(1);
      assertThat(database.ledger().read(production.stream(), 1, 10))
          .filteredOn(kept -> kept.content().kind().equals("deploy.planned"))
          .hasSize(1);
      assertThat(through.deploys().find(deploy.id()))
          .isEqualTo(database.deploys().find(deploy.id()));
    }
  }

  @Test
  void a_restored_database_begins_its_feed_anew() {
    var shop = new Shop(database);
    shop.environment("production");
    // As if it came from a database server that had run many more transactions than this one.
    databases.execute("UPDATE feed SET id = id + 1024 * 1000000000::bigint");
    database.close();

    database = databases.reopened();

    assertThat(database.feed().newest()).isZero();
    new Shop(database).environment("staging");
    assertThat(database.feed().newest()).isPositive();
  }
}
