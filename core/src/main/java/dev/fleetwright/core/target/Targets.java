package dev.fleetwright.core.target;

/// Opens targets from their configuration.
@FunctionalInterface
public interface Targets {

  /// The target of a binding. Cheap; connects to nothing.
  ///
  /// @throws IllegalArgumentException when the kind is not known or its settings are not usable;
  ///   the message says which setting and what to write
  Target open(TargetBinding binding);
}
