package dev.fleetwright.adapters.ssh;

import java.io.IOException;

/// A host did what it was asked and says that it went wrong, such as a full disk.
final class HostFailed extends IOException {

  /// @param what names the host, what was being done, and what the host says
  HostFailed(String what) {
    super(what);
  }
}
