package dev.fleetwright.testkit.simulation;

/// What can go wrong, and how often it does, at each occasion, in a usual run.
enum Fault {
  /// A server dies.
  CRASH(1 / 1200.0),
  /// A server stands still, for longer than its leases live.
  PAUSE(1 / 2500.0),
  /// A server's clock on the wall jumps.
  CLOCK_JUMP(1 / 4000.0),

  // The five that Temporal's fault layer has.
  /// The lease with which something is written has just gone to somebody else.
  OWNERSHIP_LOST(1 / 300.0),
  /// No answer for long, and nothing was done.
  TIMEOUT(1 / 500.0),
  /// It was done, and no answer came.
  EXECUTE_AND_TIMEOUT(1 / 150.0),
  /// Turned away at once.
  RESOURCE_EXHAUSTED(1 / 150.0),
  /// The store cannot be reached for a while.
  UNAVAILABLE(1 / 1500.0),

  /// All links of all servers are stopped, one after the other, and let go in another order.
  SWIZZLE(1 / 120.0),

  /// Nobody is told that something moved.
  LOST_NOTIFICATION(1 / 4.0),
  /// Somebody is told, and nothing moved.
  EMPTY_NOTIFICATION(1 / 10.0),

  REFUSED(1 / 30.0),
  /// Refused after a part was done and put back.
  REFUSED_LATE(1 / 50.0),
  LATER(1 / 15.0),
  /// No answer, and nothing was done.
  UNKNOWN_BEFORE(1 / 40.0),
  /// No answer, and a part was done.
  UNKNOWN_HALF(1 / 40.0),
  /// No answer, and it was done.
  UNKNOWN_AFTER(1 / 30.0),
  /// Slower than a lease lives.
  SLOW(1 / 25.0),
  /// A target cannot be reached for a while.
  UNREACHABLE(1 / 80.0),
  /// What was brought there does not get well.
  UNHEALTHY(1 / 60.0);

  final double rate;

  Fault(double rate) {
    this.rate = rate;
  }
}
