package dev.fleetwright.pipeline.freeze;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/// The times at which a cron expression of five fields fires on the clocks of a zone.
///
/// A wall-clock time that the clocks skip fires when they jump: a freeze that begins at 02:30 must
/// also begin on the night that has none. One that they show twice fires the first time.
///
/// The library counts on a calendar without jumps (that of UTC) and this class puts the jumps in,
/// because libraries differ in what they do about them, and every server must say the same.
final class CronTimes {
  private static final CronDefinition FIVE_FIELDS =
      CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);

  private final ExecutionTime times;
  private final ZoneId zone;

  /// @throws IllegalArgumentException if it is not a cron expression of five fields
  CronTimes(String expression, ZoneId zone) {
    this.times =
        ExecutionTime.forCron(new CronParser(FIVE_FIELDS).parse(expression.strip()).validate());
    this.zone = zone;
  }

  /// The last time at or before this moment; empty when it never fires.
  Optional<Instant> last(Instant moment) {
    // All that was shown before the clocks went back has fired, though they show it again.
    return lastBefore(
            secondPass(moment)
                .map(ZoneOffsetTransition::getDateTimeBefore)
                .orElseGet(() -> onTheWall(moment).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1)))
        .map(this::when);
  }

  /// The next time after this moment; empty when it never fires.
  Optional<Instant> next(Instant moment) {
    var from =
        secondPass(moment)
            .map(back -> back.getDateTimeBefore().minusMinutes(1))
            .orElseGet(() -> onTheWall(moment));
    // In a gap several times fire at once, of which some may be this very moment.
    var next = nextAfter(from);
    while (next.isPresent() && !when(next.get()).isAfter(moment)) {
      next = nextAfter(next.get());
    }
    return next.map(this::when);
  }

  private Optional<LocalDateTime> lastBefore(LocalDateTime wall) {
    return times.lastExecution(wall.atZone(ZoneOffset.UTC)).map(t -> t.toLocalDateTime());
  }

  private Optional<LocalDateTime> nextAfter(LocalDateTime wall) {
    return times.nextExecution(wall.atZone(ZoneOffset.UTC)).map(t -> t.toLocalDateTime());
  }

  private LocalDateTime onTheWall(Instant moment) {
    return LocalDateTime.ofInstant(moment, zone);
  }

  private Instant when(LocalDateTime wall) {
    var jump = zone.getRules().getTransition(wall);
    return jump != null && jump.isGap()
        ? jump.getInstant()
        // Of two offsets the earlier moment's.
        : wall.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }

  /// The change of clocks after which they show now what they have shown before.
  private Optional<ZoneOffsetTransition> secondPass(Instant moment) {
    return Optional.ofNullable(zone.getRules().previousTransition(moment.plusNanos(1)))
        .filter(ZoneOffsetTransition::isOverlap)
        .filter(back -> onTheWall(moment).isBefore(back.getDateTimeBefore()));
  }
}
