package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.FaultProxy;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two servers lose the database, in every way there is.
class LostDatabaseTest {

  private static final int ENVIRONMENTS = 4;

  @TempDir private Path folder;

  @Test
  @Tag("R4")
  @Timeout(3_600)
  void sessions_are_ended_in_the_middle_of_everything() throws Exception {
    var deploys = Recipe.times(12, 200);
    try (var fleet = new Fleet(folder);
        var pool = Executors.newSingleThreadExecutor()) {
      var one = fleet.first("one", ENVIRONMENTS);
      var two = fleet.begin("two").ready();
      var done = new AtomicBoolean();
      var storm = pool.submit(() -> storm(fleet, done));
      try (var a = fleet.client(one);
          var b = fleet.client(two)) {
        for (var number = 0; number < deploys; number++) {
          Fleet.deploySurely(List.of(a, b), fleet, number % ENVIRONMENTS, number / ENVIRONMENTS);
        }
        Eventually.within(
            Duration.ofMinutes(20),
            () -> fleet.unfinished() + " have not ended in the storm:\n" + fleet.outputs(),
            () -> quietly(fleet::unfinished) == 0);
      } finally {
        done.set(true);
      }
      var cuts = storm.get();

      fleet.assertSound(one);
      assertThat(fleet.count("SELECT count(*) FROM deploy")).as("none twice").isEqualTo(deploys);
      assertThat(cuts).isGreaterThan(100);
      Recipe.report(
          "R4", "violations=0 runs=%d sessions_cut=%d duplicates=0".formatted(deploys, cuts));
    }
  }

  private static long quietly(java.util.function.LongSupplier count) {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
      return count.getAsLong();
    } catch (AssertionError _) {
      // The storm cut our own question.
      return -1;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Long storm(Fleet fleet, AtomicBoolean done)
      throws SQLException, InterruptedException {
    var random = RandomGenerator.of("L64X128MixRandom");
    var cuts = 0L;
    try (var connection = fleet.connect();
        var end =
            connection.prepareStatement(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE application_name = 'fleetwright' AND datname = current_database()
                """)) {
      while (!done.get()) {
        try (var rows = end.executeQuery()) {
          rows.next();
          cuts += rows.getLong(1);
        }
        Thread.sleep(random.nextInt(5, 50));
      }
    }
    return cuts;
  }

  @Test
  @Tag("R5")
  @Timeout(600)
  void the_database_is_down_for_half_a_minute() throws Exception {
    away(Recipe.times(6, 30), FaultProxy::cut, "R5");
  }

  @Test
  @Tag("R6")
  @Timeout(600)
  void the_database_answers_nothing_any_more() throws Exception {
    away(Recipe.times(12, 40), FaultProxy::blackhole, "R6");
  }

  @FunctionalInterface
  private interface Fault {
    void on(FaultProxy proxy) throws IOException;
  }

  private void away(int seconds, Fault fault, String recipe) throws Exception {
    try (var fleet = new Fleet(folder);
        var proxy = new FaultProxy(Fleet.postgresql())) {
      var url = fleet.url(proxy.port());
      var one = fleet.first("one", url, ENVIRONMENTS);
      var two = fleet.begin("two", url).ready();
      fleet.effectsTake(Duration.ofMillis(200));
      try (var client = fleet.client(two)) {
        for (var number = 0; number < 8 * ENVIRONMENTS; number++) {
          var _ = Fleet.deploy(client, fleet, number % ENVIRONMENTS, number / ENVIRONMENTS);
        }
      }
      fleet.awaitBegin(0);
      fault.on(proxy);
      var lost = System.nanoTime();

      var slowest = new Times();
      for (var i = 0; i < Recipe.times(1, 3); i++) {
        var asked = System.nanoTime();
        var answer = ask(fleet, one);
        slowest.addNanos(System.nanoTime() - asked);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      }
      TimeUnit.NANOSECONDS.sleep(
          Duration.ofSeconds(seconds).toNanos() - (System.nanoTime() - lost));
      var back = System.nanoTime();
      proxy.heal();
      fleet.awaitAllFinished(Duration.ofMinutes(2));

      fleet.assertSound(one);
      var begins = fleet.begins();
      var lastBefore =
          begins.stream()
              .mapToLong(EffectLog.Effect::nanos)
              .filter(n -> n < back)
              .max()
              .orElse(lost);
      var firstAfter =
          begins.stream()
              .mapToLong(EffectLog.Effect::nanos)
              .filter(n -> n > back)
              .min()
              .orElseThrow();
      Recipe.report(
          recipe,
          "violations=0 last_effect_after_loss=%d ms first_step_after_return=%d ms slowest_answer=%d ms"
              .formatted(
                  millis(lastBefore - lost),
                  millis(firstAfter - back),
                  slowest.worst().toMillis()));
      assertThat(millis(lastBefore - lost)).isLessThan(10_000);
      assertThat(millis(firstAfter - back)).isLessThan(5_000);
      assertThat(slowest.worst()).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  @Tag("R6")
  @Timeout(600)
  void connections_are_reset_again_and_again() throws Exception {
    try (var fleet = new Fleet(folder);
        var proxy = new FaultProxy(Fleet.postgresql())) {
      var url = fleet.url(proxy.port());
      var one = fleet.first("one", url, ENVIRONMENTS);
      var two = fleet.begin("two", url).ready();
      var deploys = Recipe.times(8, 100);
      var resets = 0;
      try (var a = fleet.client(one);
          var b = fleet.client(two)) {
        for (var number = 0; number < deploys; number++) {
          Fleet.deploySurely(List.of(a, b), fleet, number % ENVIRONMENTS, number / ENVIRONMENTS);
          proxy.reset();
          resets++;
        }
        while (fleet.unfinished() > 0) {
          proxy.reset();
          resets++;
          Thread.sleep(100);
        }
      }

      fleet.assertSound(one);
      assertThat(fleet.count("SELECT count(*) FROM deploy")).isEqualTo(deploys);
      Recipe.report("R6", "violations=0 runs=%d resets=%d".formatted(deploys, resets));
    }
  }

  private static HttpResponse<String> ask(Fleet fleet, Replica replica)
      throws IOException, InterruptedException {
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(replica.uri() + "/api/v1/projects"))
              .header("Authorization", "Bearer " + fleet.token())
              .timeout(Duration.ofSeconds(60))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
