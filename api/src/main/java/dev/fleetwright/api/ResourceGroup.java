package dev.fleetwright.api;

import java.util.Locale;
import java.util.Optional;

/// A resource group of a project: of its jobs only one is under way at a time.
///
/// @param holder the id of the job that has the slot
public record ResourceGroup(String name, Mode mode, Optional<Long> holder) {

  /// Whose turn it is when the slot is free; GitLab's process modes.
  public enum Mode {
    UNORDERED,
    OLDEST_FIRST,
    NEWEST_FIRST,
    NEWEST_READY_FIRST;

    /// As it is written.
    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Change whose turn it is.
  public record Order(Mode mode) {}
}
