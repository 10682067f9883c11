package dev.fleetwright.server.ui;

import dev.fleetwright.core.access.Tokens.Token;
import dev.fleetwright.server.auth.TokenDoor;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.AccessOperations;
import dev.fleetwright.server.operations.Answer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// The tokens that open this server.
final class TokenPages {

  private final AccessOperations operations;
  private final Framing framing;
  private final InstantSource clock;

  TokenPages(AccessOperations operations, Framing framing, InstantSource clock) {
    this.operations = operations;
    this.framing = framing;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Framing.show(Paths.TOKENS, "The tokens that open the server.", this::show),
        Framing.act(Paths.TOKENS, "Make a token.", this::make),
        Framing.act(Paths.TOKENS + "/{token}/revoke", "Take a token away.", this::revoke));
  }

  private void show(Call call) {
    show(call, 200, List.of());
  }

  private void show(Call call, int status, List<Notice> notices) {
    var now = clock.instant();
    var rows = operations.tokens().stream().map(token -> row(token, now)).toList();
    var frame =
        framing.frame(
            call, "Tokens", List.of(new Link("Tokens", "")), Paths.TOKENS, "", "", notices);
    Framing.answer(call, status, frame, Html.tokens(frame, new TokensPage(rows)));
  }

  private static TokensPage.Row row(Token token, Instant now) {
    return new TokensPage.Row(
        token.name(),
        Moment.of(token.createdAt(), now),
        token.lastUsedAt().map(at -> Moment.of(at, now)).stream().toList(),
        Action.asking(
            "revoke-" + token.id(),
            "Revoke",
            Paths.TOKENS + "/" + token.id() + "/revoke",
            "danger",
            "x",
            "It opens nothing any more, and browsers that signed in with it are signed out.",
            false));
  }

  private void make(Call call) {
    switch (operations.makeToken(Form.required(call, "name").strip(), call.actor())) {
      case Answer.Done<TokenDoor.Made>(var made) ->
          framing.answerSecret(
              call,
              new Link("Tokens", Paths.TOKENS),
              made.token().name(),
              new SecretPage(
                  "Token " + made.token().name(),
                  made.secret().reveal(),
                  "Only its hash is kept. Put it where it is needed before you leave this page.",
                  new Link("To the tokens", Paths.TOKENS)));
      case Answer.NotFound<TokenDoor.Made>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<TokenDoor.Made>(_, var message, var remedy, _) ->
          show(call, 400, List.of(Notice.refusal(message, remedy, List.of())));
    }
  }

  private void revoke(Call call) {
    switch (operations.revokeToken(call.id("token"), call.actor())) {
      case Answer.Done<Token> _ -> call.goTo(Paths.TOKENS);
      case Answer.NotFound<Token>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Token>(_, var message, var remedy, _) ->
          show(call, 409, List.of(Notice.refusal(message, remedy, List.of())));
    }
  }
}
