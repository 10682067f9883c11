package dev.fleetwright.core.environment;

import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.TargetBinding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A place in the life of a project's releases, such as `staging`, on one or more targets.
///
/// @param id unique in this installation
/// @param slug fixed when the environment is made
/// @param url where people reach it
/// @param targets in the order in which they are deployed to; may be empty when only a job's script
///   deploys
/// @param autoStopAt when it takes itself down
public record Environment(
    long id,
    ProjectName project,
    EnvironmentName name,
    EnvironmentSlug slug,
    Tier tier,
    EnvironmentState state,
    Optional<String> url,
    Policy policy,
    List<TargetBinding> targets,
    Optional<Instant> autoStopAt,
    Instant createdAt) {

  public Environment {
    targets = List.copyOf(targets);
  }

  /// Where on a target this environment is.
  public Place placeOn(String target) {
    return new Place(project, slug, target);
  }

  /// The name of this environment's ledger stream and of what its lease is on.
  public String stream() {
    return project + "/" + name;
  }
}
