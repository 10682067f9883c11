package dev.fleetwright.server.ui;

/// A deploy that has not ended.
///
/// @param words such as `r8 · step 2 of 4`
/// @param done how many steps are done
/// @param all how many there are; 0 when that is not known yet
record Underway(String href, Badge badge, String words, int done, int all) {

  boolean counted() {
    return all > 0;
  }
}
