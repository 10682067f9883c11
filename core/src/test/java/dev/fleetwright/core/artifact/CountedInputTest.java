package dev.fleetwright.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CountedInputTest {

  private final AtomicLong counted = new AtomicLong();

  @Test
  void counts_what_is_read_and_what_is_skipped_and_not_the_end() throws IOException {
    try (var in = of(30_000)) {
      assertThat(in.read()).isZero();
      assertThat(in.read(new byte[100], 10, 50)).isEqualTo(50);
      assertThat(in.skip(20_000)).isEqualTo(20_000);
      assertThat(in.readAllBytes()).hasSize(9_949);
      assertThat(in.read()).isNegative();
      assertThat(in.skip(1)).isZero();
    }
    assertThat(counted).hasValue(30_000);
  }

  @Test
  void ends_where_whoever_counts_says_that_it_is_too_much() throws IOException {
    try (var in =
        new CountedInput(
            of(100),
            _ -> {
              if (counted.get() > 10) {
                throw new IOException("too much");
              }
            })) {
      assertThat(in.readNBytes(10)).hasSize(10);
      assertThatThrownBy(() -> in.skip(1)).hasMessage("too much");
    }
  }

  private CountedInput of(int size) {
    return new CountedInput(
        new ByteArrayInputStream(new byte[size]), more -> counted.addAndGet(more));
  }
}
