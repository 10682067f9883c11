package dev.fleetwright.testkit.history;

/// Something happened that must not.
///
/// @param what for people: what, where, and against which rule
public record Violation(Invariant invariant, String what) {
  @Override
  public String toString() {
    return invariant + ": " + what;
  }
}
