package dev.fleetwright.server.http;

import dev.fleetwright.server.auth.BrowserDoor;
import dev.fleetwright.server.auth.Caller;
import java.time.Duration;

/// Whether who opened a stream may still read it. Streams live for hours; signing out, or losing
/// the token, ends them within five seconds (CVE-2024-41666).
final class StreamRight {

  static final Duration CHECKED_EVERY = Duration.ofSeconds(4);

  private final BrowserDoor browsers;
  private final Caller caller;
  private long checkedAt = System.nanoTime();

  StreamRight(BrowserDoor browsers, Caller caller) {
    this.browsers = browsers;
    this.caller = caller;
  }

  boolean lasts() {
    if (System.nanoTime() - checkedAt < CHECKED_EVERY.toNanos()) {
      return true;
    }
    checkedAt = System.nanoTime();
    return browsers.still(caller);
  }
}
