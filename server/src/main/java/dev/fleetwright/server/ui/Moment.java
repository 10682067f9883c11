package dev.fleetwright.server.ui;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// A point in time as a page shows it. The words age; `live.js` renews them from `iso`.
///
/// @param iso for `<time datetime>`
/// @param words such as `3 min ago`
/// @param full for the tooltip, in UTC
record Moment(String iso, String words, String full) {

  private static final DateTimeFormatter FULL =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /// What happened at a time that cannot be read.
  static final Moment UNKNOWN = new Moment("", "", "");

  static Moment of(Instant at, Instant now) {
    return new Moment(
        at.truncatedTo(ChronoUnit.SECONDS).toString(),
        ago(Duration.between(at, now)),
        FULL.format(at));
  }

  private static String ago(Duration age) {
    if (age.toSeconds() < -5) {
      return "in " + length(age.negated());
    }
    return age.toSeconds() < 5 ? "just now" : length(age) + " ago";
  }

  /// In one unit, rounded down: `42 s`, `3 min`, `5 h`, `12 days`.
  static String length(Duration duration) {
    if (duration.toSeconds() < 60) {
      return Math.max(0, duration.toSeconds()) + " s";
    } else if (duration.toMinutes() < 60) {
      return duration.toMinutes() + " min";
    } else if (duration.toHours() < 48) {
      return duration.toHours() + " h";
    } else {
      return duration.toDays() + " days";
    }
  }

  /// As exact as a stop-watch: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
  static String took(Duration duration) {
    if (duration.toSeconds() < 10) {
      return "%d.%d s".formatted(duration.toSeconds(), Math.max(0, duration.toMillisPart()) / 100);
    } else if (duration.toMinutes() < 1) {
      return duration.toSeconds() + " s";
    } else if (duration.toHours() < 1) {
      return "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart());
    } else {
      return "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart());
    }
  }
}
