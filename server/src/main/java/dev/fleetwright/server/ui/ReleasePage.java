package dev.fleetwright.server.ui;

import java.util.List;

/// A release: the commit that it was made from, and what it consists of.
///
/// @param name such as `r7`
/// @param runsIn environments
record ReleasePage(
    String name,
    String title,
    String commit,
    String ref,
    String author,
    Moment made,
    Link pipeline,
    List<Link> runsIn,
    List<Part> parts) {

  ReleasePage {
    runsIn = List.copyOf(runsIn);
    parts = List.copyOf(parts);
  }

  /// @param what an image with its digest, or how many files
  /// @param digest of it
  /// @param how the image came to be known, and its tag; empty for files
  /// @param base what the image was built from; may be empty
  record Part(String component, String what, String digest, String how, String base) {}
}
