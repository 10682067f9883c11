package dev.fleetwright.adapters.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeatTest {

  @Test
  void waits_twice_as_long_after_each_death_and_never_more_than_a_minute() {
    assertThat(IntStream.of(1, 2, 3, 4, 5, 6, 7, 8, 100).mapToObj(Seat::waitAfter))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }
}
