package dev.fleetwright.server.http;

import io.javalin.http.HandlerType;

/// The methods of HTTP that routes have.
public enum Method {
  GET,
  POST,
  PUT,
  PATCH,
  DELETE;

  HandlerType type() {
    return switch (this) {
      case GET -> HandlerType.GET;
      case POST -> HandlerType.POST;
      case PUT -> HandlerType.PUT;
      case PATCH -> HandlerType.PATCH;
      case DELETE -> HandlerType.DELETE;
    };
  }

  /// Whether it may change something (RFC 9110, section 9.2.1).
  boolean unsafe() {
    return this != GET;
  }
}
