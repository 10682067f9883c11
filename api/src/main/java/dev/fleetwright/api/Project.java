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

  /// Make a new secret for the webhook.
  ///
  /// @param atOnce whether the one before counts no more, because it leaked; else it counts for 24
  ///   more hours, so that no push is lost until the new one is entered
  public record RenewSecret(Optional<Boolean> atOnce) {}

  /// The answer to [RenewSecret].
  ///
  /// @param webhookSecret to be entered where the repository is hosted; shown this once
  /// @param beforeUntil until when the one before still counts; not there when it does not
  public record RenewedSecret(String webhookSecret, Optional<Instant> beforeUntil) {}

  /// What a fetch brought.
  ///
  /// @param pipelines ids of the pipelines that it started
  /// @param problems why some pushes got none
  public record Synced(List<Long> pipelines, List<String> problems) {}
}
