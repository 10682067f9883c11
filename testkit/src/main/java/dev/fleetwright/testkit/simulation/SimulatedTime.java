package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.engine.Time;
import java.time.Duration;
import java.time.Instant;

/// The time of one node.
record SimulatedTime(Turns turns, Node node) implements Time {

  static final Instant BEGIN = Instant.parse("2026-11-21T12:00:00Z");

  @Override
  public Instant instant() {
    return BEGIN.plusNanos(turns.now() + node.wallOffNanos);
  }

  @Override
  public long nanos() {
    // Not from 0, and different on each node, as it is on machines.
    return turns.now() + node.name.hashCode() * 1_000_003L;
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    var _ = turns.await("sleep", duration, () -> false);
  }

  @Override
  public Thread thread(String name, Runnable task) {
    return turns.thread(node, name, task);
  }

  @Override
  public void join(Thread thread, Duration most) throws InterruptedException {
    var _ = turns.await("join", most, () -> turns.ended(thread));
  }
}
