package dev.fleetwright.core.target;

/// What a target can do. What it lists works, what it does not list it refuses with a reason;
/// `TargetContract` checks both.
public enum Capability {
  /// [Target#observe] tells what runs. Without it a step is run at most once automatically, and a
  /// step whose answer got lost waits for a person.
  OBSERVE,
  /// An earlier revision can be applied over a later one.
  ROLL_BACK,
  /// [Slice.Components] can be applied.
  COMPONENTS,
  /// [Slice.Batch] can be applied.
  BATCHES,
  /// [Target#remove] takes everything away.
  REMOVE,
  /// [Target#logs] gives what components print.
  LOGS
}
