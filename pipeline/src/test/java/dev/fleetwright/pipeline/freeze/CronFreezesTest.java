package dev.fleetwright.pipeline.freeze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.environment.FreezeWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronFreezesTest {

  private final CronFreezes calendar = new CronFreezes();

  /// GitLab's own example, `0 23 * * 5` to `0 7 * * 1`, in a zone with daylight saving time.
  @ParameterizedTest
  @CsvSource({
    "2026-11-20T22:59:59+01:00, free",
    "2026-11-20T23:00:00+01:00, 2026-11-23T07:00:00+01:00",
    "2026-11-21T12:00:00+01:00, 2026-11-23T07:00:00+01:00",
    "2026-11-23T06:59:59.999+01:00, 2026-11-23T07:00:00+01:00",
    "2026-11-23T07:00:00+01:00, free",
    "2026-11-25T12:00:00+01:00, free",
    // The clocks go forward in this week-end, and back in that one.
    "2026-03-28T12:00:00+01:00, 2026-03-30T07:00:00+02:00",
    "2026-10-24T12:00:00+02:00, 2026-10-26T07:00:00+01:00",
  })
  void from_friday_night_to_monday_morning(String moment, String until) {
    expect("0 23 * * 5", "0 7 * * 1", "Europe/Berlin", moment, until);
  }

  @ParameterizedTest
  @CsvSource({
    // 02:30 is skipped: it begins when the clocks jump, at 01:00 UTC.
    "2026-03-29T01:59:00+01:00, free",
    "2026-03-29T03:00:00+02:00, 2026-03-29T06:00:00+02:00",
    // 02:30 is shown twice: it begins the first time, and not again.
    "2026-10-25T02:29:00+02:00, free",
    "2026-10-25T02:30:00+02:00, 2026-10-25T06:00:00+01:00",
    "2026-10-25T02:10:00+01:00, 2026-10-25T06:00:00+01:00",
  })
  void a_freeze_begins_also_in_the_night_in_which_the_clocks_change(String moment, String until) {
    expect("30 2 * * *", "0 6 * * *", "Europe/Amsterdam", moment, until);
  }

  @ParameterizedTest
  @CsvSource({
    // Its end is skipped: it ends when the clocks jump.
    "2026-03-29T01:59:00+01:00, 2026-03-29T03:00:00+02:00",
    "2026-03-29T03:00:00+02:00, free",
    // Its end is shown twice: it ends the first time, and stays over.
    "2026-10-25T02:29:00+02:00, 2026-10-25T02:30:00+02:00",
    "2026-10-25T02:30:00+02:00, free",
    "2026-10-25T02:10:00+01:00, free",
  })
  void a_freeze_ends_also_in_the_night_in_which_the_clocks_change(String moment, String until) {
    expect("0 22 * * *", "30 2 * * *", "Europe/Amsterdam", moment, until);
  }

  @ParameterizedTest
  @CsvSource({
    "2028-02-28T23:59:00Z, free",
    "2028-02-29T00:00:00Z, 2028-03-01T00:00:00Z",
    "2028-03-01T00:00:00Z, free",
    "2027-02-28T12:00:00Z, free",
    // 2100 has no 29th of February: the last one is eight years ago.
    "2103-12-31T00:00:00Z, free",
  })
  void a_leap_day(String moment, String until) {
    expect("0 0 29 2 *", "0 0 1 3 *", "UTC", moment, until);
  }

  @ParameterizedTest
  @CsvSource({
    "Asia/Tokyo, 2026-11-20T06:59:00Z, free",
    "Asia/Tokyo, 2026-11-20T07:00:00Z, 2026-11-22T23:00:00Z",
    "America/Los_Angeles, 2026-11-20T23:59:00Z, free",
    "America/Los_Angeles, 2026-11-21T00:00:00Z, 2026-11-23T16:00:00Z",
    // Half an hour is their daylight saving time.
    "Australia/Lord_Howe, 2026-11-20T05:00:00Z, 2026-11-22T21:00:00Z",
    "Asia/Kathmandu, 2026-11-20T10:15:00Z, 2026-11-23T02:15:00Z",
  })
  void the_clocks_of_the_window_count_and_not_those_of_the_server(
      String zone, String moment, String until) {
    expect("0 16 * * 5", "0 8 * * 1", zone, moment, until);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 16 * * 5 | ''",
        "0 0 29 2 * | ''",
        "*/5 9-17 * JAN-MAR MON-FRI | ''",
        "0 0 30 2 * | never happens",
        "0 0 31 4,6 * | never happens",
        "0 25 * * * | is no time: Failed to parse cron expression. Value 25 not in range [0, 23]",
        "@daily | is no time",
        "0 16 * * | is no time",
        "soon | is no time",
        "'' | is no time",
      })
  void says_what_is_wrong_with_an_expression(String expression, String complaint) {
    if (complaint.isEmpty()) {
      assertThat(CronFreezes.complaint(expression)).isEmpty();
    } else {
      assertThat(CronFreezes.complaint(expression)).get().asString().contains(complaint);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 16 * * 5 | 0 8 * * 1 | ''",
        "0 0 29 2 * | 0 0 1 3 * | ''",
        "* * * * * | 0 8 * * 1 | never ends",
        "0 16 * * 5 | 0 16 * * 5 | is over in the minute",
        "0 16 * * 5 | * * * * * | is over in the minute",
      })
  void says_what_is_wrong_with_a_pair(String from, String to, String complaint) {
    var found =
        CronFreezes.complaint(
            from, to, ZoneId.of("Europe/Berlin"), Instant.parse("2026-11-22T00:00:00Z"));
    if (complaint.isEmpty()) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).get().asString().contains(complaint);
    }
  }

  @Test
  void a_freeze_that_never_ends_is_a_mistake_and_not_a_free_moment() {
    var window = window("0 0 1 1 *", "0 0 30 2 *", "UTC");
    assertThatThrownBy(() -> calendar.frozenUntil(window, Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never ends");
  }

  /// Walks through four days around a change of the clocks minute by minute, with a matcher of cron
  /// of its own, and says the same.
  @Property(tries = 20)
  void says_the_same_as_a_walk_through_all_minutes(
      @ForAll("weekly") WeeklyCron from,
      @ForAll("weekly") WeeklyCron to,
      @ForAll("changes") ZonedDateTime around) {
    var window = window(from.text(), to.text(), around.getZone().getId());
    var walk = new Walk(from, to, around.getZone(), around.minusDays(18).toInstant());
    var begin = around.minusDays(2).toInstant();
    var end = around.plusDays(2).toInstant();
    var until = Optional.<Instant>empty();
    for (var moment = begin; moment.isBefore(end); moment = moment.plus(1, ChronoUnit.MINUTES)) {
      var frozen = walk.frozenAt(moment);
      if (!frozen && until.isPresent()) {
        assertThat(until).as("the end of %s", window).contains(moment);
        until = Optional.empty();
      }
      // Asking in each minute would be slow; those in which something happens count.
      if (walk.justFired() || moment.getEpochSecond() % 2_220 == 0) {
        var said = calendar.frozenUntil(window, moment.plusSeconds(17));
        assertThat(said.isPresent())
            .as("%s at %s", window, moment.atZone(around.getZone()))
            .isEqualTo(frozen);
        until = said;
      }
    }
  }

  @Provide
  Arbitrary<WeeklyCron> weekly() {
    // Hours near the change of clocks are what is worth trying.
    var hours = Arbitraries.of(0, 1, 2, 3, 4, 16, 23);
    var minutes = Arbitraries.of(0, 1, 15, 29, 30, 31, 59);
    var days =
        Arbitraries.of(0, 1, 2, 3, 4, 5, 6).set().ofMinSize(1).ofMaxSize(7).map(List::copyOf);
    return Combinators.combine(minutes, hours, days).as(WeeklyCron::new);
  }

  @Provide
  Arbitrary<ZonedDateTime> changes() {
    var zones =
        Arbitraries.of(
            "Europe/Amsterdam",
            "America/New_York",
            "Australia/Lord_Howe",
            "America/Santiago",
            "Africa/Casablanca",
            "UTC");
    var dates = Arbitraries.integers().between(0, 730);
    return Combinators.combine(zones, dates)
        .as((zone, day) -> {
          var rules = ZoneId.of(zone).getRules();
          var start = Instant.parse("2025-06-01T00:00:00Z").plus(day, ChronoUnit.DAYS);
          var change = rules.nextTransition(start);
          return (change == null ? start : change.getInstant()).atZone(ZoneId.of(zone));
        });
  }

  record WeeklyCron(int minute, int hour, List<Integer> days) {
    String text() {
      return minute
          + " "
          + hour
          + " * * "
          + String.join(",", days.stream().sorted().map(String::valueOf).toList());
    }

    boolean fires(LocalDateTime wall) {
      return wall.getMinute() == minute
          && wall.getHour() == hour
          && days.contains(wall.getDayOfWeek().getValue() % 7);
    }
  }

  /// Knows nothing of the class that it is compared with.
  private static final class Walk {
    private final WeeklyCron from;
    private final WeeklyCron to;
    private final ZoneId zone;
    private Instant at;
    private Optional<Instant> begun = Optional.empty();
    private Optional<Instant> ended = Optional.empty();

    Walk(WeeklyCron from, WeeklyCron to, ZoneId zone, Instant start) {
      this.from = from;
      this.to = to;
      this.zone = zone;
      this.at = start.truncatedTo(ChronoUnit.MINUTES);
    }

    boolean frozenAt(Instant moment) {
      while (!at.isAfter(moment)) {
        if (fires(from)) {
          begun = Optional.of(at);
        }
        if (fires(to)) {
          ended = Optional.of(at);
        }
        at = at.plus(1, ChronoUnit.MINUTES);
      }
      return begun.orElseThrow().isAfter(ended.orElseThrow());
    }

    boolean justFired() {
      var last = Optional.of(at.minusSeconds(60));
      return begun.equals(last) || ended.equals(last);
    }

    private boolean fires(WeeklyCron cron) {
      var wall = at.atZone(zone);
      var before = at.minusSeconds(60).atZone(zone);
      var jump = Duration.between(before.toLocalDateTime(), wall.toLocalDateTime());
      if (jump.toMinutes() > 1) {
        for (var m = 1; m <= jump.toMinutes(); m++) {
          if (cron.fires(before.toLocalDateTime().plusMinutes(m))) {
            return true;
          }
        }
        return false;
      }
      return cron.fires(wall.toLocalDateTime())
          && wall.withEarlierOffsetAtOverlap().toInstant().equals(at);
    }
  }

  private void expect(String from, String to, String zone, String moment, String until) {
    var answer =
        calendar.frozenUntil(window(from, to, zone), ZonedDateTime.parse(moment).toInstant());
    assertThat(answer)
        .isEqualTo(
            until.equals("free")
                ? Optional.empty()
                : Optional.of(ZonedDateTime.parse(until).toInstant()));
  }

  private static FreezeWindow window(String from, String to, String zone) {
    return new FreezeWindow(from + " to " + to, from, to, ZoneId.of(zone));
  }
}
