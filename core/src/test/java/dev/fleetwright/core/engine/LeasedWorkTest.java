package dev.fleetwright.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.feed.Feed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real threads and real waits; the clock can be set forward, as it goes on without a process that
/// is stopped.
@Timeout(30)
class LeasedWorkTest {

  private static final Lease LEASE = new Lease(7, 1);
  private static final Pace QUICK =
      new Pace(
          Duration.ofSeconds(10),
          Duration.ofMillis(20),
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          1);

  private final AtomicLong ahead = new AtomicLong();
  private final OneLease leases = new OneLease();
  private final CountDownLatch began = new CountDownLatch(1);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final Time time = new AheadTime();
  private final HeldLeases held = new HeldLeases(time, QUICK);
  private LeasedWork working = working(QUICK, _ -> Duration.ZERO);

  @AfterEach
  void end() {
    working.close();
  }

  @Test
  void what_has_nothing_to_do_rests_for_as_long_as_its_work_says() throws Exception {
    start(_ -> Duration.ofMinutes(3));

    assertThat(leases.given()).isEqualTo("released to rest PT3M");
  }

  @Test
  void work_that_failed_rests_and_is_tried_again() throws Exception {
    start(_ -> {
      throw new IllegalStateException("on purpose");
    });

    assertThat(leases.given()).isEqualTo("failed, to rest " + QUICK.retry());
  }

  @Test
  void work_goes_on_under_the_same_lease_once_the_store_is_back() throws Exception {
    var tries = new AtomicInteger();
    start(_ -> {
      if (tries.incrementAndGet() < 3) {
        throw new StoreUnavailable("asking", new java.io.IOException("away"));
      }
      return Duration.ZERO;
    });

    assertThat(leases.given()).isEqualTo("released to rest PT0S");
    assertThat(tries).hasValue(3);
    assertThat(leases.claims).hasValue(1);
  }

  @Test
  void nothing_is_begun_once_the_lease_may_be_over_by_the_monotonic_clock() throws Exception {
    start(lease -> {
      try (var _ = held.effect(lease)) {
        told.add("in time");
      }
      // The process is stopped for nine of the lease's ten seconds; its heart beats no more.
      ahead.set(Duration.ofSeconds(9).toNanos());
      try (var _ = held.effect(lease)) {
        told.add("too late");
      }
      return Duration.ZERO;
    });

    assertThat(leases.given()).isEqualTo("passed on");
    assertThat(told).containsExactly("in time");
  }

  @Test
  void who_waits_is_woken_when_the_lease_may_be_over() throws Exception {
    leases.renewing = false;
    working = working(paceWithLife(Duration.ofMillis(300)), this::waitForEver);
    working.start();

    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
  }

  @Test
  void a_server_that_leaves_lets_go_at_once_of_what_waits() throws Exception {
    start(this::waitForEver);
    began.await();

    working.leave();

    assertThat(leases.given()).isEqualTo("released to rest PT0S");
    assertThat(working.awaitLeft(time.nanos() + Duration.ofSeconds(10).toNanos())).isTrue();
    assertThat(told).containsExactly("interrupted");
  }

  @Test
  void a_server_that_leaves_finishes_what_it_has_begun_and_begins_nothing_else() throws Exception {
    var finish = new CountDownLatch(1);
    start(lease -> {
      try (var _ = held.effect(lease)) {
        began.countDown();
        finish.await();
        told.add("finished");
      }
      if (!held.leaves(lease)) {
        told.add("goes on");
      }
      time.sleep(Duration.ofMinutes(1));
      return Duration.ZERO;
    });
    began.await();

    working.leave();
    finish.countDown();

    assertThat(working.awaitLeft(time.nanos() + Duration.ofSeconds(10).toNanos())).isTrue();
    assertThat(told).containsExactly("finished");
    assertThat(leases.given()).isEqualTo("released to rest PT0S");
  }

  @Test
  void what_is_not_finished_at_the_deadline_is_stopped_and_given_back() throws Exception {
    start(lease -> {
      try (var _ = held.effect(lease)) {
        return waitForEver(lease);
      }
    });
    began.await();

    working.leave();

    assertThat(told).isEmpty();
    assertThat(working.awaitLeft(time.nanos() + Duration.ofMillis(100).toNanos())).isFalse();
    assertThat(told).containsExactly("interrupted");
    assertThat(leases.given()).isEqualTo("released to rest PT0S");
  }

  @Test
  void a_wish_to_leave_that_comes_before_an_effect_does_not_cut_it_short() throws Exception {
    var told = new LinkedBlockingQueue<String>();
    held.begin(LEASE, Thread.currentThread(), time.nanos());
    held.leave();

    try (var _ = held.effect(LEASE)) {
      told.add(Thread.currentThread().isInterrupted() ? "cut short" : "whole");
    }

    assertThat(told).containsExactly("whole");
    assertThat(Thread.interrupted()).as("and it stops at its next wait").isTrue();
  }

  @Test
  void a_turn_ends_after_a_second_so_that_others_get_theirs() throws Exception {
    start(lease -> {
      told.add(Boolean.toString(held.turnIsOver(lease)));
      ahead.set(Duration.ofMillis(1_100).toNanos());
      told.add(Boolean.toString(held.turnIsOver(lease)));
      return Duration.ZERO;
    });

    assertThat(leases.given()).isEqualTo("passed on");
    assertThat(told).containsExactly("false", "true");
  }

  @Test
  void a_lease_that_is_not_held_allows_nothing() {
    assertThatThrownBy(() -> held.effect(LEASE)).isInstanceOf(LeaseLost.class);
  }

  private void start(LeasedWork.Work work) {
    working = working(QUICK, work);
    working.start();
  }

  private LeasedWork working(Pace pace, LeasedWork.Work work) {
    return new LeasedWork(
        "environment", "one", leases, held(pace), new NoFeed(), pace, time, 4, work);
  }

  private HeldLeases held(Pace pace) {
    return pace.equals(QUICK) ? held : new HeldLeases(time, pace);
  }

  private static Pace paceWithLife(Duration life) {
    return new Pace(
        life, QUICK.idle(), QUICK.retry(), QUICK.doubt(), QUICK.verify(), QUICK.undoTries());
  }

  private Duration waitForEver(Lease lease) throws InterruptedException {
    began.countDown();
    try {
      time.sleep(Duration.ofMinutes(10));
    } catch (InterruptedException e) {
      told.add("interrupted");
      throw e;
    }
    return Duration.ZERO;
  }

  private final class AheadTime implements Time {
    @Override
    public java.time.Instant instant() {
      return SYSTEM.instant();
    }

    @Override
    public long nanos() {
      return SYSTEM.nanos() + ahead.get();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      SYSTEM.sleep(duration);
    }

    @Override
    public Thread thread(String name, Runnable task) {
      return SYSTEM.thread(name, task);
    }

    @Override
    public void join(Thread thread, Duration most) throws InterruptedException {
      SYSTEM.join(thread, most);
    }
  }

  /// One lease, given out once.
  private static final class OneLease implements Leases {
    final AtomicInteger claims = new AtomicInteger();
    final AtomicBoolean free = new AtomicBoolean(true);
    final BlockingQueue<String> back = new LinkedBlockingQueue<>();
    volatile boolean renewing = true;

    @Override
    public Optional<Lease> claim(String owner, Duration life) {
      if (free.getAndSet(false)) {
        claims.incrementAndGet();
        return Optional.of(LEASE);
      }
      return Optional.empty();
    }

    @Override
    public boolean renew(Lease lease, Duration life) {
      if (!renewing) {
        throw new StoreUnavailable("renewing", new java.io.IOException("away"));
      }
      return true;
    }

    @Override
    public void failed(Lease lease, Duration rest) {
      back.add("failed, to rest " + rest);
    }

    @Override
    public Tries tries(Lease lease) {
      return new Tries(1, Optional.empty());
    }

    @Override
    public void suspect(Lease lease, long deploy) {}

    @Override
    public void passOn(Lease lease) {
      back.add("passed on");
    }

    @Override
    public void release(Lease lease, Duration rest) {
      back.add("released to rest " + rest);
    }

    String given() throws InterruptedException {
      return String.valueOf(back.poll(10, TimeUnit.SECONDS));
    }
  }

  private static final class NoFeed implements Feed {
    @Override
    public List<Entry> after(long id, int most) {
      return List.of();
    }

    @Override
    public long newest() {
      return 0;
    }

    @Override
    public Mark mark() {
      return new Mark(0, 0, 0);
    }

    @Override
    public void await(long id, Duration most) throws InterruptedException {
      Time.SYSTEM.sleep(most);
    }
  }
}
