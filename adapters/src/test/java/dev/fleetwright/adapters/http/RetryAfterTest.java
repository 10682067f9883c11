package dev.fleetwright.adapters.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | PT3S",
        "0 | PT0S",
        "'  120 ' | PT2M",
        "999999999 | PT1H",
        "Sun, 22 Nov 2026 12:00:10 GMT | PT10S",
        "Sun, 22 Nov 2026 11:00:00 GMT | PT0S",
        "Fri, 01 Jan 2100 00:00:00 GMT | PT1H",
      })
  void reads_seconds_and_dates_within_reason(String header, Duration expected) {
    assertThat(RetryAfter.of(header, NOON)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "soon", "1.5", "99999999999999999999", "Sun, 31 Feb 2026 x"})
  void anything_else_says_nothing(String header) {
    assertThat(RetryAfter.of(header, NOON)).isEmpty();
  }

  @Test
  void no_header_says_nothing() {
    assertThat(RetryAfter.of(null, NOON)).isEmpty();
  }
}
