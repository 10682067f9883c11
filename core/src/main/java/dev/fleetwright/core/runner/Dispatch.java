package dev.fleetwright.core.runner;

import java.time.Duration;

/// What the engine needs to have jobs run elsewhere.
public record Dispatch(Runners runners, HandOuts handOuts, Rules rules) {

  /// When jobs go to runners, and how long is waited for what.
  ///
  /// @param everything whether all jobs go to runners, and not only those that ask for tags
  /// @param silence after which a runner that has a job is given up
  /// @param unfit after which a job fails that no runner fits
  /// @param turn after which a job fails that no runner took
  /// @param overtime how much longer than its timeout a job may be with a runner, which ends it
  ///   itself and then has its artifacts to send
  public record Rules(
      boolean everything, Duration silence, Duration unfit, Duration turn, Duration overtime) {

    /// GitLab's figures: an hour and a day for what is stuck (`StuckCiJobsWorker`). Runners speak
    /// every 30 seconds at least (contract 2d.2); five minutes are a restart of a router.
    public static final Rules USUAL =
        new Rules(
            false,
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ofDays(1),
            Duration.ofMinutes(10));

    /// These, with all jobs for runners or not.
    public Rules withEverything(boolean all) {
      return new Rules(all, silence, unfit, turn, overtime);
    }
  }
}
