package dev.fleetwright.server.ui;

import java.util.List;

/// "Deploy new": what to deploy, and what that would change.
///
/// @param preview of the chosen release
record DeployPanel(
    String environment, String href, String filter, List<Choice> choices, PreviewView preview) {

  DeployPanel {
    choices = List.copyOf(choices);
  }

  /// A release that can be chosen.
  ///
  /// @param live whether it is what runs now
  record Choice(
      long number,
      String version,
      String commit,
      String ref,
      String title,
      String author,
      Moment at,
      boolean chosen,
      boolean live) {}
}
