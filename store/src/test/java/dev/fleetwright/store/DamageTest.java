package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Failing disks.
class DamageTest {

  private static final int FLIPS = Integer.getInteger("fleetwright.flips", 100);
  private static final int CUTS = Integer.getInteger("fleetwright.cuts", 100);

  @TempDir private Path folder;

  /// What the engine acts on.
  private record Believed(
      DeployKind kind, Optional<Long> release, DeployState state, List<DeployEvent> events) {}

  @Test
  void of_a_file_with_a_flipped_byte_nothing_wrong_is_believed() throws IOException {
    var file = folder.resolve("whole.db");
    var ids = fill(file, 10);
    var whole = Files.readAllBytes(file);
    var truth = new ArrayList<Believed>();
    try (var database = Database.open("sqlite:" + file)) {
      ids.forEach(id -> truth.add(believed(database, id)));
    }

    var refused = 0;
    for (var seed = 0; seed < FLIPS; seed++) {
      var random = new Random(seed);
      var damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      var copy = Files.write(folder.resolve("flip-" + seed + ".db"), damaged);
      refused += checkFlipped(copy, ids, truth, "seed " + seed);
    }

    assertThat(refused).as("some flips hit what matters").isPositive();
  }

  private static int checkFlipped(Path file, List<Long> ids, List<Believed> truth, String seed) {
    var refused = 0;
    try (var database = Database.open("sqlite:" + file)) {
      for (var i = 0; i < ids.size(); i++) {
        try {
          assertThat(believed(database, ids.get(i))).as(seed).isEqualTo(truth.get(i));
        } catch (RecordUnreadable | IllegalStateException e) {
          refused += refusal(e);
        }
      }
    } catch (RecordUnreadable | SchemaUnknown | IllegalStateException e) {
      refused += refusal(e);
    }
    return refused;
  }

  /// The names of tables and columns are in the file too; SQLite says that it does not know them.
  private static int refusal(RuntimeException e) {
    if (e instanceof IllegalStateException) {
      assertThat(e).hasCauseInstanceOf(SQLException.class);
    }
    return 1;
  }

  private static Believed believed(Database database, long id) {
    var view =
        database
            .deploys()
            .find(id)
            .orElseThrow(() -> new RecordUnreadable("deploy " + id + " is gone"));
    return new Believed(
        view.deploy().kind(),
        view.deploy().release(),
        view.state(),
        database.deploys().events(id).stream().map(StoredEvent::event).toList());
  }

  /// @return the ids of deploys that stand in the middle of things
  private static List<Long> fill(Path file, int deploys) {
    var ids = new ArrayList<Long>();
    try (var database = Database.open("sqlite:" + file)) {
      var shop = new Shop(database);
      for (var i = 0; i < deploys; i++) {
        var environment = shop.environment("e" + i, "here", "edge");
        var deploy = shop.deploy(environment).deploy();
        var plan = Shop.plan(environment, Optional.of(shop.release()), 0);
        shop.after(deploy, new Planned(plan), new Started(), new StepApplied(0, "done"));
        ids.add(deploy.id());
      }
    }
    return ids;
  }

  /// A loss of power may leave any part of the log behind the last `fsync` unwritten. What had been
  /// acknowledged before is in the part that was written, and must be there; of the rest nothing is
  /// half there.
  @Test
  @Tag("R3")
  void a_log_that_was_cut_off_loses_only_what_was_not_acknowledged_by_then() throws IOException {
    var cuts = Recipe.times(CUTS, 1_000);
    var file = folder.resolve("live.db");
    var log = folder.resolve("live.db-wal");
    var acknowledgedAt = new ArrayList<Long>();
    byte[] bytes;
    byte[] logged;
    try (var database = Database.open("sqlite:" + file)) {
      var shop = new Shop(database);
      for (var i = 0; i < 20; i++) {
        var _ = shop.release();
        acknowledgedAt.add(Files.size(log));
      }
      // As a machine sees it that loses its power now.
      bytes = Files.readAllBytes(file);
      logged = Files.readAllBytes(log);
    }
    assertThat(acknowledgedAt).as("the log only grew").isSorted();

    var lost = 0;
    for (var seed = 0; seed < cuts; seed++) {
      var kept = new Random(seed).nextInt(logged.length + 1);
      var acknowledged = acknowledgedAt.stream().filter(at -> at <= kept).count();
      var copy = Files.write(folder.resolve("cut.db"), bytes);
      Files.write(folder.resolve("cut.db-wal"), Arrays.copyOf(logged, kept));
      Files.deleteIfExists(folder.resolve("cut.db-shm"));
      lost += survives(copy, acknowledged, "seed " + seed);
    }
    Recipe.report("R3", "violations=0 cuts=%d cuts_that_lost_a_tail=%d".formatted(cuts, lost));
    assertThat(lost).as("cuts that lost something").isPositive();
  }

  private static int survives(Path copy, long acknowledged, String seed) {
    try (var database = Database.open("sqlite:" + copy)) {
      var releases = database.releases().of(Shop.NAME, 100, 0);
      assertThat((long) releases.size()).as(seed).isGreaterThanOrEqualTo(acknowledged);
      for (var i = 0; i < releases.size(); i++) {
        assertThat(releases.get(i).number()).as(seed).isEqualTo(releases.size() - i);
      }
      for (var stream : database.ledger().streams()) {
        assertThat(database.ledger().fault(stream)).as(seed).isEmpty();
      }
      return releases.size() < 20 ? 1 : 0;
    }
  }

  @Test
  void a_full_disk_refuses_writes_and_goes_on_when_there_is_room_again() {
    try (var transactions = new SqliteTransactions(folder.resolve("full.db"))) {
      transactions.write("making a table", s -> s.change("CREATE TABLE t (x BLOB)"));
      var pages =
          transactions.read(
              "counting", s -> s.only("PRAGMA page_count", r -> r.whole("page_count")));
      limit(transactions, pages + 2);

      var failed =
          org.assertj.core.api.Assertions.catchThrowable(() ->
              transactions.write(
                  "filling", s -> s.change("INSERT INTO t VALUES (zeroblob(100000))")));

      assertThat(failed).isInstanceOf(StoreUnavailable.class).hasMessage("filling");
      assertThat(rows(transactions)).isZero();
      limit(transactions, pages + 1000);
      transactions.write("filling", s -> s.change("INSERT INTO t VALUES (zeroblob(100000))"));
      assertThat(rows(transactions)).isEqualTo(1);
    }
  }

  private static void limit(Transactions transactions, long pages) {
    transactions.write(
        "limiting",
        s -> s.only("PRAGMA max_page_count = " + pages, r -> r.whole("max_page_count")));
  }

  private static long rows(Transactions transactions) {
    return transactions.read(
        "counting", s -> s.only("SELECT count(*) AS n FROM t", r -> r.whole("n")));
  }
}
