package dev.fleetwright.api;

import java.time.Instant;
import java.util.Optional;

/// A token that opens the API; never the token itself.
public record Token(long id, String name, Instant createdAt, Optional<Instant> lastUsedAt) {

  /// Make a token.
  ///
  /// @param name whose it is or what it is for; shown as who did what
  public record Make(String name) {}

  /// The answer to [Make].
  ///
  /// @param secret the token; shown this once, kept nowhere
  public record Made(Token token, String secret) {}
}
