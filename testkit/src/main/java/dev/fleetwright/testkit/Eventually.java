package dev.fleetwright.testkit;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what another process does and tells nobody, by looking again and again.
public final class Eventually {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private Eventually() {}

  /// Wait until it holds.
  ///
  /// @param what for the message, such as `the component is down`
  /// @throws AssertionError if it does not within that time
  public static void within(Duration patience, String what, BooleanSupplier holds) {
    within(patience, () -> what, holds);
  }

  /// Wait until it holds; what was seen instead is asked for only when it never did.
  ///
  /// @throws AssertionError if it does not within that time
  public static void within(Duration patience, Supplier<String> what, BooleanSupplier holds) {
    var end = System.nanoTime() + patience.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within " + patience.toSeconds() + " s: " + what.get());
      }
      try {
        Thread.sleep(BETWEEN_LOOKS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting until " + what.get(), e);
      }
    }
  }
}
