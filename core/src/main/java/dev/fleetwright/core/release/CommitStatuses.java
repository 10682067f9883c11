package dev.fleetwright.core.release;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import java.util.List;
import java.util.Optional;

/// The statuses of commits, by name.
public interface CommitStatuses {

  /// Keep the newest status of this name; the one before is forgotten, its ledger record stays.
  /// Telling the same again changes nothing and writes no record. The commit need not be known: a
  /// scanner may be faster than the fetch.
  ///
  /// @return what is kept
  CommitStatus put(CommitStatus status, Actor by);

  /// The newest of one name.
  Optional<CommitStatus> find(ProjectName project, CommitSha sha, String name);

  /// All of a commit, by name.
  List<CommitStatus> of(ProjectName project, CommitSha sha);
}
