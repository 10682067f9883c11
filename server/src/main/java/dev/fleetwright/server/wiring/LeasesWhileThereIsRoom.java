package dev.fleetwright.server.wiring;

import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.Leases;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Leases of which none is taken while room is short; those that are held go on.
record LeasesWhileThereIsRoom(Leases leases, BooleanSupplier isShort) implements Leases {

  @Override
  public Optional<Lease> claim(String owner, Duration life) {
    return isShort.getAsBoolean() ? Optional.empty() : leases.claim(owner, life);
  }

  @Override
  public boolean renew(Lease lease, Duration life) {
    return leases.renew(lease, life);
  }

  @Override
  public void passOn(Lease lease) {
    leases.passOn(lease);
  }

  @Override
  public void release(Lease lease, Duration rest) {
    leases.release(lease, rest);
  }
}
