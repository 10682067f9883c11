package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.core.access.Tokens.Removal;
import dev.fleetwright.core.access.Tokens.Token;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.server.auth.TokenDoor;
import dev.fleetwright.server.auth.WebhookSecrets;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;

/// Making and taking away what opens the server: tokens, and the secrets of webhooks.
public final class AccessOperations {

  /// It is shown and recorded as who did what, so it may not look like something else.
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@-]{0,99}");

  private final Tokens tokens;
  private final TokenDoor door;
  private final WebhookSecrets secrets;
  private final Projects projects;
  private final Clock clock;

  public AccessOperations(Tokens tokens, WebhookSecrets secrets, Projects projects, Clock clock) {
    this.tokens = tokens;
    this.door = new TokenDoor(tokens, clock);
    this.secrets = secrets;
    this.projects = projects;
    this.clock = clock;
  }

  /// All tokens, oldest first; never their values.
  public List<Token> tokens() {
    return tokens.all();
  }

  /// Make a token.
  ///
  /// @param name whose it is or what it is for; more than one may have it
  public Answer<TokenDoor.Made> makeToken(String name, Actor by) {
    return NAME.matcher(name).matches()
        ? Answer.done(door.make(name, by))
        : Answer.refused(
            "bad_token_name",
            "that cannot be a token's name",
            "use 1 to 100 letters, digits, spaces and `._@-`, beginning with a letter or digit");
  }

  /// Take a token away. It opens nothing any more, on every replica within a second, and browsers
  /// that signed in with it are signed out.
  public Answer<Token> revokeToken(long id, Actor by) {
    return switch (tokens.remove(id, by, clock.instant())) {
      case Removal.Removed(var token) -> Answer.done(token);
      case Removal.Gone() -> Answer.notFound("token " + id);
      case Removal.Last(var token) ->
          Answer.refused(
              "last_token",
              "token `%s` is the only one: without it nobody could come in".formatted(token.name()),
              "make another one first");
    };
  }

  /// Make a new secret for a project's webhook.
  ///
  /// @param atOnce whether the one before counts no more; else it does for [WebhookSecrets#OVERLAP]
  public Answer<WebhookSecrets.Made> renewWebhookSecret(
      ProjectName project, boolean atOnce, Actor by) {
    return projects.find(project).isPresent()
        ? Answer.done(secrets.renew(project, atOnce, by))
        : Answer.notFound("project `" + project + "`");
  }
}
