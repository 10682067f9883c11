package dev.fleetwright.core.engine;

/// Named places where a test lets the server die. In production nothing happens there.
@FunctionalInterface
public interface KillPoint {

  /// The place where nothing ever dies.
  KillPoint NONE = name -> {};

  /// Pass a place.
  ///
  /// @param name such as `step-2.after-effect`
  void pass(String name);
}
