package dev.fleetwright.kubernetes.health;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/// Times as the API writes them.
final class Times {
  private Times() {}

  /// How long ago that was; none for a time that is not written, cannot be read or has not come.
  static Duration since(String time, Instant now) {
    if (time.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      var passed = Duration.between(OffsetDateTime.parse(time).toInstant(), now);
      return passed.isNegative() ? Duration.ZERO : passed;
    } catch (DateTimeParseException _) {
      return Duration.ZERO;
    }
  }

  /// For a sentence: `45 s`, `12 min`, `3 h`.
  static String words(Duration duration) {
    if (duration.compareTo(Duration.ofMinutes(2)) < 0) {
      return duration.toSeconds() + " s";
    }
    return duration.compareTo(Duration.ofHours(2)) < 0
        ? duration.toMinutes() + " min"
        : duration.toHours() + " h";
  }
}
