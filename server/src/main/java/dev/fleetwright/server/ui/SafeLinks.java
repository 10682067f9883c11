package dev.fleetwright.server.ui;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Lets through only links that are safe to click on. What users and targets write may be anything,
/// such as `javascript:` (CVE-2024-28175 of Argo CD and many like it).
final class SafeLinks {

  private SafeLinks() {}

  /// The address itself when it is http or https and has a host, otherwise an empty text.
  static String web(String address) {
    try {
      var uri = new URI(address);
      var scheme = uri.getScheme();
      if (scheme == null || uri.getHost() == null || uri.getUserInfo() != null) {
        return "";
      }
      return switch (scheme.toLowerCase(Locale.ROOT)) {
        case "http", "https" -> uri.toASCIIString();
        default -> "";
      };
    } catch (URISyntaxException e) {
      return "";
    }
  }

  /// A link that shows the address, and leads there only when that is safe.
  static Link shown(String address) {
    return new Link(address, web(address));
  }
}
