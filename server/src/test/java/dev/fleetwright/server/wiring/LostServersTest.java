package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.FaultProxy;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One of two servers stands still or is cut off from the database, in the middle of a step.
class LostServersTest {

  private static final int ENVIRONMENTS = 3;
  private static final int PAIRS = 4;
  private static final String TURNED_DOWN = "write of an older holder was turned down";

  @TempDir private Path folder;

  /// What is done again and again to one pair of servers.
  @FunctionalInterface
  private interface OnAPair {
    void run(Fleet fleet, int runs) throws Exception;
  }

  /// Most of the time of a run is waiting for leases to end, so several pairs wait at once; each
  /// has a database of its own.
  private void onPairs(int runs, OnAPair work) throws Exception {
    var pairs = Math.min(runs, PAIRS);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var under = new ArrayList<Future<?>>();
      for (var pair = 0; pair < pairs; pair++) {
        var own = folder.resolve("pair-" + pair);
        var share = runs / pairs + (pair < runs % pairs ? 1 : 0);
        under.add(
            threads.submit(() -> {
              try (var fleet = new Fleet(own)) {
                work.run(fleet, share);
              }
              return own;
            }));
      }
      for (var one : under) {
        one.get();
      }
    }
  }

  @Test
  @Tag("R8")
  @Timeout(3_600)
  void who_is_stopped_is_taken_over_from_and_writes_nothing_when_it_wakes() throws Exception {
    var runs = Recipe.times(1, 50);
    var stopped = Duration.ofSeconds(runs > 1 ? 25 : 16);
    var takeovers = new Times();
    var rejected = new AtomicLong();
    var turnedDown = new AtomicLong();
    onPairs(
        runs,
        (fleet, share) -> {
          var one = fleet.first("one", ENVIRONMENTS);
          fleet.begin("two").ready();
          fleet.effectsTake(Duration.ofMillis(1_500));
          for (var run = 0; run < share; run++) {
            rejected.addAndGet(stopAndWake(fleet, one, run, stopped, takeovers));
          }
          turnedDown.addAndGet(fleet.log().turnedDown());
        });
    Recipe.report(
        "R8",
        "violations=0 runs=%d takeovers=%d p99=%d ms turned_down=%d of_them_by_target=%d"
            .formatted(
                runs,
                takeovers.count(),
                takeovers.percentile(0.99).toMillis(),
                rejected.get(),
                turnedDown.get()));
    assertThat(takeovers.percentile(0.99)).isLessThan(Duration.ofSeconds(15));
    assertThat(rejected.get()).isGreaterThanOrEqualTo(runs);
  }

  /// @return how many writes of the one that was stopped were turned down when it woke
  private static long stopAndWake(
      Fleet fleet, Replica one, int run, Duration stopped, Times takeovers) throws Exception {
    var before = System.nanoTime();
    try (var client = fleet.client(one)) {
      for (var environment = 0; environment < ENVIRONMENTS; environment++) {
        var _ = Fleet.deploy(client, fleet, environment, run);
      }
    }
    var holder = fleet.byProcess(fleet.awaitBegin(before).process());
    var writesBefore = turnedDown(fleet, holder);
    holder.signal("STOP");
    var at = System.nanoTime();
    var underWay = fleet.log().underWay(holder.pid());
    assertThat(underWay).as("it was stopped in the middle of a step").isNotEmpty();

    for (var place : underWay) {
      Eventually.within(
          Duration.ofSeconds(20),
          () -> "somebody else goes on in " + place + ": " + fleet.outputs(),
          () -> fleet.takenOver(place, holder.pid(), at).isPresent());
      takeovers.addNanos(fleet.takenOver(place, holder.pid(), at).orElseThrow() - at);
    }
    TimeUnit.NANOSECONDS.sleep(stopped.toNanos() - (System.nanoTime() - at));
    holder.signal("CONT");

    fleet.awaitAllFinished(Duration.ofMinutes(1));
    Eventually.within(
        Duration.ofSeconds(10),
        () -> "what the one that woke still wants is turned down: " + holder.output(),
        () -> turnedDown(fleet, holder) > writesBefore);
    fleet.assertSound(one);
    return turnedDown(fleet, holder) - writesBefore;
  }

  /// By the database or, when it does not even come to that, by the target.
  private static long turnedDown(Fleet fleet, Replica holder) {
    try {
      return holder.mentions(TURNED_DOWN) + fleet.log().turnedDown();
    } catch (IOException e) {
      throw new AssertionError("reading the effects", e);
    }
  }

  @Test
  @Tag("R9")
  @Timeout(3_600)
  void who_is_cut_off_from_the_database_has_stopped_before_another_takes_over() throws Exception {
    var runs = Recipe.times(1, 50);
    var ahead = new Times();
    onPairs(
        runs,
        (fleet, share) -> {
          try (var proxy = new FaultProxy(Fleet.postgresql())) {
            var one = fleet.first("one", ENVIRONMENTS);
            var isolated = fleet.begin("two", fleet.url(proxy.port())).ready();
            fleet.effectsTake(Duration.ofMillis(200));
            for (var run = 0; run < share; run++) {
              cutOff(fleet, proxy, one, isolated, ahead);
            }
          }
        });
    Recipe.report(
        "R9",
        "violations=0 runs=%d takeovers=%d stopped_ahead_by_at_least=%d ms"
            .formatted(runs, ahead.count(), ahead.percentile(0).toMillis()));
  }

  private static void cutOff(
      Fleet fleet, FaultProxy proxy, Replica one, Replica isolated, Times ahead) throws Exception {
    var before = System.nanoTime();
    try (var client = fleet.client(one)) {
      for (var number = 0; number < 12; number++) {
        for (var environment = 0; environment < ENVIRONMENTS; environment++) {
          var _ = Fleet.deploy(client, fleet, environment, number);
        }
      }
    }
    Eventually.within(
        Duration.ofSeconds(60),
        () -> "the one that will be cut off works: " + fleet.outputs(),
        () ->
            fleet.begins().stream()
                .anyMatch(e -> e.nanos() > before && e.process() == isolated.pid()));
    Eventually.within(
        Duration.ofSeconds(20),
        "it is in the middle of a step",
        () -> !fleet.underWay(isolated).isEmpty());
    proxy.blackhole();
    var at = System.nanoTime();
    var held = fleet.underWay(isolated);
    fleet.awaitAllFinished(Duration.ofMinutes(2));

    for (var place : held) {
      var last = fleet.lastBegin(place, isolated.pid(), before).orElseThrow();
      var takeover = fleet.takenOver(place, isolated.pid(), at).orElseThrow();
      assertThat(takeover).as(place).isGreaterThan(last);
      ahead.addNanos(takeover - last);
    }
    assertThat(fleet.begins())
        .as("the one that is cut off begins nothing once its lease may be over")
        .filteredOn(e -> e.process() == isolated.pid())
        .allMatch(e -> e.nanos() < at + Duration.ofSeconds(10).toNanos());
    proxy.heal();
    fleet.assertSound(one);
    Eventually.within(
        Duration.ofSeconds(40),
        () -> "it works again without a restart: " + isolated.output(),
        () -> isolated.status("/readyz") == 200);
  }
}
