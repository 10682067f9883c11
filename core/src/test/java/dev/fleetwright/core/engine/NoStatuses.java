package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.CommitStatus;
import dev.fleetwright.core.release.CommitStatuses;
import java.util.List;
import java.util.Optional;

/// For tests whose environments ask for none.
final class NoStatuses implements CommitStatuses {
  @Override
  public CommitStatus put(CommitStatus status, Actor by) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public Optional<CommitStatus> find(ProjectName project, CommitSha sha, String name) {
    return Optional.empty();
  }

  @Override
  public List<CommitStatus> of(ProjectName project, CommitSha sha) {
    return List.of();
  }
}
