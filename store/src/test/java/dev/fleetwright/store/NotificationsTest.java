package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Recipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How soon one server sees what another one did: at once when notifications get through, and not
/// much later when every one of them is lost (reliability R26).
@Tag("R26")
class NotificationsTest {

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

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void another_server_sees_it_soon(String notifications) throws Exception {
    var shop = new Shop(database);
    var waits = new ArrayList<Duration>();
    try (var other = Database.open(databases.url() + "&notifications=" + notifications);
        var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < Recipe.times(10, 100); i++) {
        var before = other.feed().newest();
        var seen =
            pool.submit(() -> {
              while (other.feed().newest() == before) {
                other.feed().await(before, Duration.ofSeconds(10));
              }
              return System.nanoTime();
            });
        // Whoever looks has just looked, so that it is the wait which is measured.
        Thread.sleep(20);
        var began = System.nanoTime();
        shop.environment("production-" + i);
        waits.add(Duration.ofNanos(seen.get() - began));
      }
    }

    var sorted = waits.stream().sorted().toList();
    Recipe.report(
        "R26",
        "notifications=%s looks=%d median=%d ms worst=%d ms"
            .formatted(
                notifications,
                waits.size(),
                middle(sorted).toMillis(),
                sorted.getLast().toMillis()));
    assertThat(sorted.getLast()).isLessThan(Duration.ofSeconds(2));
    if (notifications.equals("on")) {
      assertThat(middle(sorted)).as("without a wait for the next look").isLessThan(LOOK_EACH);
    }
  }

  private static final Duration LOOK_EACH = Duration.ofMillis(100);

  private static Duration middle(List<Duration> sorted) {
    return sorted.get(sorted.size() / 2);
  }
}
