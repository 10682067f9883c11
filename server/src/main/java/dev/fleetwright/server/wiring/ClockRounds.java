package dev.fleetwright.server.wiring;

import dev.fleetwright.server.operations.ArtifactExpiry;
import dev.fleetwright.server.operations.ScheduleOperations;
import dev.fleetwright.server.operations.TakeDowns;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks each second what has become due: slots of schedules, environments and artifacts whose time
/// is over. Every server looks; which of them acts is decided in the transaction that records it.
final class ClockRounds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ClockRounds.class);

  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(10);

  private final ScheduleOperations schedules;
  private final TakeDowns takeDowns;
  private final ArtifactExpiry artifacts;
  private final Thread thread;

  ClockRounds(ScheduleOperations schedules, TakeDowns takeDowns, ArtifactExpiry artifacts) {
    this.schedules = schedules;
    this.takeDowns = takeDowns;
    this.artifacts = artifacts;
    this.thread = Thread.ofVirtual().name("clock").unstarted(this::go);
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
      schedules.round();
      takeDowns.round();
      artifacts.round();
      return ROUND;
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("what is due could not be looked at; trying again");
      return AFTER_TROUBLE;
    }
  }

  /// What is not done now is done by another server, or after the next start.
  @Override
  public void close() {
    thread.interrupt();
  }
}
