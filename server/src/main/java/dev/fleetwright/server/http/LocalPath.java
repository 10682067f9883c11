package dev.fleetwright.server.http;

/// Paths of this very server, for going to after something was done.
final class LocalPath {

  private LocalPath() {}

  /// The path if a browser can only understand it as one of this server, else the other: it begins
  /// with one `/`, and no character in it makes a browser look elsewhere.
  static String or(String path, String other) {
    var local =
        path.startsWith("/")
            && !path.startsWith("//")
            && path.indexOf('\\') < 0
            && path.length() <= 2_000
            && path.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return local ? path : other;
  }
}
