package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.TargetBinding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// For tests whose plans are all chosen beforehand.
final class NoEnvironments implements Environments {
  @Override
  public Optional<Environment> find(long id) {
    return Optional.empty();
  }

  @Override
  public Optional<Environment> find(ProjectName project, EnvironmentName name) {
    return Optional.empty();
  }

  @Override
  public List<Environment> of(ProjectName project) {
    return List.of();
  }

  @Override
  public Environment define(
      ProjectName project,
      EnvironmentName name,
      Tier tier,
      Optional<String> url,
      Policy policy,
      List<TargetBinding> targets,
      Actor by,
      Instant at) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public List<Live> live(long environment) {
    return List.of();
  }

  @Override
  public List<Environment> dueToStop(Instant now) {
    return List.of();
  }
}
