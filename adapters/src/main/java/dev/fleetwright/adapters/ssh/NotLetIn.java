package dev.fleetwright.adapters.ssh;

import java.io.IOException;

/// A host that we do not trust, or that does not trust us. Asking again changes nothing; a person
/// has to.
final class NotLetIn extends IOException {

  /// @param reason names the host and the remedy
  NotLetIn(String reason) {
    super(reason);
  }
}
