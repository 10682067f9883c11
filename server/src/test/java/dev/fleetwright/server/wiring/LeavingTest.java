package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Drain;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server is stopped in the middle of deploys; another one goes on.
@Tag("R14")
class LeavingTest {

  @TempDir private Path folder;

  @Test
  @Timeout(1_800)
  void a_server_that_is_told_to_stop_hands_over_between_two_steps() throws Exception {
    var runs = Recipe.times(2, 20);
    var exits = new Times();
    var gaps = new Times();
    try (var fleet = new Fleet(folder)) {
      var one = fleet.first("one", 2);
      var other = fleet.begin("two").ready();
      fleet.effectsTake(Duration.ofSeconds(1));
      for (var run = 0; run < runs; run++) {
        var before = System.nanoTime();
        try (var client = fleet.client(one)) {
          for (var environment = 0; environment < 2; environment++) {
            var _ = Fleet.deploy(client, fleet, environment, run);
          }
        }
        var leaving = fleet.byProcess(fleet.awaitBegin(before).process());
        var at = System.nanoTime();
        if (run % 2 == 0) {
          leaving.signal("TERM");
        } else {
          try (var client = fleet.client(leaving)) {
            var _ = client.drain(new Drain.Wish(Optional.of(20L)));
          }
        }
        Eventually.within(
            Duration.ofSeconds(3),
            "it says that it is draining",
            () -> leaving.status("/readyz") != 200);
        leaving.awaitEnd(Duration.ofSeconds(30));
        exits.addNanos(System.nanoTime() - at);
        fleet.awaitAllFinished(Duration.ofMinutes(1));
        gap(fleet, before).ifPresent(gaps::add);

        // The one that stays is the witness; a new one takes the place of the one that left.
        other = leaving == one ? other : one;
        fleet.assertSound(other);
        assertThat(fleet.log().turnedDown()).as("nobody was taken over from by force").isZero();
        one = fleet.begin("again-" + run).ready();
        var survivor = other;
        other = one;
        one = survivor;
      }
      Recipe.report(
          "R14",
          "violations=0 runs=%d worst_exit=%d ms worst_gap=%d ms failed=0"
              .formatted(runs, exits.worst().toMillis(), gaps.worst().toMillis()));
      assertThat(exits.worst()).isLessThan(Duration.ofSeconds(30));
      assertThat(gaps.worst()).isLessThan(Duration.ofSeconds(5));
    }
  }

  /// The longest time between the end of a step and the beginning of the next of the same deploy.
  private static Optional<Duration> gap(Fleet fleet, long after) throws IOException {
    var worst = Optional.<Duration>empty();
    for (var effects : fleet.log().places().values()) {
      var recent = effects.stream().filter(e -> e.nanos() > after).toList();
      for (var i = 1; i < recent.size(); i++) {
        var end = recent.get(i - 1);
        var begin = recent.get(i);
        if (end.what().equals("end") && end.deploy() == begin.deploy()) {
          var gap = Duration.ofNanos(begin.nanos() - end.nanos());
          worst = worst.filter(w -> w.compareTo(gap) > 0).or(() -> Optional.of(gap));
        }
      }
    }
    return worst;
  }
}
