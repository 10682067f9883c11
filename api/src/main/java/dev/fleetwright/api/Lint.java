package dev.fleetwright.api;

import java.util.List;
import java.util.Map;

/// Ask whether files can be used. Nothing is stored or run.
///
/// @param files contents by path from the root of the repository, such as `.gitlab-ci.yml`,
///   `fleetwright.yml` and what they include
public record Lint(Map<String, String> files) {

  /// What was found.
  ///
  /// @param valid whether no problem is an error
  /// @param account what was understood, one sentence each
  public record Answer(boolean valid, List<Problem> problems, List<String> account) {}
}
