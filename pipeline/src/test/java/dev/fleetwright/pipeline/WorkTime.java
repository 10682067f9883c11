package dev.fleetwright.pipeline;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/// How long this thread works on something. Not the time on the clock: other programs of the
/// machine would be measured as well.
public final class WorkTime {
  private WorkTime() {}

  public static Duration of(Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    var before = threads.getCurrentThreadCpuTime();
    work.run();
    return Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);
  }
}
