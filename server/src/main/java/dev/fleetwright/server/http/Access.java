package dev.fleetwright.server.http;

/// Who may call a route. There is no default: a route says it.
public enum Access {
  /// Anybody. Tells nothing about what is kept here.
  OPEN,
  /// Anybody who signs the request, as webhooks do; the route checks it.
  SIGNED,
  /// A runner, or a job that one has, by a token of its own; the route checks it.
  RUNNER,
  /// Who has a token, or a browser that was signed in with one.
  SIGNED_IN
}
