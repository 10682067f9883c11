package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.train.Train;
import dev.fleetwright.core.train.TrainRequest;
import dev.fleetwright.core.train.TrainState;
import dev.fleetwright.core.train.Trains;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Deploys that each stand alone.
final class NoTrains implements Trains {

  @Override
  public Train add(TrainRequest request, Actor by, Instant at) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public Optional<Train> asked(String idempotencyKey) {
    return Optional.empty();
  }

  @Override
  public Optional<Train> find(long id) {
    return Optional.empty();
  }

  @Override
  public Optional<Train> ofDeploy(long deploy) {
    return Optional.empty();
  }

  @Override
  public List<Train> all(int most, int skip) {
    return List.of();
  }

  @Override
  public List<Train> unfinished() {
    return List.of();
  }

  @Override
  public boolean goBack(long id, String reason, Actor by, Instant at) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public void keep(long id, Actor by, Instant at) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public void end(long id, TrainState how, Instant at) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public void wake(long deploy) {
    throw new UnsupportedOperationException("no test needs it");
  }
}
