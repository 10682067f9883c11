package dev.fleetwright.core.project;

import dev.fleetwright.core.access.Actor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The projects under care.
public interface Projects {

  /// Add a project.
  ///
  /// @return false when one of that name is there already; nothing was changed then
  boolean add(Project project, Actor by);

  /// One by its name.
  Optional<Project> find(ProjectName name);

  /// All, by name.
  List<Project> all();

  /// Change the default branch.
  void setDefaultBranch(ProjectName name, String branch, Actor by, java.time.Instant at);

  /// The commits at which this project's branches and tags were last acted on, by full reference
  /// name. What a fetch brings beyond these is new.
  Map<String, CommitSha> seen(ProjectName name);

  /// Note that a reference was acted on. An empty `sha` forgets it.
  void see(ProjectName name, String reference, Optional<CommitSha> sha);

  /// Note a delivery of a webhook by its sender's id.
  ///
  /// @return whether it is new; false for a repetition
  boolean firstDelivery(ProjectName name, String delivery, java.time.Instant at);
}
