package dev.fleetwright.server.wiring;

import dev.fleetwright.server.operations.BaseImages;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks now and then whether the images that projects are built on have changed. Not among the
/// rounds of the clock: a registry that does not answer would hold those up.
final class BaseImageRounds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BaseImageRounds.class);

  private static final Duration ROUND = Duration.ofMinutes(1);

  private final BaseImages bases;
  private final Thread thread;

  BaseImageRounds(BaseImages bases) {
    this.bases = bases;
    this.thread = Thread.ofVirtual().name("base images").unstarted(this::go);
  }

  void start() {
    thread.start();
  }

  private void go() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(ROUND.toNanos());
        round();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws InterruptedException {
    try {
      bases.round();
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("base images could not be looked at; trying again later");
    }
  }

  /// What is being asked is answered to nobody; nothing was changed by asking.
  @Override
  public void close() {
    thread.interrupt();
  }
}
