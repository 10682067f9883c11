package dev.fleetwright.core.release;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Component;
import java.time.Instant;
import java.util.List;

/// What a pipeline made from one commit; never changed afterwards. Going from environment to
/// environment it stays the same bytes: promotion never rebuilds.
///
/// @param id unique in this installation
/// @param number counts a project's releases from 1
/// @param title of the commit
/// @param components what runs, without an environment's variables
public record Release(
    long id,
    ProjectName project,
    long number,
    CommitSha sha,
    String ref,
    String title,
    String author,
    long pipeline,
    List<Component> components,
    Instant createdAt) {

  public Release {
    components = List.copyOf(components);
  }

  /// As people call it: `r7`.
  public String version() {
    return "r" + number;
  }

  /// With its commit: `r7 · 1a2b3c4d`.
  public String label() {
    return version() + " · " + sha.brief();
  }
}
