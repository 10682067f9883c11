package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Recipe;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real servers on one PostgreSQL, working on the same environments.
class TwoServersTest {

  @TempDir private Path folder;

  @Test
  @Tag("R7")
  @Timeout(1_800)
  void two_servers_race_for_one_environment_and_take_turns() throws Exception {
    var rounds = Recipe.times(2, 20);
    var each = Recipe.times(20, 100);
    try (var fleet = new Fleet(folder)) {
      var one = fleet.first("one", 1);
      var two = fleet.begin("two").ready();
      fleet.effectsTake(Duration.ofMillis(rounds == 20 ? 0 : 20));
      for (var round = 0; round < rounds; round++) {
        submit(fleet, round % 2 == 0 ? one : two, each);
        fleet.awaitAllFinished(Duration.ofMinutes(5));
      }

      fleet.assertSound(one);
      var shares = fleet.log().deploysByProcess();
      var deploys = rounds * each;
      assertThat(shares.values().stream().mapToLong(n -> n).sum()).isEqualTo(deploys);
      Recipe.report(
          "R7",
          "violations=0 deploys=%d shares=%s"
              .formatted(
                  deploys, shares.values().stream().map(n -> 100 * n / deploys + " %").toList()));
      assertThat(shares).as("both work").hasSize(2);
      assertThat(shares.values()).allMatch(n -> n * 5 >= deploys, "at least a fifth");
    }
  }

  private static void submit(Fleet fleet, Replica to, int deploys) throws Exception {
    try (var client = fleet.client(to)) {
      for (var i = 0; i < deploys; i++) {
        var _ = Fleet.deploy(client, fleet, 0, i);
      }
    }
  }
}
