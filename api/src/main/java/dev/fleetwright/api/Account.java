package dev.fleetwright.api;

import java.util.List;

/// What a repository says, what was understood of it, and what cannot be done yet.
///
/// @param sha the commit that was read
public record Account(String repository, String ref, String sha, List<Finding> findings) {

  /// About one file.
  ///
  /// @param what kind of file it is, such as `pipeline`, `dockerfile`, `kubernetes`, `fleetwright`
  /// @param understood one sentence each
  /// @param notYet what it says and this release does not do, one sentence each
  public record Finding(
      String file,
      String what,
      List<String> understood,
      List<String> notYet,
      List<Problem> problems) {}
}
