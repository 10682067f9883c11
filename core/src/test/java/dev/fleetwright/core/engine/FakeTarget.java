package dev.fleetwright.core.engine;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetUnreachable;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An honest target in memory, whose answers and requests can be lost.
final class FakeTarget implements Target {

  Revision runs;
  boolean observable = true;
  String refuses = "";
  String refusesUndo = "";
  int losesAnswers;
  int losesRequests;
  int awayForObservations;

  /// Does a part of what it is asked for, loses the answer, and refuses from then on.
  boolean leavesHalfDone;

  long highestToken;
  @Nullable Revision unhealthyWith;
  Runnable duringApply = () -> {};

  /// How often something really changed.
  int changes;

  /// How often something was asked for, and under how many names.
  int asked;

  int undoAsked;
  final Set<ApplyId> ids = new HashSet<>();

  FakeTarget(Revision runs) {
    this.runs = runs;
  }

  Observation seen() {
    return new Observation(
        runs.components().stream()
            .map(c ->
                new Observation.Instance(
                    "host",
                    c.name(),
                    c.digest(),
                    runs.equals(unhealthyWith) ? Health.FAILING : Health.HEALTHY,
                    "",
                    "seen"))
            .toList(),
        List.of("host"));
  }

  @Override
  public Set<Capability> capabilities() {
    return observable
        ? EnumSet.of(Capability.OBSERVE, Capability.ROLL_BACK, Capability.REMOVE)
        : Set.of();
  }

  @Override
  public Observation observe(Place place) {
    // Away only once something was asked of it: a deploy looks at its targets before it begins.
    if (asked > 0 && awayForObservations > 0) {
      awayForObservations--;
      throw new TargetUnreachable("observing", new IOException("no route to host"));
    }
    return seen();
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    return new Preview.Possible(List.of(), seen());
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    if (order.id().undo()) {
      undoAsked++;
      if (!refusesUndo.isEmpty()) {
        return new Outcome.Refused(refusesUndo);
      }
    } else if (!refuses.isEmpty()) {
      return new Outcome.Refused(refuses);
    }
    asked++;
    highestToken = Math.max(highestToken, order.fencingToken());
    if (leavesHalfDone && !order.id().undo()) {
      refuses = "no room";
      runs = Samples.revision("half");
      return new Outcome.Unknown("half-way", new IOException("connection reset"));
    }
    ids.add(order.id());
    if (losesRequests > 0) {
      losesRequests--;
      return new Outcome.Unknown("connecting", new IOException("connection reset"));
    }
    if (!runs.equals(desired)) {
      runs = desired;
      changes++;
    }
    var during = duringApply;
    duringApply = () -> {};
    during.run();
    if (losesAnswers > 0) {
      losesAnswers--;
      return new Outcome.Unknown("waiting for the answer", new IOException("connection reset"));
    }
    return new Outcome.Applied("done");
  }

  @Override
  public Outcome remove(Order order, Place place) {
    return apply(order, place, Revision.EMPTY, Slice.all());
  }
}
