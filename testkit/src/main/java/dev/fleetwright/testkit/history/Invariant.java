package dev.fleetwright.testkit.history;

/// What holds whatever fails.
public enum Invariant {
  /// Whatever was answered with yes is there afterwards, and every deploy ends or waits for
  /// something that has a name.
  I1_NOTHING_LOST,
  /// In one environment the effects of two deploys never overlap, and no target acts on a lower
  /// fencing token after a higher one.
  I2_ONE_AT_A_TIME,
  /// A repeatable step leaves what one execution leaves; another is executed at most once by
  /// itself. Nothing is done that the plan does not say, nothing is taken back out of order.
  I3_EFFECTS,
  /// When a deploy has ended, what runs is what its end says.
  I4_CONVERGED,
  /// Nothing runs that was not approved; the chain of records holds, and has one record for each
  /// event, as has the feed.
  I5_AUDIT,
  /// Each attempt's lines are there from the first on, in order, once, and hold no secret.
  I6_LOGS,
  /// Nothing follows the end; each write adds one; only the newest holder writes.
  I7_MONOTONE,
  /// Others take over in time.
  I8_TIME
}
