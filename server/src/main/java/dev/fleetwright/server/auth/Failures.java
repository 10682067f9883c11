package dev.fleetwright.server.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Counts failed attempts by where they come from, and says when it is enough.
///
/// Only failures are counted and only failures are turned away: whoever has the right token is let
/// in also from an address from which others are guessing. Memory is bounded; when it is full of
/// addresses that have failed within the window, failures from further ones are turned away at
/// once, so that nobody can flush a counter by using many addresses (CVE-2024-21662).
public final class Failures {

  private static final int MOST_SOURCES = 100_000;

  private final int most;
  private final Duration window;
  private final Clock clock;
  private final Map<String, Count> counts = new HashMap<>();
  private Instant sweptAt = Instant.MIN;

  private record Count(Instant since, int failures) {}

  /// @param most how many failures are answered within a window
  public Failures(int most, Duration window, Clock clock) {
    this.most = most;
    this.window = window;
    this.clock = clock;
  }

  /// Note a failure.
  ///
  /// @return whether there were too many
  public synchronized boolean tooMany(String source) {
    var now = clock.instant();
    var count = counts.get(source);
    if (count == null || !count.since().plus(window).isAfter(now)) {
      if (count == null && counts.size() >= MOST_SOURCES && !sweep(now)) {
        return true;
      }
      counts.put(source, new Count(now, 1));
      return most < 1;
    }
    counts.put(source, new Count(count.since(), Math.min(count.failures(), most) + 1));
    return count.failures() >= most;
  }

  /// How long a source that failed too often has to wait at most.
  public Duration window() {
    return window;
  }

  /// At most once a second, because it looks at everything.
  private boolean sweep(Instant now) {
    if (sweptAt.isBefore(now.minusSeconds(1))) {
      sweptAt = now;
      counts.values().removeIf(c -> !c.since().plus(window).isAfter(now));
    }
    return counts.size() < MOST_SOURCES;
  }
}
