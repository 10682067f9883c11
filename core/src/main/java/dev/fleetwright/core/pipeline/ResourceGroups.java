package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The resource groups of all projects: of the jobs of one group only one is under way at a time.
///
/// A slot is held by a job and is free again as soon as that job has ended, whatever ended it; no
/// server has to give it back.
public interface ResourceGroups {

  /// One group.
  ///
  /// @param holder the job that has its slot
  record ResourceGroup(String name, ProcessMode mode, Optional<Long> holder) {}

  /// The answer to a job that asks for its group's slot.
  sealed interface Slot {
    /// It has it, by this call or an earlier one.
    record Taken() implements Slot {}

    /// Another job has it or goes before.
    record Busy(long job) implements Slot {}

    /// It can never have it: what goes before waits itself for the pipeline of this job to end.
    ///
    /// @param job that has the slot, or has to have it before
    record Circular(long job) implements Slot {}
  }

  /// Give a job its group's slot, if it is its turn.
  ///
  /// @throws IllegalArgumentException if the job has no group
  Slot take(Job job, Lease lease);

  /// Those that a job of the project has asked for so far, by name.
  List<ResourceGroup> of(ProjectName project);

  /// Change whose turn it is in a group.
  ///
  /// @return whether there is such a group
  boolean order(ProjectName project, String name, ProcessMode mode, Actor by, Instant at);
}
