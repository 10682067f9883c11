package dev.fleetwright.adapters.ssh;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A host that cannot be reached, or was lost while it was working. What was asked of it last may
/// have happened.
final class HostLost extends IOException {

  /// @param what names the host and what was being done
  HostLost(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
