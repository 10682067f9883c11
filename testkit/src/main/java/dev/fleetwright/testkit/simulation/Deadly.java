package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import java.util.Set;

/// A target some orders of which a server dies of.
record Deadly(Target real, Strike strike) implements Target {

  /// What happens before an order is given.
  interface Strike {
    void on(Order order, Place place, Revision desired);
  }

  @Override
  public Set<Capability> capabilities() {
    return real.capabilities();
  }

  @Override
  public Observation observe(Place place) {
    return real.observe(place);
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    return real.preview(place, desired);
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    strike.on(order, place, desired);
    return real.apply(order, place, desired, slice);
  }

  @Override
  public Outcome remove(Order order, Place place) {
    strike.on(order, place, Revision.EMPTY);
    return real.remove(order, place);
  }
}
