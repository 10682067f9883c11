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
  /// [Slice.Share] can be applied: callers are shared out between what runs and a newcomer.
  SHARES,
  /// [Slice.Standby] and [Slice.Switch] can be applied: a newcomer is brought up without callers,
  /// and callers are sent to it in one step.
  STANDBY,
  /// [Target#remove] takes everything away.
  REMOVE,
  /// [Target#logs] gives what components print.
  LOGS
}
