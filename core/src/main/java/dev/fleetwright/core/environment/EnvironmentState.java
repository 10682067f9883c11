package dev.fleetwright.core.environment;

import java.util.Locale;

/// Whether an environment is in use; GitLab's three states.
public enum EnvironmentState {
  AVAILABLE,
  /// A deploy that takes it down is under way.
  STOPPING,
  STOPPED;

  /// `available`, `stopping`, `stopped`.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
