package dev.fleetwright.core.engine;

import java.time.Duration;

/// How long the engine waits for what.
///
/// @param leaseLife after which another server takes over from one that is gone
/// @param idle how long to look for work in vain before looking again, if nothing wakes it
/// @param retry between two questions to a target that could not answer
/// @param doubt how long a step may stay in doubt before it is abandoned
/// @param verify how long what runs may take to be healthy
/// @param undoTries how often a refused undo is tried
/// @param gates how long before gates are looked at again that open elsewhere, at no known time
/// @param rest how long an environment is left alone in which only a person can do something; what
///   comes in for it ends that at once
public record Pace(
    Duration leaseLife,
    Duration idle,
    Duration retry,
    Duration doubt,
    Duration verify,
    int undoTries,
    Duration gates,
    Duration rest) {

  /// With the usual rests.
  public Pace(
      Duration leaseLife,
      Duration idle,
      Duration retry,
      Duration doubt,
      Duration verify,
      int undoTries) {
    this(
        leaseLife,
        idle,
        retry,
        doubt,
        verify,
        undoTries,
        Duration.ofSeconds(15),
        Duration.ofMinutes(10));
  }

  /// For real use: a lease of 10 s bounds a take-over to 15 s (reliability R8).
  public static final Pace USUAL =
      new Pace(
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofMinutes(10),
          Duration.ofMinutes(2),
          3);
}
