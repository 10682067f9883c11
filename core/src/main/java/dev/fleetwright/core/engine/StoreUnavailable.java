package dev.fleetwright.core.engine;

/// The store cannot work now: its database is not reachable, too busy, or its disk is full.
///
/// Any port to the store may throw it. Whether a write that throws it was stored is not known, so a
/// caller that wants to go on looks again and decides again; what it then finds is the truth.
/// Everything of a write is there or nothing is.
public sealed class StoreUnavailable extends RuntimeException permits StoreFull {
  /// @param during what was being done, such as `storing an event of deploy 7`
  public StoreUnavailable(String during, Throwable cause) {
    super(during, cause);
  }
}
