package dev.fleetwright.server.auth;

import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.secret.SealedValues;
import dev.fleetwright.core.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;

/// The secrets that webhooks sign with, one for each project. They are kept sealed and not hashed,
/// because checking an HMAC needs the value.
public final class WebhookSecrets {

  private static final String NAME = "webhook";

  private final SealedValues values;
  private final SealingKey key;
  private final Clock clock;

  public WebhookSecrets(SealedValues values, SealingKey key, Clock clock) {
    this.values = values;
    this.key = key;
    this.clock = clock;
  }

  /// Make a new one; the one before counts no more.
  ///
  /// @return to be shown once
  public Secret make(ProjectName project) {
    var secret = RandomText.with("");
    var sealed = key.seal(project.value(), NAME, secret.reveal().getBytes(StandardCharsets.UTF_8));
    values.put(project.value(), NAME, sealed, clock.instant());
    return secret;
  }

  /// The secret of a project; empty when it has none.
  public Optional<Secret> find(ProjectName project) {
    return values
        .find(project.value(), NAME)
        .map(sealed -> key.open(project.value(), NAME, sealed))
        .map(bytes -> Secret.of(new String(bytes, StandardCharsets.UTF_8)));
  }
}
