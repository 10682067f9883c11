package dev.fleetwright.server.auth;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.core.access.Tokens.Token;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.secret.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Makes tokens and knows them again.
///
/// A token is looked up by its SHA-256. How long that takes tells nothing of any token: the hash of
/// a guess has no bytes in common with that of a token that is nearly right.
public final class TokenDoor {

  static final String PREFIX = "fw_";

  /// For so long a token that was found is not looked up again; within so long a token that was
  /// removed stops working, on every replica.
  private static final Duration REMEMBERED = Duration.ofSeconds(1);

  private static final int MOST_REMEMBERED = 1_000;

  private final Tokens tokens;
  private final Clock clock;
  private final SequencedMap<Digest, Found> found = new LinkedHashMap<>();

  private record Found(Token token, Instant at) {}

  /// @param clock tells when a token was used
  public TokenDoor(Tokens tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /// A token as it is made.
  ///
  /// @param secret to be shown once
  public record Made(Token token, Secret secret) {}

  /// Make a token.
  ///
  /// @param name whose it is or what it is for
  public Made make(String name, Actor by) {
    var secret = RandomText.with(PREFIX);
    return new Made(
        tokens.add(name, RandomText.hash(secret.reveal()), by, clock.instant()), secret);
  }

  /// Who holds this token; empty when there is no such token.
  public Optional<Caller> caller(String text) {
    return text.startsWith(PREFIX)
        ? caller(RandomText.hash(text), Optional.empty())
        : Optional.empty();
  }

  Optional<Caller> caller(Digest hash, Optional<Digest> session) {
    return find(hash).map(token -> new Caller(new Actor(token.name()), hash, session));
  }

  private Optional<Token> find(Digest hash) {
    var now = clock.instant();
    synchronized (found) {
      var known = found.get(hash);
      if (known != null && known.at().plus(REMEMBERED).isAfter(now)) {
        return Optional.of(known.token());
      }
    }
    var token = tokens.find(hash, now);
    synchronized (found) {
      if (token.isEmpty()) {
        found.remove(hash);
      } else {
        if (found.size() >= MOST_REMEMBERED) {
          found.pollFirstEntry();
        }
        found.put(hash, new Found(token.get(), now));
      }
    }
    return token;
  }
}
