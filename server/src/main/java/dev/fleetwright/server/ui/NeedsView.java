package dev.fleetwright.server.ui;

import java.util.List;

/// Which jobs need which, as a picture.
///
/// @param edges each as the path of a line
record NeedsView(int width, int height, List<Node> nodes, List<String> edges) {

  static final int NODE_WIDTH = 190;
  static final int NODE_HEIGHT = 38;

  NeedsView {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /// @param name as far as there is room for it
  /// @param words all of it, and how it is
  record Node(int x, int y, String href, String name, String words, Badge status) {}
}
