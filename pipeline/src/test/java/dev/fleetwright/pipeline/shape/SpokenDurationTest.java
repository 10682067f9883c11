package dev.fleetwright.pipeline.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpokenDurationTest {

  /// Examples from GitLab's schema and documentation.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 week | PT168H",
        "3 mins 4 sec | PT3M4S",
        "2 hrs 20 min | PT2H20M",
        "2h20min | PT2H20M",
        "6 mos 1 day | PT4344H",
        "47 yrs 6 mos and 4d | PT416418H",
        "3 weeks and 2 days | PT552H",
        "1 hour and 30 minutes | PT1H30M",
        "1 hour, 30 minutes | PT1H30M",
        "90 | PT1M30S",
        "90s | PT1M30S",
        "1.5 hours | PT1H30M",
        "42 Minutes | PT42M",
        "1:30 | PT1M30S",
        "01:30:00 | PT1H30M",
      })
  void is_read_as_gitlab_reads_it(String text, Duration expected) {
    assertThat(SpokenDuration.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "five minutes",
        "5 minuts",
        "0",
        "-5 min",
        "1 week later",
        "and",
        "5 5x",
        "99999999999999999999 years"
      })
  void what_is_none_is_told_apart(String text) {
    assertThat(SpokenDuration.parse(text)).isEmpty();
  }
}
