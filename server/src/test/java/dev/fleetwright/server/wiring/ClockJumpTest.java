package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// R10: the clocks of two servers differ by an hour and are set by three hours, forward and back,
/// in the middle of everything. No lease ends early or late, and what waits for a time waits for
/// that time.
@Tag("R10")
@Timeout(900)
class ClockJumpTest {

  private static final int ENVIRONMENTS = 4;
  private static final Duration SOAK = Duration.ofSeconds(8);
  private static final List<String> JUMPS = List.of("+3h", "-3h", "+0", "+1h", "-1h");

  @TempDir private Path folder;

  @Test
  void clocks_that_differ_and_jump_end_no_lease_and_no_wait() throws Exception {
    var rounds = Recipe.times(0, 12);
    Assumptions.assumeTrue(
        rounds > 0,
        "skipped: it takes minutes, since each look at a clock does; ./verify recipe R10");
    try (var fleet = new Fleet(folder)) {
      fleet.withClocksFrom(library());
      fleet.alsoWith(
          "  baked: { target: [t0], after: env-0, soak: %d s }".formatted(SOAK.toSeconds()));
      fleet.clock("one", "+0");
      fleet.clock("two", "+1h");
      var one = fleet.first("one", ENVIRONMENTS);
      var two = fleet.begin("two").ready();
      assertThat(one.output() + two.output()).as("libfaketime was loaded").doesNotContain("ld.so");
      fleet.effectsTake(Duration.ofMillis(150));
      var worst = Duration.ZERO;
      for (var round = 0; round < rounds; round++) {
        try (var client = fleet.client(round % 2 == 0 ? one : two)) {
          var _ = Fleet.deploy(client, fleet, 0, round);
          fleet.awaitAllFinished(Duration.ofMinutes(1));
          var soaked = lastEnd(fleet, "env-0");
          var _ = Fleet.deploy(client, fleet, "baked", round);
          for (var environment = 1; environment < ENVIRONMENTS; environment++) {
            var _ = Fleet.deploy(client, fleet, environment, round);
          }
          var before = begins(fleet, "baked");
          fleet.awaitBegin(soaked);
          fleet.clock("one", JUMPS.get(round % JUMPS.size()));
          fleet.clock("two", JUMPS.get((round + 1) % JUMPS.size()));
          Eventually.within(
              Duration.ofSeconds(60),
              () -> "the soak time ends: " + fleet.outputs(),
              () -> begins(fleet, "baked") > before);
          fleet.awaitAllFinished(Duration.ofMinutes(1));
          // By the clock of the database, and for the case that it is not asked at all by one that
          // nobody sets.
          var error = waited(client).minus(SOAK);
          worst = error.compareTo(worst) > 0 ? error : worst;
          assertThat(error).as("not early").isPositive();
          assertThat(Duration.ofNanos(firstBeginAfter(fleet, "baked", soaked) - soaked))
              .isBetween(SOAK, SOAK.plusSeconds(15));
        }
      }

      fleet.assertSound(one);
      var taken = takenOver(fleet);
      Recipe.report(
          "R10",
          "violations=0 rounds=%d servers=2 jumps=±3 h taken_over=%d soak_error_max=%d ms"
              .formatted(rounds, taken.size(), worst.toMillis()));
      assertThat(taken).as("deploys that another server went on with").isEmpty();
      assertThat(fleet.log().turnedDown()).isZero();
      assertThat(worst).isLessThan(Duration.ofSeconds(2));
    }
  }

  /// From the end of the newest deploy of the environment before to the start of the one that
  /// waits.
  private static Duration waited(FleetwrightClient client) throws InterruptedException {
    var before = client.deploys(Fleet.PROJECT, Optional.of("env-0"), 1).items().getFirst();
    var baked = client.deploys(Fleet.PROJECT, Optional.of("baked"), 1).items().getFirst();
    return Duration.between(before.finishedAt().orElseThrow(), baked.startedAt().orElseThrow());
  }

  /// Deploys of which more than one server did a part: their lease had ended, or had seemed to.
  private static Set<Long> takenOver(Fleet fleet) throws IOException {
    var processes = new TreeMap<Long, Set<Long>>();
    for (var effect : fleet.log().all()) {
      processes.computeIfAbsent(effect.deploy(), _ -> new HashSet<>()).add(effect.process());
    }
    processes.values().removeIf(all -> all.size() == 1);
    return processes.keySet();
  }

  private static List<EffectLog.Effect> effects(Fleet fleet, String environment, String what) {
    try {
      return fleet.log().places().entrySet().stream()
          .filter(e -> e.getKey().endsWith(environment))
          .flatMap(e -> e.getValue().stream())
          .filter(e -> e.what().equals(what))
          .toList();
    } catch (IOException e) {
      throw new AssertionError("reading the effects", e);
    }
  }

  private static long begins(Fleet fleet, String environment) {
    return effects(fleet, environment, "begin").size();
  }

  private static long lastEnd(Fleet fleet, String environment) {
    return effects(fleet, environment, "end").getLast().nanos();
  }

  private static long firstBeginAfter(Fleet fleet, String environment, long after) {
    return effects(fleet, environment, "begin").stream()
        .mapToLong(EffectLog.Effect::nanos)
        .filter(n -> n > after)
        .min()
        .orElseThrow();
  }

  /// Debian keeps it in a folder of the machine's architecture.
  private static Path library() throws IOException {
    var _ = Needs.tool("faketime");
    try (var folders = Files.list(Path.of("/usr/lib"))) {
      var found =
          folders
              .map(f -> f.resolve("faketime/libfaketimeMT.so.1"))
              .filter(Files::exists)
              .findFirst();
      Needs.that(found.isPresent(), "libfaketime for programs with threads");
      return found.orElseThrow();
    }
  }
}
