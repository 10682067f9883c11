package dev.fleetwright.testkit.history;

import java.time.Duration;
import java.util.function.Consumer;

/// I8: when the holder of work is gone and another server is well, that one has the work within 15
/// seconds (reliability, R8).
public final class InTime {

  /// How long work may lie still.
  public static final Duration LONGEST = Duration.ofSeconds(15);

  private InTime() {}

  static void check(History history, Consumer<String> violation) {
    for (var takeOver : history.takeOvers()) {
      if (takeOver.after().filter(after -> after.compareTo(LONGEST) <= 0).isEmpty()) {
        violation.accept(
            "the work of environment %d lay still from %d ns on for %s"
                .formatted(
                    takeOver.environment(),
                    takeOver.sinceNanos(),
                    takeOver.after().map(d -> d.toMillis() + " ms").orElse("ever")));
      }
    }
  }
}
