package dev.fleetwright.api;

import java.time.Instant;
import java.util.Optional;

/// What somebody outside says of a commit; the last word of each name counts.
///
/// @param name such as `security/scan`
/// @param description in a few words; may be empty
/// @param url where to read more
public record Status(
    String sha,
    String name,
    State state,
    String description,
    Optional<String> url,
    String by,
    Instant at) {

  /// GitLab's states of a commit status.
  public enum State {
    PENDING,
    RUNNING,
    SUCCESS,
    FAILED,
    CANCELED,
    SKIPPED
  }

  /// Say something of a commit.
  public record Report(
      String name, State state, Optional<String> description, Optional<String> url) {}
}
