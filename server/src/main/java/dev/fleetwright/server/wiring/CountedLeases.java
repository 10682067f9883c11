package dev.fleetwright.server.wiring;

import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.Leases;
import dev.fleetwright.server.http.Metrics;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Leases, counting what comes of asking. Where that is wanted none is taken while room is short;
/// those that are held go on.
final class CountedLeases implements Leases {

  private final Leases leases;
  private final BooleanSupplier isShort;
  private final Runnable claimed;
  private final Runnable lost;
  private final Runnable released;
  private final Runnable passedOn;
  private final Runnable failed;

  /// @param what such as `environment`
  CountedLeases(Leases leases, String what, Metrics metrics) {
    this(leases, what, metrics, () -> false);
  }

  /// @param isShort whether no lease is taken now
  CountedLeases(Leases leases, String what, Metrics metrics, BooleanSupplier isShort) {
    this.leases = leases;
    this.isShort = isShort;
    var name = "fleetwright.leases." + what;
    this.claimed = metrics.counter(name, "What became of leases", "claimed");
    this.lost = metrics.counter(name, "What became of leases", "lost");
    this.released = metrics.counter(name, "What became of leases", "released");
    this.failed = metrics.counter(name, "What became of leases", "failed");
    this.passedOn = metrics.counter(name, "What became of leases", "passed on");
  }

  @Override
  public Optional<Lease> claim(String owner, Duration life) {
    if (isShort.getAsBoolean()) {
      return Optional.empty();
    }
    var lease = leases.claim(owner, life);
    if (lease.isPresent()) {
      claimed.run();
    }
    return lease;
  }

  @Override
  public boolean renew(Lease lease, Duration life) {
    var held = leases.renew(lease, life);
    if (!held) {
      lost.run();
    }
    return held;
  }

  @Override
  public void failed(Lease lease, Duration rest) {
    leases.failed(lease, rest);
    failed.run();
  }

  @Override
  public Tries tries(Lease lease) {
    return leases.tries(lease);
  }

  @Override
  public void suspect(Lease lease, long deploy) {
    leases.suspect(lease, deploy);
  }

  @Override
  public void passOn(Lease lease) {
    leases.passOn(lease);
    passedOn.run();
  }

  @Override
  public void release(Lease lease, Duration rest) {
    leases.release(lease, rest);
    released.run();
  }
}
