package dev.fleetwright.api;

import java.util.Optional;

/// What to be told of: everything that matches all that is given.
///
/// @param deploy its id
public record Watch(Optional<String> project, Optional<String> environment, Optional<Long> deploy) {

  /// Everything that moves.
  public static final Watch EVERYTHING =
      new Watch(Optional.empty(), Optional.empty(), Optional.empty());

  /// One project.
  public static Watch project(String name) {
    return new Watch(Optional.of(name), Optional.empty(), Optional.empty());
  }

  /// One environment.
  public static Watch environment(String project, String name) {
    return new Watch(Optional.of(project), Optional.of(name), Optional.empty());
  }

  /// One deploy.
  public static Watch deploy(long id) {
    return new Watch(Optional.empty(), Optional.empty(), Optional.of(id));
  }
}
