package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.TargetBinding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The environment 1, for tests whose plans are all chosen beforehand.
final class OneEnvironment implements Environments {

  private final List<Live> live;

  /// Its rules; a test may change them.
  Policy policy = Policy.NONE;

  /// @param live what runs in it by the record
  OneEnvironment(List<Live> live) {
    this.live = List.copyOf(live);
  }

  @Override
  public Optional<Environment> find(long id) {
    return Optional.of(
        new Environment(
            id,
            new ProjectName("shop"),
            new EnvironmentName("production"),
            new EnvironmentSlug("production"),
            Tier.PRODUCTION,
            EnvironmentState.AVAILABLE,
            Optional.empty(),
            policy,
            List.of(),
            Optional.empty(),
            Instant.EPOCH));
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
    return live;
  }

  @Override
  public boolean stopAt(long environment, Instant then, Instant at) {
    throw new UnsupportedOperationException("no job asks for it");
  }

  @Override
  public List<Environment> dueToStop(Instant now) {
    return List.of();
  }
}
