package dev.fleetwright.server.auth;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.secret.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Codes that sign one browser in, once, so that a link can be opened without a token in its URL.
///
/// They live in memory only: one that was not used when the server stops has to be made again.
public final class LoginCodes {

  /// Long enough to open a browser.
  public static final Duration LIFE = Duration.ofMinutes(5);

  private static final int MOST = 1_000;

  private final Clock clock;
  private final SequencedMap<Digest, Code> codes = new LinkedHashMap<>();

  private record Code(Caller caller, Instant expiresAt) {}

  public LoginCodes(Clock clock) {
    this.clock = clock;
  }

  /// Make a code for the caller's own browser. The oldest is forgotten when there are too many.
  public synchronized Secret make(Caller caller) {
    if (codes.size() >= MOST) {
      codes.pollFirstEntry();
    }
    var code = RandomText.with("");
    codes.put(RandomText.hash(code.reveal()), new Code(caller, clock.instant().plus(LIFE)));
    return code;
  }

  /// Who made a code; the code is used up by asking.
  public synchronized Optional<Caller> use(String code) {
    return Optional.ofNullable(codes.remove(RandomText.hash(code)))
        .filter(c -> c.expiresAt().isAfter(clock.instant()))
        .map(Code::caller);
  }
}
