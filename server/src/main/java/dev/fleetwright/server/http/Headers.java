package dev.fleetwright.server.http;

import io.javalin.http.Context;

/// The headers that every answer has.
final class Headers {

  /// Nothing but our own files: no inline script or style, no other host, no frame.
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
          + " object-src 'none'; require-trusted-types-for 'script'";

  private final boolean https;

  /// @param https whether browsers reach this server by https
  Headers(boolean https) {
    this.https = https;
  }

  void put(Context context) {
    context.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("X-Frame-Options", "DENY");
    context.header("Referrer-Policy", "same-origin");
    context.header("Cross-Origin-Opener-Policy", "same-origin");
    context.header("Cross-Origin-Resource-Policy", "same-origin");
    context.header("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    // Routes of files that never change say otherwise.
    context.header("Cache-Control", "no-store");
    if (https) {
      context.header("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
  }
}
