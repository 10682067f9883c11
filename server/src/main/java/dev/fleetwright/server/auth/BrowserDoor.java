package dev.fleetwright.server.auth;

import dev.fleetwright.core.access.Sessions;
import dev.fleetwright.core.access.Sessions.Session;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.secret.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Signs browsers in and out.
///
/// The cookie holds 256 random bits that are made anew with every sign-in, so none can be fixed
/// beforehand; the record holds their SHA-256.
public final class BrowserDoor {

  /// Unused for so long, a session ends (ASVS 5.0, 7.3.1).
  public static final Duration IDLE = Duration.ofHours(12);

  /// However much used, after so long it ends (ASVS 5.0, 7.3.2).
  public static final Duration LONGEST = Duration.ofDays(7);

  private static final Duration NOTED_EVERY = Duration.ofMinutes(1);

  private final Sessions sessions;
  private final TokenDoor tokens;
  private final Clock clock;

  public BrowserDoor(Sessions sessions, TokenDoor tokens, Clock clock) {
    this.sessions = sessions;
    this.tokens = tokens;
    this.clock = clock;
  }

  /// Sign a browser in.
  ///
  /// @return what its cookie shall hold
  public Secret signIn(Caller caller) {
    var secret = RandomText.with("");
    var now = clock.instant();
    sessions.add(
        new Session(RandomText.hash(secret.reveal()), caller.token(), now, now),
        now.minus(IDLE),
        now.minus(LONGEST));
    return secret;
  }

  /// Who is behind this cookie; empty when the session has ended, or the token that it was opened
  /// with is gone.
  public Optional<Caller> caller(String cookie) {
    return caller(RandomText.hash(cookie));
  }

  /// Whether what a caller has shown still counts. Long streams ask again and again.
  public boolean still(Caller caller) {
    return caller.session().isPresent()
        ? caller(caller.session().get()).isPresent()
        : tokens.caller(caller.token(), Optional.empty()).isPresent();
  }

  /// Sign a browser out.
  public void signOut(Caller caller) {
    caller.session().ifPresent(sessions::remove);
  }

  private Optional<Caller> caller(Digest id) {
    var now = clock.instant();
    var session = sessions.find(id).filter(s -> lives(s, now));
    if (session.isEmpty()) {
      return Optional.empty();
    }
    if (session.get().seenAt().plus(NOTED_EVERY).isBefore(now)) {
      sessions.seen(id, now);
    }
    return tokens.caller(session.get().token(), Optional.of(id));
  }

  private static boolean lives(Session session, Instant now) {
    return session.seenAt().plus(IDLE).isAfter(now)
        && session.createdAt().plus(LONGEST).isAfter(now);
  }
}
