package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A program on another machine that runs jobs; never its token.
///
/// @param project the only one whose jobs it takes
/// @param tags that jobs may ask for
/// @param runUntagged whether it also takes jobs that ask for no tag
/// @param protectedOnly whether it takes jobs of protected branches only
/// @param paused whether it takes no more jobs
/// @param longestSeconds after which it ends any job
/// @param heardAt when a machine of it was last heard of
/// @param machines that use it, those heard of last first
/// @param jobs the ids of the jobs that it has
public record Runner(
    long id,
    String description,
    Optional<String> project,
    List<String> tags,
    boolean runUntagged,
    boolean protectedOnly,
    boolean paused,
    Optional<Long> longestSeconds,
    Optional<Instant> heardAt,
    List<Machine> machines,
    List<Long> jobs,
    String madeBy,
    Instant madeAt) {

  /// A machine that uses a runner's registration; all but the last two is what it says of itself.
  public record Machine(
      String system,
      String version,
      String platform,
      String architecture,
      String executor,
      String address,
      Instant heardAt) {}

  /// Make a runner.
  ///
  /// @param description how people know it
  public record Make(
      String description,
      Optional<String> project,
      Optional<List<String>> tags,
      Optional<Boolean> runUntagged,
      Optional<Boolean> protectedOnly,
      Optional<Boolean> paused,
      Optional<Long> longestSeconds) {}

  /// The answer to [Make].
  ///
  /// @param token for `gitlab-runner register --token`; shown this once, kept nowhere
  public record Made(Runner runner, String token) {}
}
