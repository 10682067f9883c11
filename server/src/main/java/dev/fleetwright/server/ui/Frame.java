package dev.fleetwright.server.ui;

import java.util.List;

/// What surrounds every page.
///
/// @param visitor who is signed in; empty on the sign-in page
/// @param theme `light`, `dark`, or `auto` for what the browser prefers
/// @param crumbs the way to this page, the page itself last
/// @param self this page's path, which is fetched again when something on it moved
/// @param live what moves on it: `key=value` pairs that an event must have, separated by spaces;
///   `*` for every event, empty when nothing on it moves
/// @param announce said aloud by a screen reader when it changes
record Frame(
    Assets assets,
    String title,
    String visitor,
    String theme,
    List<Link> crumbs,
    String self,
    String live,
    String announce,
    List<Notice> notices) {

  Frame {
    crumbs = List.copyOf(crumbs);
    notices = List.copyOf(notices);
  }

  String icons() {
    return assets.path("icons.svg");
  }

  boolean signedIn() {
    return !visitor.isEmpty();
  }

  /// Where to hear of what moves; empty when nobody is signed in.
  String events() {
    return signedIn() ? "/api/v1/events" : "";
  }
}
