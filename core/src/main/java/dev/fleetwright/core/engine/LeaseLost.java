package dev.fleetwright.core.engine;

/// A write was turned down because a newer generation holds the lease. The only wrong thing to do
/// then is to write once more.
final class LeaseLost extends RuntimeException {

  LeaseLost(Lease lease) {
    super("a newer holder than generation " + lease.generation() + " has " + lease.id());
  }
}
