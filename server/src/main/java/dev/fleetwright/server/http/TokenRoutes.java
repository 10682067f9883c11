package dev.fleetwright.server.http;

import dev.fleetwright.api.Token;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.server.auth.TokenDoor;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;

/// The tokens that open the API.
final class TokenRoutes {

  /// It is shown and recorded as who did what, so it may not look like something else.
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@-]{0,99}");

  private final Tokens tokens;
  private final TokenDoor door;
  private final Clock clock;

  TokenRoutes(Tokens tokens, TokenDoor door, Clock clock) {
    this.tokens = tokens;
    this.door = door;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/tokens", Access.SIGNED_IN, "All tokens; never their values.")
            .givingPageOf(Token.class)
            .by(call ->
                call.whole(
                    clock.instant(),
                    "record",
                    tokens.all().stream().map(TokenRoutes::wire).toList())),
        Route.post("/api/v1/tokens", Access.SIGNED_IN, "Make a token; it is shown this once.")
            .taking(Token.Make.class)
            .giving(Token.Made.class)
            .as(201)
            .by(this::make));
  }

  private Token.Made make(Call call, Token.Make wish) {
    if (!NAME.matcher(wish.name()).matches()) {
      throw Refusal.malformed(
          "that cannot be a token's name",
          "use 1 to 100 letters, digits, spaces and `._@-`, beginning with a letter or digit");
    }
    var made = door.make(wish.name(), call.actor());
    return new Token.Made(wire(made.token()), made.secret().reveal());
  }

  private static Token wire(Tokens.Token token) {
    return new Token(token.id(), token.name(), token.createdAt(), token.lastUsedAt());
  }
}
