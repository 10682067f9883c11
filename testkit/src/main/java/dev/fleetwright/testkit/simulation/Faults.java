package dev.fleetwright.testkit.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/// The faults of one run. A seed takes some kinds away and makes others more or less frequent: runs
/// that differ so find more than runs in which everything fails a little.
final class Faults {

  private final SplittableRandom random;
  private final Map<Fault, Double> rates = new EnumMap<>(Fault.class);
  private boolean calm;

  /// @param none no fault strikes by itself
  Faults(SplittableRandom random, boolean none) {
    this.random = random;
    for (var fault : Fault.values()) {
      var there = random.nextInt(3) > 0;
      // From a quarter of the usual rate to three times as much.
      var often = Math.exp(random.nextDouble(Math.log(0.25), Math.log(3)));
      rates.put(fault, there && !none ? Math.min(1, fault.rate * often) : 0.0);
    }
  }

  /// No fault strikes from now on.
  void calm() {
    calm = true;
  }

  boolean isCalm() {
    return calm;
  }

  /// Whether this happens now.
  boolean strikes(Fault fault) {
    var rate = rates.getOrDefault(fault, 0.0);
    return !calm && rate > 0 && random.nextDouble() < rate;
  }

  /// A number from `least` to `most`, both included.
  long between(long least, long most) {
    return random.nextLong(least, most + 1);
  }
}
