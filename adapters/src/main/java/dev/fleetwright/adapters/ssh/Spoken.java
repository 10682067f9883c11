package dev.fleetwright.adapters.ssh;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Durations as configuration files write them.
final class Spoken {

  private static final Pattern FORM = Pattern.compile("(\\d{1,7})\\s*(ms|s|sec|min|m|h|d|days?)?");

  private Spoken() {}

  /// Read `10 s`, `500 ms`, `2 min`, `1 h` or `1 day`; a bare number is seconds. Empty if it is
  /// none of these, or zero.
  static Optional<Duration> duration(String text) {
    var match = FORM.matcher(text.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    var count = Long.parseLong(match.group(1));
    var duration =
        switch (match.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "min", "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          case "d", "day", "days" -> Duration.ofDays(count);
          case null, default -> Duration.ofSeconds(count);
        };
    return duration.isPositive() ? Optional.of(duration) : Optional.empty();
  }
}
