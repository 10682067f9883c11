package dev.fleetwright.server.wiring;

import dev.fleetwright.server.operations.ScheduleOperations;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks each second for schedules whose slot has come. Every server looks; which of them starts
/// the pipeline of a slot is decided in the transaction that records it.
final class ScheduleRounds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ScheduleRounds.class);

  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(10);

  private final ScheduleOperations operations;
  private final Thread thread;

  ScheduleRounds(ScheduleOperations operations) {
    this.operations = operations;
    this.thread = Thread.ofVirtual().name("schedules").unstarted(this::go);
  }

  void start() {
    thread.start();
  }

  private void go() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(round().toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration round() {
    try {
      operations.round();
      return ROUND;
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("schedules could not be looked at; trying again");
      return AFTER_TROUBLE;
    }
  }

  /// What is not started now is started by another server, or after the next start.
  @Override
  public void close() {
    thread.interrupt();
  }
}
