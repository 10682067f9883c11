package dev.fleetwright.pipeline.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/5 * * * *  | UTC           | 2026-11-21T12:00:00Z | 2026-11-21T12:05:00Z",
        "30 4 * * 1-5 | Europe/Berlin | 2026-11-20T12:00:00Z | 2026-11-23T03:30:00Z",
        // The clocks skip 02:30: it starts when they jump.
        "30 2 * * *   | Europe/Berlin | 2027-03-27T12:00:00Z | 2027-03-28T01:00:00Z",
        // They show 02:30 twice: it starts the first time.
        "30 2 * * *   | Europe/Berlin | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z",
        "30 2 * * *   | Europe/Berlin | 2026-10-25T00:30:00Z | 2026-10-26T01:30:00Z",
      })
  void comes_next_on_the_clocks_of_its_zone(String cron, String zone, String now, String next) {
    assertThat(CronSchedule.next(cron, zone, Instant.parse(now))).contains(Instant.parse(next));
  }

  @Test
  void says_what_is_wrong() {
    var now = Instant.parse("2026-11-21T12:00:00Z");
    assertThat(CronSchedule.problem("0 0 * * *", "UTC", now)).isEmpty();
    assertThat(CronSchedule.problem("0 0 * *", "UTC", now).orElseThrow())
        .startsWith("`0 0 * *` is no cron expression");
    assertThat(CronSchedule.problem("0 0 30 2 *", "UTC", now)).contains("`0 0 30 2 *` never comes");
    assertThat(CronSchedule.problem("0 0 * * *", "Berlin", now).orElseThrow())
        .startsWith("`Berlin` is no zone");
  }
}
