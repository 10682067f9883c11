package dev.fleetwright.server.ui;

/// Stop or roll back: what that would change, and one button.
record ConfirmPanel(
    String title, String lead, String environment, String back, PreviewView preview) {}
