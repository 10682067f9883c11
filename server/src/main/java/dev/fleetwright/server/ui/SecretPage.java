package dev.fleetwright.server.ui;

/// A secret that was just made, shown this once. A page of its own, on which nothing moves, so that
/// no event takes it away before it was copied.
///
/// @param words what to do with it
/// @param back where to go on
record SecretPage(String title, String secret, String words, Link back) {}
