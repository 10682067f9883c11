package dev.fleetwright.core.target;

import java.util.List;

/// What applying a revision would change. Making one touches nothing.
public sealed interface Preview {

  /// It can be applied.
  ///
  /// @param changes everything that would change, and what would not
  /// @param basis what runs now
  record Possible(List<Change> changes, Observation basis) implements Preview {
    public Possible {
      changes = List.copyOf(changes);
    }

    /// The instances that batches can be made of, in the order to go through them.
    public List<String> instances() {
      return basis.hosts();
    }
  }

  /// It cannot be applied.
  ///
  /// @param reason what stands in the way and what to do about it
  record Impossible(String reason) implements Preview {}
}
