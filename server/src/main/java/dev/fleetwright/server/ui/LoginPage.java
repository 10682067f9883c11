package dev.fleetwright.server.ui;

/// Signing in with a token.
///
/// @param next where to go afterwards; a path of ours
/// @param error why it did not work before; may be empty
record LoginPage(String next, String error) {}
