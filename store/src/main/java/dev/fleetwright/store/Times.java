package dev.fleetwright.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// Points in time as they are kept: to the microsecond, in UTC, all texts of one length, so that
/// texts sort as times do.
final class Times {

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Times() {}

  /// As it will be read back.
  static Instant kept(Instant at) {
    return at.truncatedTo(ChronoUnit.MICROS);
  }

  static String text(Instant at) {
    return FORM.format(at);
  }

  static Instant read(String text) {
    return Instant.parse(text);
  }
}
