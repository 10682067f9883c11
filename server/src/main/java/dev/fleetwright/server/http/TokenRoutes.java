package dev.fleetwright.server.http;

import dev.fleetwright.api.Token;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.server.operations.AccessOperations;
import java.time.Clock;
import java.util.List;

/// The tokens that open the API.
final class TokenRoutes {

  private final AccessOperations operations;
  private final Clock clock;

  TokenRoutes(AccessOperations operations, Clock clock) {
    this.operations = operations;
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
                    operations.tokens().stream().map(TokenRoutes::wire).toList())),
        Route.post("/api/v1/tokens", Access.SIGNED_IN, "Make a token; it is shown this once.")
            .taking(Token.Make.class)
            .giving(Token.Made.class)
            .as(201)
            .by(this::make),
        Route.post(
                "/api/v1/tokens/{token}/revoke",
                Access.SIGNED_IN,
                "Take a token away: it opens nothing any more, and browsers that signed in with it"
                    + " are signed out. The last one stays.")
            .orRefusing()
            .giving(Token.class)
            .by(call ->
                wire(Answers.done(operations.revokeToken(call.id("token"), call.actor())))));
  }

  private Token.Made make(Call call, Token.Make wish) {
    var made = Answers.done(operations.makeToken(wish.name(), call.actor()));
    return new Token.Made(wire(made.token()), made.secret().reveal());
  }

  private static Token wire(Tokens.Token token) {
    return new Token(token.id(), token.name(), token.createdAt(), token.lastUsedAt());
  }
}
