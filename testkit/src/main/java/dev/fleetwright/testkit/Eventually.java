package dev.fleetwright.testkit;

import java.time.Duration;
import java.util.function.Supplier;

/// Waits for what another process does and tells nobody, by looking again and again.
public final class Eventually {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private Eventually() {}

  /// What is waited for; looking may itself be interrupted, as a call over the network is.
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws InterruptedException;
  }

  /// Wait until it holds.
  ///
  /// @param what for the message, such as `the component is down`
  /// @throws AssertionError if it does not within that time
  public static void within(Duration patience, String what, Condition condition) {
    within(patience, () -> what, condition);
  }

  /// Wait until it holds; what was seen instead is asked for only when it never did.
  ///
  /// @throws AssertionError if it does not within that time
  public static void within(Duration patience, Supplier<String> what, Condition condition) {
    var end = System.nanoTime() + patience.toNanos();
    try {
      while (!condition.holds()) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("not within " + patience.toSeconds() + " s: " + what.get());
        }
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting until " + what.get(), e);
    }
  }
}
