package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A pipeline that starts by the clock.
///
/// @param cron five fields, on the clocks of `zone`
/// @param variables names only: people put passwords into values
/// @param active whether it starts anything
/// @param next when it starts the next pipeline, if it is active
/// @param pipeline the id of the newest that it started
/// @param problem why the last slot gave no pipeline
public record Schedule(
    long id,
    String project,
    String description,
    String ref,
    String cron,
    String zone,
    List<String> variables,
    boolean active,
    Instant next,
    Optional<Long> pipeline,
    Optional<String> problem,
    String by) {

  /// Make one.
  ///
  /// @param ref a branch or tag; empty for the default branch
  /// @param zone empty for `UTC`
  public record Make(
      String description,
      String cron,
      Optional<String> ref,
      Optional<String> zone,
      Optional<Map<String, String>> variables) {}
}
