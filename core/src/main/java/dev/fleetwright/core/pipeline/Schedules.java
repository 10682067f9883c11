package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Pipelines that start by the clock.
///
/// A schedule knows its next slot. Whoever starts its pipeline moves it to the slot after in the
/// same transaction, and only from the slot that it was asked about, so each slot gives one
/// pipeline, whatever number of servers look and whichever of them dies.
public interface Schedules {

  /// One schedule.
  ///
  /// @param id unique in this installation
  /// @param cron five fields
  /// @param zone on whose clocks, such as `Europe/Berlin`
  /// @param variables that its pipelines are started with
  /// @param active whether it starts anything
  /// @param next the slot that comes
  /// @param pipeline the newest that it started
  /// @param problem why the last slot gave no pipeline; empty when it did
  /// @param by who made it
  record Schedule(
      long id,
      ProjectName project,
      String description,
      String ref,
      String cron,
      String zone,
      SortedMap<String, String> variables,
      boolean active,
      Instant next,
      Optional<Long> pipeline,
      String problem,
      String by) {}

  /// Make one, active.
  Schedule add(
      ProjectName project,
      String description,
      String ref,
      String cron,
      String zone,
      SortedMap<String, String> variables,
      Instant next,
      Actor by,
      Instant at);

  /// One.
  Optional<Schedule> find(long id);

  /// A project's, oldest first.
  List<Schedule> of(ProjectName project);

  /// Those whose slot has come.
  List<Schedule> due(Instant now);

  /// Let it start nothing, or something again from a slot on.
  ///
  /// @return whether it is there
  boolean activate(long id, boolean active, Instant next, Actor by, Instant at);

  /// Take it away. Pipelines that it started stay.
  ///
  /// @return whether it was there
  boolean remove(long id, Actor by, Instant at);

  /// Start the pipeline of a slot.
  ///
  /// @param schedule with the slot, as it was read
  /// @param next the slot after
  /// @return empty when the slot was taken already, or the schedule was paused or removed meanwhile
  Optional<Pipeline> fire(
      Schedule schedule, Instant next, NewPipeline pipeline, Actor by, Instant at);

  /// Let a slot pass without a pipeline.
  ///
  /// @return whether it had not been taken
  boolean pass(Schedule schedule, Instant next, String problem);
}
