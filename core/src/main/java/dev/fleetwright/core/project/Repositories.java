package dev.fleetwright.core.project;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The Git repositories of projects, as bare mirrors of this server.
///
/// Nothing of a repository is ever executed: no hooks, no filters, no configuration of its own.
/// Reading is by object, never through a checkout.
public interface Repositories {

  /// Bring the mirror up to date; make it when it is not there. One fetch at a time per project; a
  /// second call waits for the first and then fetches again.
  ///
  /// @return branches and tags by full name (`refs/heads/main`) with the commits they point at
  /// @throws RemoteUnavailable when its host cannot answer now, or said so a moment ago
  /// @throws IOException when the remote cannot be read; the mirror stays as it was
  Map<String, CommitSha> fetch(ProjectName project, String repository) throws IOException;

  /// Branches and tags of the mirror as it is, without asking the remote.
  Map<String, CommitSha> references(ProjectName project) throws IOException;

  /// The branch that the remote's `HEAD` names.
  Optional<String> defaultBranch(ProjectName project) throws IOException;

  /// A branch, tag, or full or abbreviated commit name as a commit.
  Optional<CommitSha> resolve(ProjectName project, String reference) throws IOException;

  /// One commit.
  Optional<Commit> commit(ProjectName project, CommitSha sha) throws IOException;

  /// The newest commits reachable from one, newest first.
  List<Commit> log(ProjectName project, CommitSha from, int most) throws IOException;

  /// A file at a commit; empty when it is not there or is no regular file.
  ///
  /// @throws IOException also when it is larger than `most` bytes
  Optional<byte[]> file(ProjectName project, CommitSha sha, String path, int most)
      throws IOException;

  /// All file paths at a commit.
  List<String> paths(ProjectName project, CommitSha sha) throws IOException;

  /// Paths that differ between two commits.
  List<String> changedPaths(ProjectName project, CommitSha from, CommitSha to) throws IOException;

  /// How many commits `to` has that `from` has not; for "12 commits behind".
  int ahead(ProjectName project, CommitSha from, CommitSha to) throws IOException;

  /// Lay the files of a commit into an empty folder, as a repository of its own with that commit
  /// checked out, so that `git` works in it. Links that leave the folder are refused.
  void checkOut(ProjectName project, CommitSha sha, String ref, Path folder) throws IOException;

  /// A commit, for people.
  record Commit(
      CommitSha sha,
      String title,
      String message,
      String authorName,
      String authorEmail,
      java.time.Instant committedAt,
      List<CommitSha> parents) {}
}
