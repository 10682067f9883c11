package dev.fleetwright.core.target;

import java.time.Duration;

/// What a target answers to an order.
public sealed interface Outcome {

  /// The answers that end the asking.
  sealed interface Settled extends Outcome {}

  /// It is done, or was done already.
  ///
  /// @param note in a few words what was done
  record Applied(String note) implements Settled {}

  /// Nothing changed, or what had changed was put back; asking again is useless.
  ///
  /// @param reason what is wrong and what to do about it
  record Refused(String reason) implements Settled {}

  /// Not now, and nothing was changed by this call; ask again.
  record Later(String reason, Duration askAgainIn) implements Outcome {}

  /// It may or may not have happened. Only an observation can tell.
  ///
  /// @param during what was being done
  record Unknown(String during, Exception cause) implements Outcome {}
}
