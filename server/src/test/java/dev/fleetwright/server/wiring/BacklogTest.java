package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Ten thousand deploys wait in two hundred environments, and servers are killed meanwhile.
@Tag("R22")
class BacklogTest {

  private static final List<String> PAGES =
      List.of(
          "/api/v1/deploys?project=app",
          "/api/v1/deploys?project=app&environment=env-1",
          "/api/v1/deploys?project=app&page=3",
          "/api/v1/projects");

  @TempDir private Path folder;

  @Test
  @Timeout(3_600)
  void all_are_done_in_order_and_the_api_stays_quick() throws Exception {
    var deploys = Recipe.times(200, 10_000);
    var environments = Recipe.times(20, 200);
    var kills = Recipe.times(1, 3);
    var answers = new Times();
    try (var fleet = new Fleet(folder);
        var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = fleet.first("one", environments);
      // Started before anything is measured: a server's start takes a machine of two cores for
      // itself.
      var victims = new ArrayDeque<Replica>();
      for (var kill = 0; kill < kills; kill++) {
        victims.add(fleet.begin("victim-" + kill).ready());
      }
      submit(fleet, one, deploys, environments);
      var began = System.nanoTime();
      var backlog = fleet.unfinished();
      var quit = new AtomicBoolean();
      var asking = pool.submit(() -> ask(fleet, one, quit, answers));
      var memory = 0L;
      for (var kill = 0; kill < kills; kill++) {
        TimeUnit.SECONDS.sleep(Recipe.times(1, 10));
        victims.remove().close();
        memory = Math.max(memory, residentMegabytes(one));
      }
      fleet.awaitAllFinished(Duration.ofMinutes(40));
      var took = Duration.ofNanos(System.nanoTime() - began);
      quit.set(true);
      asking.get();
      memory = Math.max(memory, residentMegabytes(one));

      fleet.assertSound(one);
      Recipe.report(
          "R22",
          "violations=0 deploys=%d environments=%d kills=%d backlog=%d drained_in=%d s api_answers=%d api_p99=%d ms resident=%d MiB"
              .formatted(
                  deploys,
                  environments,
                  kills,
                  backlog,
                  took.toSeconds(),
                  answers.count(),
                  answers.percentile(0.99).toMillis(),
                  memory));
      // Every build shares its machine with other tests; the figure is for the recipe alone.
      assertThat(answers.percentile(0.99)).isLessThan(Duration.ofMillis(Recipe.times(3_000, 200)));
      assertThat(memory).isLessThan(512);
    }
  }

  private static void submit(Fleet fleet, Replica to, int deploys, int environments)
      throws Exception {
    try (var pool = Executors.newVirtualThreadPerTaskExecutor();
        var client = fleet.client(to)) {
      var all = new ArrayList<Callable<Boolean>>();
      for (var e = 0; e < environments; e++) {
        var environment = e;
        all.add(() -> {
          for (var number = 0; number < deploys / environments; number++) {
            Fleet.deploySurely(List.of(client), fleet, environment, number);
          }
          return true;
        });
      }
      // A few at a time: this machine has the servers and the database too.
      for (var from = 0; from < all.size(); from += 8) {
        for (Future<Boolean> done :
            pool.invokeAll(all.subList(from, Math.min(all.size(), from + 8)))) {
          done.get();
        }
      }
    }
  }

  /// At a fixed pace, measured from when it was time to ask, so that a slow answer does not hide
  /// the slow ones behind it.
  private static Void ask(Fleet fleet, Replica replica, AtomicBoolean quit, Times answers)
      throws IOException, InterruptedException {
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var next = System.nanoTime();
      for (var i = 0; !quit.get(); i++) {
        next += TimeUnit.MILLISECONDS.toNanos(100);
        LockSupport.parkNanos(next - System.nanoTime());
        var answer =
            http.send(
                HttpRequest.newBuilder(URI.create(replica.uri() + PAGES.get(i % PAGES.size())))
                    .header("Authorization", "Bearer " + fleet.token())
                    .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        answers.addNanos(System.nanoTime() - next);
      }
    }
    return null;
  }

  private static long residentMegabytes(Replica replica) throws IOException {
    var status = Path.of("/proc", Long.toString(replica.pid()), "status");
    return Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .sum()
        / 1024;
  }
}
