package dev.fleetwright.core.target;

import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;

/// Where on a target: what belongs to one environment of one project, and to nothing else.
///
/// @param target the name that `fleetwright.yml` gives the target
public record Place(ProjectName project, EnvironmentSlug environment, String target) {

  /// A name that is unique on any one host: project and environment, safe in paths and unit names.
  ///
  /// With a dot between, because no slug has one: joined by `-`, environment `web-test` of `shop`
  /// would be at the place of environment `test` of `shop-web`.
  public String name() {
    return project + "." + environment;
  }
}
