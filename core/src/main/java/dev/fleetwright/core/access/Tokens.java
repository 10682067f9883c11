package dev.fleetwright.core.access;

import dev.fleetwright.core.artifact.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The tokens that open the API. Only the SHA-256 of a token is kept; tokens are 256 random bits,
/// so a slow hash would add nothing.
public interface Tokens {

  /// A token as it is shown: never the token itself.
  record Token(long id, String name, Instant createdAt, Optional<Instant> lastUsedAt) {}

  /// Keep a new token.
  Token add(String name, Digest hash, Actor by, Instant at);

  /// The token with this hash; notes when it was used, at most once a minute.
  Optional<Token> find(Digest hash, Instant now);

  /// All tokens.
  List<Token> all();

  /// Remove a token, and sign out the browsers that were signed in with it. The last one stays:
  /// without any, nobody could come in. Removing one that is gone changes nothing.
  Removal remove(long id, Actor by, Instant at);

  /// The answer to [#remove].
  sealed interface Removal {
    /// It opens nothing any more.
    record Removed(Token token) implements Removal {}

    /// It is the only one, and stays.
    record Last(Token token) implements Removal {}

    /// There is no such token.
    record Gone() implements Removal {}
  }
}
