package dev.fleetwright.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Ask whether files can be used. Nothing is stored or run.
///
/// @param files contents by path, such as `.gitlab-ci.yml` and `fleetwright.yml`
/// @param ref the branch to evaluate rules for
public record Lint(Map<String, String> files, Optional<String> ref) {

  /// What was found.
  ///
  /// @param valid whether no problem is an error
  public record Answer(
      boolean valid, List<Problem> problems, List<String> jobs, List<String> environments) {}
}
