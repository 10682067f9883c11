package dev.fleetwright.adapters.ssh;

import java.util.Locale;

/// Numbers of bytes for people.
final class Sizes {

  private Sizes() {}

  /// `812 B`, `3.4 kB`, `20.0 MB`.
  static String spoken(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
