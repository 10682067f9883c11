package dev.fleetwright.core.target;

import java.util.List;

/// Facet: what components print.
public interface Logs {

  /// One line of one component.
  record Line(String host, String component, String text) {}

  /// The last lines of a component, oldest first, at most `lines` for each instance.
  ///
  /// @throws TargetUnreachable when no instance could be asked
  List<Line> last(Place place, String component, int lines);
}
