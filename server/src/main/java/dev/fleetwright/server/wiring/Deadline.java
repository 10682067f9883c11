package dev.fleetwright.server.wiring;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closing a server's parts takes a while at most.
final class Deadline {

  private static final Logger log = LoggerFactory.getLogger(Deadline.class);

  /// With the time that steps under way have, below the 30 seconds after which service managers and
  /// Kubernetes kill.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private Deadline() {}

  /// Do it, and return when it is done or the time is over.
  static void of(Runnable closing) {
    var thread = Thread.ofPlatform().daemon().name("closing").start(closing);
    try {
      if (!thread.join(PATIENCE)) {
        log.atWarn()
            .addKeyValue("seconds", PATIENCE.toSeconds())
            .log("server ends with parts that did not close");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
