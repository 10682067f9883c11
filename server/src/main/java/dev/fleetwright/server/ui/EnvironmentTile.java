package dev.fleetwright.server.ui;

import java.util.List;

/// An environment in short.
///
/// @param name empty when a column's head says it
/// @param version such as `r7`; empty when nothing runs
/// @param title of the commit
/// @param since how long; empty list when nothing runs
/// @param held why it takes nothing by itself; empty when it is not held
/// @param behind such as `2 commits behind`; empty when it is not known or up to date
record EnvironmentTile(
    String href,
    String name,
    String tier,
    String version,
    String commit,
    String title,
    List<Moment> since,
    Badge health,
    String behind,
    String held,
    List<Underway> underway) {

  EnvironmentTile {
    since = List.copyOf(since);
    underway = List.copyOf(underway);
  }

  boolean runs() {
    return !version.isEmpty();
  }
}
