package dev.fleetwright.core.engine;

import java.time.Duration;
import java.time.Instant;

/// Time in which the clock on the wall stands still; everything else is this machine's.
record FixedTime(Instant instant) implements Time {
  @Override
  public long nanos() {
    return SYSTEM.nanos();
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
