package dev.fleetwright.server.auth;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.secret.SealedValues;
import dev.fleetwright.core.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The secrets that webhooks sign with, one for each project. They are kept sealed and not hashed,
/// because checking an HMAC needs the value.
///
/// A secret that took another's place counts at once; the one before it still counts for a while,
/// so that no push is lost until somebody has entered the new one where the repository is hosted.
public final class WebhookSecrets {

  /// For so long the secret before still counts, unless it was to be replaced at once.
  public static final Duration OVERLAP = Duration.ofHours(24);

  private static final String NAME = "webhook";

  /// Holds the second until which it counts, a space, and the secret.
  private static final String BEFORE = "webhook-before";

  private final SealedValues values;
  private final SealingKey key;
  private final Clock clock;

  public WebhookSecrets(SealedValues values, SealingKey key, Clock clock) {
    this.values = values;
    this.key = key;
    this.clock = clock;
  }

  /// A secret as it is made.
  ///
  /// @param secret to be shown once
  /// @param beforeUntil until when the one before it still counts; empty when it does not
  public record Made(Secret secret, Optional<Instant> beforeUntil) {}

  /// Make the first one of a project. One that there was before counts no more.
  ///
  /// @return to be shown once
  public Secret make(ProjectName project, Actor by) {
    return renew(project, true, by).secret();
  }

  /// Make a new one. Of two who do it at once, one gets a secret that counts as the one before.
  ///
  /// @param atOnce whether the one before counts no more: it leaked
  public Made renew(ProjectName project, boolean atOnce, Actor by) {
    var now = clock.instant();
    var until = now.plus(OVERLAP).truncatedTo(ChronoUnit.SECONDS);
    var before = atOnce ? Optional.<String>empty() : open(project, NAME);
    var secret = RandomText.with("");
    var texts = new TreeMap<>(Map.of(NAME, secret.reveal(), BEFORE, before(before, until)));
    var sealed = new TreeMap<String, byte[]>();
    texts.forEach((name, text) ->
        sealed.put(name, key.seal(project.value(), name, text.getBytes(StandardCharsets.UTF_8))));
    values.put(project.value(), sealed, by, now);
    return new Made(secret, before.map(_ -> until));
  }

  private static String before(Optional<String> before, Instant until) {
    return before.map(secret -> until.getEpochSecond() + " " + secret).orElse("0 ");
  }

  /// The secrets of a project that count, the newest first; none when there is no such project.
  public List<Secret> valid(ProjectName project) {
    var valid = new ArrayList<Secret>();
    open(project, NAME).map(Secret::of).ifPresent(valid::add);
    open(project, BEFORE).flatMap(this::stillCounting).ifPresent(valid::add);
    return valid;
  }

  private Optional<Secret> stillCounting(String before) {
    var parts = before.split(" ", 2);
    return clock.instant().getEpochSecond() < Long.parseLong(parts[0])
        ? Optional.of(Secret.of(parts[1]))
        : Optional.empty();
  }

  private Optional<String> open(ProjectName project, String name) {
    return values
        .find(project.value(), name)
        .map(sealed -> key.open(project.value(), name, sealed))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
