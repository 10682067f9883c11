package dev.fleetwright.core.target;

/// A target cannot be asked now; it may answer later.
public final class TargetUnreachable extends RuntimeException {

  /// @param during what was being done, such as `observing shop-production on edge-1`
  public TargetUnreachable(String during, Throwable cause) {
    super(during, cause);
  }
}
