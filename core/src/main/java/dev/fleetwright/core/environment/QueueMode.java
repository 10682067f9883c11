package dev.fleetwright.core.environment;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// In which order the deploys of an environment take their turn: the process modes of GitLab's
/// `resource_group`, with the same words and the same meaning.
///
/// What GitLab calls a job is a deploy here: a job of an older pipeline whose turn has not come in
/// that pipeline is no deploy yet, and blocks nobody. GitLab's deadlock, a parent that holds the
/// resource while its child waits for it, cannot come about: a deploy starts no other deploy of its
/// own environment.
public enum QueueMode {
  /// Whichever is ready; of several the one that was asked for first.
  UNORDERED,
  /// The oldest, ready or not: an older one that still waits for something blocks the newer ones.
  OLDEST_FIRST,
  /// The newest, ready or not; older ones are superseded when it has succeeded.
  NEWEST_FIRST,
  /// Of those that are ready, the newest.
  NEWEST_READY_FIRST;

  /// As it is written: `newest_ready_first`.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Read what [#keyword] wrote.
  public static Optional<QueueMode> of(String keyword) {
    return Arrays.stream(values()).filter(v -> v.keyword().equals(keyword)).findFirst();
  }
}
