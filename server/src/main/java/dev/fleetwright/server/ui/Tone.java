package dev.fleetwright.server.ui;

import java.util.Locale;

/// How good or bad something is. Never shown alone: a word and an icon go with it.
enum Tone {
  GOOD,
  BUSY,
  WAIT,
  WARN,
  BAD,
  IDLE;

  /// The class in the stylesheet.
  String css() {
    return "tone-" + name().toLowerCase(Locale.ROOT);
  }
}
