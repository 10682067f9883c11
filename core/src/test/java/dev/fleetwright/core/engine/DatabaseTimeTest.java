package dev.fleetwright.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("R10")
class DatabaseTimeTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final Machine machine = new Machine();
  private final AtomicReference<Instant> database = new AtomicReference<>(NOON);
  private final DatabaseTime time = new DatabaseTime(machine, this::ask);

  @Test
  void goes_on_with_the_monotonic_clock_whatever_is_done_to_the_machine_s() {
    machine.wall = NOON.plus(Duration.ofHours(3));
    machine.nanos += Duration.ofMinutes(10).toNanos();
    assertThat(time.instant()).isEqualTo(NOON.plus(Duration.ofMinutes(10)));

    machine.wall = NOON.minus(Duration.ofHours(3));
    assertThat(time.instant()).isEqualTo(NOON.plus(Duration.ofMinutes(10)));
  }

  @Test
  void two_servers_whose_clocks_differ_by_an_hour_agree() {
    var elsewhere = new Machine();
    elsewhere.wall = NOON.plus(Duration.ofHours(1));
    elsewhere.nanos = 123_456;

    assertThat(new DatabaseTime(elsewhere, this::ask).instant()).isEqualTo(time.instant());
  }

  @Test
  void follows_the_database() {
    database.set(NOON.plus(Duration.ofSeconds(2)));
    machine.nanos += Duration.ofSeconds(1).toNanos();

    time.ask();

    assertThat(time.instant()).isEqualTo(NOON.plus(Duration.ofSeconds(2)));
  }

  @Test
  void goes_on_alone_while_the_database_cannot_be_asked() {
    database.set(Instant.MAX);
    machine.nanos += Duration.ofSeconds(30).toNanos();

    time.ask();

    assertThat(time.instant()).isEqualTo(NOON.plus(Duration.ofSeconds(30)));
  }

  @Test
  void does_not_believe_an_answer_that_took_too_long() {
    machine.answerTakes = Duration.ofSeconds(5);
    database.set(NOON.plus(Duration.ofMinutes(1)));

    time.ask();

    assertThat(time.instant()).isEqualTo(NOON.plus(Duration.ofSeconds(5)));
  }

  private Instant ask() {
    machine.nanos += machine.answerTakes.toNanos();
    var now = database.get();
    if (now.equals(Instant.MAX)) {
      throw new StoreUnavailable("asking what time it is", new IOException("away"));
    }
    return now;
  }

  private static final class Machine implements Time {
    Instant wall = NOON;
    long nanos;
    Duration answerTakes = Duration.ZERO;

    @Override
    public Instant instant() {
      return wall;
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleep(Duration duration) {
      nanos += duration.toNanos();
    }

    @Override
    public Thread thread(String name, Runnable task) {
      return Time.SYSTEM.thread(name, task);
    }

    @Override
    public void join(Thread thread, Duration most) throws InterruptedException {
      Time.SYSTEM.join(thread, most);
    }
  }
}
