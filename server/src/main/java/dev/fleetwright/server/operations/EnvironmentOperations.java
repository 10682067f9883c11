package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.Holds;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// What people decide about an environment itself: whether it takes releases by itself.
public final class EnvironmentOperations {

  private final Holds holds;
  private final InstantSource clock;

  EnvironmentOperations(Holds holds, InstantSource clock) {
    this.holds = holds;
    this.clock = clock;
  }

  /// The hold that is in force, if there is one.
  public Optional<EnvironmentHold> hold(Environment environment) {
    return holds.of(environment.id());
  }

  /// All that are in force.
  public List<EnvironmentHold> holds() {
    return holds.all();
  }

  /// Let an environment take nothing by itself. Holding what is held already changes nothing.
  public Answer<EnvironmentHold> hold(Environment environment, String reason, Actor by) {
    return environment.policy().promotion().takesByItself()
        ? Answer.done(holds.set(environment.id(), reason, by, clock.instant()))
        : Answer.refused(
            "not_automatic",
            "environment `%s` takes nothing by itself, so there is nothing to hold"
                .formatted(environment.name()),
            "only an environment with `auto` in fleetwright.yml can be held; a freeze window stops people too");
  }

  /// Let it take again what it would have taken. Lifting twice is lifting once.
  public Answer<Environment> lift(Environment environment, Actor by) {
    var _ = holds.lift(environment.id(), by, clock.instant());
    return Answer.done(environment);
  }
}
