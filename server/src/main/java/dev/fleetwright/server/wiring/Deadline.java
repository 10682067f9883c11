package dev.fleetwright.server.wiring;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stopping takes a while at most. What has not come to a safe point by then is gone on with by the
/// next start, as after any other death.
final class Deadline {

  private static final Logger log = LoggerFactory.getLogger(Deadline.class);

  /// Below the 30 seconds after which service managers and Kubernetes kill.
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private Deadline() {}

  /// Do it, and return when it is done or the time is over.
  static void of(Runnable stopping) {
    var thread = Thread.ofPlatform().daemon().name("stopping").start(stopping);
    try {
      if (!thread.join(PATIENCE)) {
        log.atWarn()
            .addKeyValue("seconds", PATIENCE.toSeconds())
            .log("server stops with work under way; the next start goes on with it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
