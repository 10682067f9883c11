package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A Git repository under care.
///
/// @param repository what is fetched; never holds a credential
/// @param defaultBranch the branch whose `fleetwright.yml` sets the policy
/// @param webhook where pushes are told, relative to the server
public record Project(
    String name, String repository, String defaultBranch, String webhook, Instant createdAt) {

  /// Take a repository under care.
  ///
  /// @param repository a URL or a path on the server; without a credential
  /// @param run whether to run the pipeline of the default branch at once; it is when not said
  public record Add(String name, String repository, Optional<Boolean> run) {}

  /// The answer to [Add].
  ///
  /// @param webhookSecret to be entered where the repository is hosted; shown this once
  public record Added(Project project, String webhookSecret) {}

  /// What a fetch brought.
  ///
  /// @param pipelines ids of the pipelines that it started
  /// @param problems why some pushes got none
  public record Synced(List<Long> pipelines, List<String> problems) {}
}
