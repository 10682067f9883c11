package dev.fleetwright.bench;

import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Does nothing but remember what was applied, in memory: what is left is the engine.
final class NoOpTarget implements Target {

  private final Map<Place, Revision> runs = new ConcurrentHashMap<>();
  final LongAdder applied = new LongAdder();

  /// When something was last applied, by [System#nanoTime].
  volatile long lastApplied;

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.OBSERVE, Capability.ROLL_BACK);
  }

  @Override
  public Observation observe(Place place) {
    return new Observation(
        runs.getOrDefault(place, Revision.EMPTY).components().stream()
            .map(
                c -> new Observation.Instance("here", c.name(), c.digest(), Health.HEALTHY, "", ""))
            .toList(),
        List.of("here"));
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    return new Preview.Possible(
        List.of(new Change(Change.Kind.UPDATE, "everything", List.of())), observe(place));
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    lastApplied = System.nanoTime();
    runs.put(place, desired);
    applied.increment();
    return new Outcome.Applied("");
  }

  @Override
  public Outcome remove(Order order, Place place) {
    return new Outcome.Refused("never asked for");
  }
}
