package dev.fleetwright.core.environment;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.TargetBinding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The environments that are known.
public interface Environments {

  /// One by its id.
  Optional<Environment> find(long id);

  /// One by its name.
  Optional<Environment> find(ProjectName project, EnvironmentName name);

  /// A project's, by name.
  List<Environment> of(ProjectName project);

  /// Make it, or change its definition when it is there. Tier and slug are set when it is made and
  /// the slug is never changed. Writes a ledger record only when something changed.
  ///
  /// @throws IllegalArgumentException if another environment of the project has the slug that this
  ///   name gets
  Environment define(
      ProjectName project,
      EnvironmentName name,
      Tier tier,
      Optional<String> url,
      Policy policy,
      List<TargetBinding> targets,
      Actor by,
      Instant at);

  /// What runs in it by the record, one for each target that something was deployed to.
  List<Live> live(long environment);

  /// Put off when an environment takes itself down, while it is available and does so at all.
  ///
  /// @return whether it was changed
  boolean stopAt(long environment, Instant then, Instant at);

  /// Environments whose time is over.
  List<Environment> dueToStop(Instant now);
}
