package dev.fleetwright.server.http;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// Where others reach this server, as it was configured; never what a caller says.
final class PublicAddress {

  private final URI uri;

  /// @param uri such as `https://deploy.example`
  PublicAddress(URI uri) {
    this.uri = uri;
  }

  boolean https() {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  /// The whole address of a path.
  String of(String path) {
    var text = uri.toString();
    return (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path;
  }

  /// The name of the cookie that a browser is signed in with.
  ///
  /// The prefix `__Host-` makes browsers refuse it from a neighbouring host, but they keep such a
  /// cookie only over https. Over plain http, which is for this machine alone, it has no prefix;
  /// the port is part of its name, because cookies are not kept apart by port.
  String cookie() {
    return https() ? "__Host-fleetwright" : "fleetwright-" + port();
  }

  /// Whether a page of this origin is one of ours: the configured address, or the one that the
  /// request was sent to, which a foreign page cannot choose together with its own origin.
  ///
  /// @param host the request's header `Host`
  boolean ours(String origin, Optional<String> host) {
    var said = origin.toLowerCase(Locale.ROOT);
    return said.equals(origin())
        || host.filter(h -> !https() && said.equals("http://" + h.toLowerCase(Locale.ROOT)))
            .isPresent();
  }

  private String origin() {
    var standard = https() ? 443 : 80;
    return uri.getScheme().toLowerCase(Locale.ROOT)
        + "://"
        + uri.getHost().toLowerCase(Locale.ROOT)
        + (port() == standard ? "" : ":" + port());
  }

  private int port() {
    return uri.getPort() >= 0 ? uri.getPort() : https() ? 443 : 80;
  }
}
