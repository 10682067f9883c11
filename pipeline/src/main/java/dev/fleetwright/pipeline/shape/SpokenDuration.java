package dev.fleetwright.pipeline.shape;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Durations as people write them and GitLab reads them: `1 week`, `2h20min`, `6 mos and 1 day`,
/// `90 s`. A bare number is seconds; a day has 24 hours, a month 30 days, a year 365.25 days.
public final class SpokenDuration {
  private static final Pattern PART =
      Pattern.compile("\\s*(?:,|and\\b|with\\b|plus\\b)?\\s*(\\d+(?:\\.\\d+)?)\\s*([a-z]*)");
  private static final int LONGEST_TEXT = 200;

  private SpokenDuration() {}

  /// The duration; empty if the text is none, is zero, or is more than some 290 years.
  public static Optional<Duration> parse(String text) {
    if (text.length() > LONGEST_TEXT) {
      return Optional.empty();
    }
    var rest = text.strip().toLowerCase(Locale.ROOT);
    var clock = clock(rest);
    if (clock.isPresent()) {
      return clock;
    }
    var seconds = BigDecimal.ZERO;
    var matcher = PART.matcher(rest);
    var end = 0;
    while (matcher.find(end) && matcher.start() == end) {
      var unit = secondsIn(matcher.group(2));
      if (unit.isEmpty()) {
        return Optional.empty();
      }
      seconds = seconds.add(new BigDecimal(matcher.group(1)).multiply(unit.get()));
      end = matcher.end();
    }
    return end == rest.length() && end > 0 ? ofSeconds(seconds) : Optional.empty();
  }

  private static Optional<Duration> clock(String text) {
    if (!text.matches("\\d{1,6}(:\\d{1,2}){1,2}")) {
      return Optional.empty();
    }
    var seconds = 0L;
    for (var part : text.split(":", -1)) {
      seconds = seconds * 60 + Long.parseLong(part);
    }
    return ofSeconds(BigDecimal.valueOf(seconds));
  }

  private static Optional<Duration> ofSeconds(BigDecimal seconds) {
    var millis = seconds.movePointRight(3).setScale(0, RoundingMode.HALF_UP);
    return millis.signum() <= 0 || millis.precision() > 16
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(millis.longValueExact()));
  }

  private static Optional<BigDecimal> secondsIn(String unit) {
    return switch (unit) {
      case "", "s", "sec", "secs", "second", "seconds" -> Optional.of(BigDecimal.ONE);
      case "m", "min", "mins", "minute", "minutes" -> Optional.of(BigDecimal.valueOf(60));
      case "h", "hr", "hrs", "hour", "hours" -> Optional.of(BigDecimal.valueOf(3_600));
      case "d", "dy", "day", "days" -> Optional.of(BigDecimal.valueOf(86_400));
      case "w", "wk", "wks", "week", "weeks" -> Optional.of(BigDecimal.valueOf(604_800));
      case "mo", "mon", "mos", "month", "months" -> Optional.of(BigDecimal.valueOf(2_592_000));
      case "y", "yr", "yrs", "year", "years" -> Optional.of(BigDecimal.valueOf(31_557_600));
      default -> Optional.empty();
    };
  }
}
