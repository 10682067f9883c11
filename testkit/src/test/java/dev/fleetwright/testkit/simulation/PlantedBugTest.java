package dev.fleetwright.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The checker is tested with bugs that it must find.
class PlantedBugTest {

  private static final int SEEDS = 2_000;

  @ParameterizedTest
  @EnumSource
  void is_caught(PlantedBug bug) throws InterruptedException {
    var other = 0;
    for (var seed = 1; seed <= SEEDS; seed++) {
      var violations = Simulation.run(seed, bug.plant()).violations();
      var found = violations.stream().filter(v -> v.invariant() == bug.breaks).findFirst();
      if (found.isPresent()) {
        System.out.printf(
            "planted bug: %s: caught at seed %d as %s%n", bug.words(), seed, found.get());
        return;
      }
      other += violations.isEmpty() ? 0 : 1;
    }
    assertThat(SEEDS)
        .as(
            "%s: not caught as %s within %d seeds (%d broke something else)",
            bug.words(), bug.breaks, SEEDS, other)
        .isNegative();
  }
}
