package dev.fleetwright.core.target;

/// How one component on one instance is.
public enum Health {
  /// It runs and its probe, where it has one, says yes.
  HEALTHY,
  /// It has been started and has not yet answered.
  STARTING,
  /// It runs and its probe says no, or it keeps dying.
  FAILING,
  /// It should run and does not.
  DOWN,
  /// It cannot be asked now; what is said of it is the last that was known.
  UNREACHABLE
}
