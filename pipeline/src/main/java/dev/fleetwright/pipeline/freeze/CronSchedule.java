package dev.fleetwright.pipeline.freeze;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// When a schedule's slots are. It has no clock: every server gives the same answer.
public final class CronSchedule {

  private CronSchedule() {}

  /// The first slot after a moment. A time that the clocks skip is the moment at which they jump,
  /// one that they show twice the first of both.
  ///
  /// @return empty when there is none, as for the 30th of February, or when it is no cron
  ///   expression or no zone; see [#problem]
  public static Optional<Instant> next(String cron, String zone, Instant moment) {
    try {
      return new CronTimes(cron, ZoneId.of(zone)).next(moment);
    } catch (IllegalArgumentException | DateTimeException _) {
      return Optional.empty();
    }
  }

  /// What is wrong with it, for people; empty when nothing is.
  public static Optional<String> problem(String cron, String zone, Instant now) {
    try {
      var at = ZoneId.of(zone);
      return new CronTimes(cron, at).next(now).isPresent()
          ? Optional.empty()
          : Optional.of("`%s` never comes".formatted(cron));
    } catch (IllegalArgumentException _) {
      return Optional.of(
          "`%s` is no cron expression: five fields for minute, hour, day, month and weekday, such as `30 4 * * 1-5`"
              .formatted(cron));
    } catch (DateTimeException _) {
      return Optional.of(
          "`%s` is no zone: write one such as `Europe/Berlin` or `UTC`".formatted(zone));
    }
  }
}
