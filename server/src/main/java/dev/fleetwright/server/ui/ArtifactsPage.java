package dev.fleetwright.server.ui;

import java.util.List;

/// A folder of what a job left.
///
/// @param way the folders above, the topmost first
/// @param sum how much it is, with all below
/// @param archive where all of it is as one file
record ArtifactsPage(String job, List<Link> way, List<Entry> entries, String sum, String archive) {

  ArtifactsPage {
    way = List.copyOf(way);
    entries = List.copyOf(entries);
  }

  /// @param icon `folder` or `file`
  /// @param href empty for a link of the file tree
  /// @param note such as `to ../lib`, or a digest; may be empty
  record Entry(String icon, String name, String href, String size, String note) {}
}
