package dev.fleetwright.adapters.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.project.RemoteUnavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CourtesyTest {

  private long now = 1;
  private final Courtesy courtesy = new Courtesy(new SplittableRandom(7), () -> now);

  @Test
  void a_host_in_trouble_is_left_in_peace_and_others_are_asked() throws IOException {
    var failed = fail("shop.example", Optional.of(Duration.ofSeconds(90)));

    assertThat(failed.again()).isEqualTo(Duration.ofSeconds(90));
    assertThatThrownBy(() -> courtesy.visit("shop.example"))
        .isInstanceOf(RemoteUnavailable.class)
        .hasMessage("shop.example cannot answer now (it answered 503); it is asked again in 90 s");
    courtesy.visit("other.example").answered();
  }

  @Test
  void one_finds_out_for_all_whether_it_is_well_again() throws IOException {
    var _ = fail("shop.example", Optional.of(Duration.ofSeconds(3)));
    now += Duration.ofSeconds(30).toNanos();

    var first = courtesy.visit("shop.example");
    assertThatThrownBy(() -> courtesy.visit("shop.example")).isInstanceOf(RemoteUnavailable.class);
    first.answered();

    courtesy.visit("shop.example").answered();
    courtesy.visit("shop.example").answered();
  }

  @Test
  void whoever_was_told_to_stop_lets_the_next_one_find_out() throws IOException {
    var _ = fail("shop.example", Optional.empty());
    now += Duration.ofSeconds(30).toNanos();
    courtesy.visit("shop.example").givenUp();

    courtesy.visit("shop.example").answered();
  }

  @Test
  void those_who_were_asking_when_it_failed_do_not_make_it_worse() throws IOException {
    var one = courtesy.visit("shop.example");
    var two = courtesy.visit("shop.example");
    now += 10;
    var first = one.failed("gone", Optional.empty(), new IOException("gone")).again();
    now += 10;
    var second = two.failed("gone", Optional.empty(), new IOException("gone")).again();

    assertThat(second).isEqualTo(first.minusNanos(10));
  }

  /// The budget: an outage of a minute costs a host with a hundred repositories at most ten
  /// requests more, which is a tenth; and it is noticed within half a minute that it is over.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  @Tag("R16")
  void an_outage_of_a_minute_costs_a_tenth_more_at_most(int seed) throws IOException {
    var here = new Courtesy(new SplittableRandom(seed), () -> now);
    var end = now + Duration.ofMinutes(1).toNanos();
    var requests = 0;
    while (now < end) {
      var visit = here.visit("shop.example");
      requests++;
      now++;
      now += visit.failed("503", Optional.empty(), new IOException()).again().toNanos();
    }

    assertThat(requests).isLessThanOrEqualTo(10);
    assertThat(now - end).isLessThan(Duration.ofSeconds(30).toNanos());
  }

  private RemoteUnavailable fail(String host, Optional<Duration> asked) throws IOException {
    var visit = courtesy.visit(host);
    now++;
    return visit.failed("it answered 503", asked, new IOException("503"));
  }
}
