package dev.fleetwright.server.ui;

/// A state as people see it: colour, icon and word together, so that none has to be told by colour.
///
/// @param icon a symbol of `icons.svg`
record Badge(Tone tone, String icon, String word) {}
