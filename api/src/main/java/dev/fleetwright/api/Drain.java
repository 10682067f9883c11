package dev.fleetwright.api;

import java.util.Optional;

/// A server stops in order: it takes no more work, brings the steps and jobs under way to an end,
/// hands everything over, and ends.
///
/// @param within how many seconds steps and jobs under way have
public record Drain(long within) {

  /// Without anything else, below the 30 seconds after which service managers and Kubernetes kill.
  public static final long USUAL_SECONDS = 25;

  /// What is asked for.
  ///
  /// @param within how many seconds steps and jobs under way have before they too are stopped and
  ///   handed over, 0 to 86400; [#USUAL_SECONDS] if not given
  public record Wish(Optional<Long> within) {}
}
