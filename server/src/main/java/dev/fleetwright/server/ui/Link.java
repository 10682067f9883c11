package dev.fleetwright.server.ui;

/// A place to go to.
///
/// @param href a path of ours; what users wrote comes through [SafeLinks] first. Empty when there
///   is nowhere to go, then only the text is shown
record Link(String text, String href) {

  boolean leads() {
    return !href.isEmpty();
  }
}
