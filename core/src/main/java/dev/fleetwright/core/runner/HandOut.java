package dev.fleetwright.core.runner;

import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import java.time.Duration;
import java.time.Instant;

/// A job that waits for a runner, or is with one. A job that is run again is handed out anew.
///
/// @param job may be the same for several, when the script of a deploy is run again
/// @param cancelled whether the job was cancelled; its runner is told so when it next reports
/// @param trace how much of what the job prints has come
public record HandOut(
    long id,
    long job,
    long pipeline,
    Wish wish,
    Instant offeredAt,
    State state,
    boolean cancelled,
    Trace trace) {

  /// Where the job is.
  public sealed interface State {}

  /// It waits for a runner.
  public record Offered() implements State {}

  /// A runner has it.
  ///
  /// @param system which of the runner's machines
  /// @param contactAt when that was last heard of
  /// @param timeout that it was given
  public record Taken(long runner, String system, Instant at, Instant contactAt, Duration timeout)
      implements State {}

  /// The runner said how it ended, or it was given up.
  ///
  /// @param runner that had it
  /// @param takenAt when it was taken
  public record Ended(long runner, Instant takenAt, Ending ending, Instant at) implements State {}

  /// Nobody shall take it any more.
  public record Withdrawn() implements State {}

  /// What was received of the bytes that a job prints, as the runner counts them. What is in the
  /// log differs from that: secrets are masked here once more.
  ///
  /// @param received bytes that are in the log, in whatever form; the runner sends from here on
  /// @param checksum CRC-32 of those, as the runner sent them
  /// @param logged how long the log was then. When it is longer, a server died between writing the
  ///   log and writing this, and the same bytes come again
  public record Trace(long received, int checksum, long logged) {
    /// Nothing yet.
    ///
    /// @param logged how long the log is already
    public static Trace from(long logged) {
      return new Trace(0, 0, logged);
    }
  }
}
