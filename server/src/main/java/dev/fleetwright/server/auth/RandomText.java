package dev.fleetwright.server.auth;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/// Secrets that nobody can guess: 256 random bits, so that a plain SHA-256 of them may be kept
/// (ASVS 5.0, 7.2.3 and 11.5.1).
final class RandomText {

  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomText() {}

  static Secret with(String prefix) {
    var bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Secret.of(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  static Digest hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
