package dev.fleetwright.core.pipeline;

import java.util.List;
import java.util.Optional;

/// What is made of a job that succeeded.
///
/// @param coverage the pattern, between slashes, whose last match in the log is the coverage
public record Aftermath(
    Optional<ReleaseSpec> release, Optional<String> coverage, Optional<Pages> pages) {

  /// Nothing.
  public static final Aftermath NONE =
      new Aftermath(Optional.empty(), Optional.empty(), Optional.empty());

  /// A tag's entry in the list of releases (`release`). Texts are expanded as far as known; the
  /// rest is known when the job has run.
  ///
  /// @param description text, or the path of a file in the work tree that holds it
  /// @param ref what is tagged if the tag is not there yet; empty for the pipeline's commit
  /// @param releasedAt ISO 8601, or a variable that holds it
  public record ReleaseSpec(
      String tagName,
      String description,
      Optional<String> tagMessage,
      Optional<String> name,
      Optional<String> ref,
      List<String> milestones,
      Optional<String> releasedAt,
      List<Link> links) {
    public ReleaseSpec {
      milestones = List.copyOf(milestones);
      links = List.copyOf(links);
    }

    /// @param kind `runbook`, `package`, `image` or `other`
    public record Link(String name, String url, Optional<String> filepath, String kind) {}
  }

  /// Files that are served as a web site.
  ///
  /// @param publish the folder, among the job's artifacts
  /// @param prefix path below the project's site; empty for its root
  /// @param expireIn as written; empty for the default
  public record Pages(String publish, String prefix, Optional<String> expireIn) {}
}
