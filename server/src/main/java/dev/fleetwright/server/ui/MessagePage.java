package dev.fleetwright.server.ui;

/// A page that says one thing, such as an error.
///
/// @param code such as `404`; may be empty
/// @param remedy what to do about it; may be empty
/// @param detail in small print, such as the request's name for whoever reads the log; may be empty
record MessagePage(
    String code, String icon, String title, String text, String remedy, String detail, Link next) {}
