package dev.fleetwright.testkit.simulation;

/// What a thread of a simulated server gets instead of its next turn when the server has died. An
/// error, so that nothing catches it; and whatever a `finally` still tries gets it again, because a
/// dead server gives nothing back.
final class ReplicaDied extends Error {
  private static final long serialVersionUID = 1;

  ReplicaDied() {
    super("the simulated server died", null, false, false);
  }
}
