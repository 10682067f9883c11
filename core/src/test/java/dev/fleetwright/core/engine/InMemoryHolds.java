package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.Holds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// At most one hold, of whatever environment is asked for.
final class InMemoryHolds implements Holds {

  Optional<EnvironmentHold> inForce = Optional.empty();

  @Override
  public Optional<EnvironmentHold> of(long environment) {
    return inForce;
  }

  @Override
  public List<EnvironmentHold> all() {
    return inForce.stream().toList();
  }

  @Override
  public EnvironmentHold set(long environment, String reason, Actor by, Instant at) {
    var hold = new EnvironmentHold(1, environment, Optional.empty(), by.name(), reason, at);
    inForce = Optional.of(inForce.orElse(hold));
    return inForce.get();
  }

  @Override
  public boolean lift(long environment, Actor by, Instant at) {
    var held = inForce.isPresent();
    inForce = Optional.empty();
    return held;
  }
}
