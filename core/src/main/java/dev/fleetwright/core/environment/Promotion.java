package dev.fleetwright.core.environment;

import java.util.Optional;

/// Where an environment's releases come from.
///
/// @param branch the branch whose releases are deployed here by themselves; with `automatic` only
///   its releases are
/// @param after the environment that a release must have been deployed to before
/// @param automatic whether a release that succeeded in `after` is deployed here by itself
public record Promotion(
    Optional<String> branch, Optional<EnvironmentName> after, boolean automatic) {

  /// Only when somebody asks.
  public static final Promotion NONE = new Promotion(Optional.empty(), Optional.empty(), false);

  public Promotion {
    if (automatic && after.isEmpty()) {
      throw new IllegalArgumentException("there is no environment to promote from");
    }
  }

  /// Whether releases come here without anybody asking.
  public boolean takesByItself() {
    return automatic || branch.isPresent();
  }
}
