package dev.fleetwright.core.release;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What somebody outside says of a commit, such as a scanner: the last word counts.
///
/// @param name of who says it or of what was looked at, such as `security/scan`
/// @param description in a few words; may be empty
/// @param url where to read more
/// @param by whose token it came with
public record CommitStatus(
    ProjectName project,
    CommitSha sha,
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
    SKIPPED;

    /// As it is written: `success`.
    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Read what [#keyword] wrote.
    public static Optional<State> of(String keyword) {
      return Arrays.stream(values()).filter(s -> s.keyword().equals(keyword)).findFirst();
    }
  }
}
