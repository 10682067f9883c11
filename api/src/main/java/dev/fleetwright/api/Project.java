package dev.fleetwright.api;

import java.time.Instant;

/// A Git repository under care.
///
/// @param repository what is fetched; never holds a credential
/// @param defaultBranch the branch whose `fleetwright.yml` sets the policy
/// @param webhook where pushes are told, relative to the server
public record Project(
    String name, String repository, String defaultBranch, String webhook, Instant createdAt) {

  /// Take a repository under care.
  ///
  /// @param name empty for one made from the repository's
  /// @param defaultBranch empty for the one that the remote's `HEAD` names
  public record Add(
      java.util.Optional<String> name,
      String repository,
      java.util.Optional<String> defaultBranch) {}

  /// The answer to [Add].
  ///
  /// @param webhookSecret to be entered where the repository is hosted; shown this once
  public record Added(Project project, String webhookSecret) {}

  /// What a fetch brought.
  ///
  /// @param pipelines ids of the pipelines that it started
  public record Synced(java.util.List<Moved> moved, java.util.List<Long> pipelines) {
    /// A reference that moved.
    ///
    /// @param sha empty when it is gone
    public record Moved(String reference, java.util.Optional<String> sha) {}
  }
}
