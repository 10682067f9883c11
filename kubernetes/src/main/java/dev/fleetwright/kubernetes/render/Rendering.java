package dev.fleetwright.kubernetes.render;

/// What came of rendering.
public sealed interface Rendering {

  /// The objects, as a stream of YAML documents. The same tree and source give the same text.
  record Rendered(String yaml) implements Rendering {}

  /// It cannot be rendered, or must not be.
  ///
  /// @param why what, where, and what to do about it; may have several lines
  record Refused(String why) implements Rendering {}
}
