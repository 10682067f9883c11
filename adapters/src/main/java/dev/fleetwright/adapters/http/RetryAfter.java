package dev.fleetwright.adapters.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When a server that cannot answer now wants to be asked again (RFC 9110, 10.2.3).
public final class RetryAfter {

  /// Whoever asks for more gets this: a clock or a header that is wrong must not shut a host out
  /// for good.
  public static final Duration MOST = Duration.ofHours(1);

  private RetryAfter() {}

  /// Read the header: seconds, or a date.
  ///
  /// @param header as it came, null when it did not
  /// @return empty when there is none or it cannot be read; nothing below zero
  public static Optional<Duration> of(@Nullable String header, InstantSource clock) {
    if (header == null) {
      return Optional.empty();
    }
    var text = header.strip();
    if (text.matches("[0-9]{1,9}")) {
      return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(text))));
    }
    try {
      var date =
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT));
      return Optional.of(bounded(Duration.between(clock.instant(), date.toInstant())));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static Duration bounded(Duration asked) {
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(MOST) > 0 ? MOST : asked;
  }
}
