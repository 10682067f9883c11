package dev.fleetwright.pipeline.freeze;

import dev.fleetwright.core.engine.FreezeCalendar;
import dev.fleetwright.core.environment.FreezeWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// Freeze windows as two cron expressions on the clocks of a zone.
public final class CronFreezes implements FreezeCalendar {

  /// How many ends of a freeze are looked at to see whether there is ever time to deploy.
  private static final int ENDS = 50;

  @Override
  public Optional<Instant> frozenUntil(FreezeWindow window, Instant moment) {
    var to = new CronTimes(window.to(), window.zone());
    var begun = new CronTimes(window.from(), window.zone()).last(moment);
    var ended = to.last(moment);
    if (begun.isEmpty() || ended.isEmpty()) {
      throw new IllegalArgumentException(
          "freeze `%s` never begins or never ends".formatted(window.name()));
    }
    return begun.get().isAfter(ended.get()) ? to.next(moment) : Optional.empty();
  }

  /// What is wrong with one cron expression, in words that follow "it"; empty when nothing is.
  public static Optional<String> complaint(String expression) {
    try {
      var never = new CronTimes(expression, ZoneId.of("UTC")).next(Instant.EPOCH).isEmpty();
      return never
          ? Optional.of("never happens: no such day is in any calendar")
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("is no time: " + e.getMessage());
    }
  }

  /// What is wrong with two sound expressions as the bounds of a freeze, in words that follow "it";
  /// empty when nothing is.
  public static Optional<String> complaint(String from, String to, ZoneId zone, Instant now) {
    var begins = new CronTimes(from, zone);
    var ends = new CronTimes(to, zone);
    var frozen = false;
    var free = false;
    var at = now;
    for (var i = 0; i < ENDS && !(frozen && free); i++) {
      var end = ends.next(at).orElseThrow();
      var before = ends.last(end.minusNanos(1)).orElseThrow();
      frozen |= begins.last(end.minusNanos(1)).filter(b -> b.isAfter(before)).isPresent();
      free |=
          begins
              .next(end)
              .filter(b -> Duration.between(end, b).compareTo(Duration.ofMinutes(1)) > 0)
              .isPresent();
      at = end;
    }
    if (!frozen) {
      return Optional.of("is over in the minute in which it begins");
    }
    return free ? Optional.empty() : Optional.of("never ends: it begins again in the next minute");
  }
}
