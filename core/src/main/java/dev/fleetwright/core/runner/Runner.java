package dev.fleetwright.core.runner;

import dev.fleetwright.core.project.ProjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A runner as it was registered. Several machines may use one registration; each is a
/// [Runners.Host].
///
/// @param project whose jobs alone it takes; empty for those of all projects
/// @param tags what jobs may ask for
/// @param runUntagged whether it also takes jobs that ask for no tag
/// @param protectedOnly whether it takes jobs of protected branches only
/// @param paused whether it takes nothing new
/// @param longest after which it ends any job; empty for what the job says
public record Runner(
    long id,
    String description,
    Optional<ProjectName> project,
    SortedSet<String> tags,
    boolean runUntagged,
    boolean protectedOnly,
    boolean paused,
    Optional<Duration> longest,
    String madeBy,
    Instant madeAt) {

  public Runner {
    tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
  }

  /// Whether it may ever take such a job, also if it is paused now (contract 2d.3, the scheduling
  /// rule).
  public boolean fits(Wish wish) {
    return isFor(wish.project())
        && (wish.tags().isEmpty() ? runUntagged : tags.containsAll(wish.tags()))
        && (wish.protectedRef() || !protectedOnly);
  }

  /// Whether it takes jobs of this project at all.
  public boolean isFor(ProjectName other) {
    return project.isEmpty() || project.get().equals(other);
  }

  /// How long a job may take here that may take so long elsewhere.
  public Duration atMost(Duration said) {
    return longest.filter(l -> l.compareTo(said) < 0).orElse(said);
  }
}
