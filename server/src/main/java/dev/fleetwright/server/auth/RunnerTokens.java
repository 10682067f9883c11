package dev.fleetwright.server.auth;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.secret.Secret;

/// The tokens of runners and of the jobs that they have. Their beginnings are GitLab's: runners
/// tell by them how to register, and secret scanners know them.
public final class RunnerTokens {

  /// Longer than any token; what is longer is not hashed.
  private static final int LONGEST = 200;

  private RunnerTokens() {}

  /// A new one for a runner.
  public static Secret ofRunner() {
    return RandomText.with("glrt-");
  }

  /// A new one for a job.
  public static Secret ofJob() {
    return RandomText.with("glcbt-");
  }

  /// What is kept of a token, and found by. A guess tells nothing of a token that is nearly right:
  /// their hashes have nothing in common.
  public static Digest hash(String token) {
    return RandomText.hash(token.length() <= LONGEST ? token : "");
  }
}
