package dev.fleetwright.core.plan;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.environment.Strategy.AllAtOnce;
import dev.fleetwright.core.environment.Strategy.BlueGreen;
import dev.fleetwright.core.environment.Strategy.Canary;
import dev.fleetwright.core.environment.Strategy.Rolling;
import dev.fleetwright.core.environment.Strategy.Stage;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The steps in which targets get from what they run to what they shall run: a [Strategy] laid out
/// over all of them.
final class Course {

  private static final String SHARE_AT_ONCE = "25%";

  /// A target that will be changed.
  ///
  /// @param basis what runs there, and its instances in the order to go through them
  record Leg(
      Target target,
      Place place,
      TargetBinding binding,
      Digest from,
      Revision to,
      Observation basis) {

    boolean can(Capability capability) {
      return target.capabilities().contains(capability);
    }

    List<String> instances() {
      return basis.hosts();
    }

    /// Whether a part of its instances can be changed before the others.
    boolean hasBatches() {
      return can(Capability.BATCHES) && instances().size() > 1;
    }

    /// Whether there are no callers yet that anything could be kept from.
    boolean isFirst() {
      return basis.instances().isEmpty();
    }

    Step step(Slice slice) {
      var observable = can(Capability.OBSERVE);
      return new Step.Apply(
          binding.name(),
          slice,
          from,
          to.digest(),
          observable,
          observable && can(Capability.ROLL_BACK));
    }
  }

  private final List<String> reasons;

  /// @param reasons takes why a target cannot go this way, and what it can instead
  Course(List<String> reasons) {
    this.reasons = reasons;
  }

  /// The steps of all targets, in order.
  List<Step> steps(Strategy strategy, List<Leg> legs) {
    return switch (strategy) {
      case AllAtOnce _ -> legs.stream().map(leg -> leg.step(Slice.all())).toList();
      case Rolling rolling -> legs.stream().flatMap(leg -> rolling(rolling, leg).stream()).toList();
      case Canary canary -> canary(canary, legs);
      case BlueGreen blueGreen -> blueGreen(blueGreen, legs);
    };
  }

  private List<Step> rolling(Rolling rolling, Leg leg) {
    if (!leg.hasBatches()) {
      if (!rolling.equals(Strategy.USUAL) && leg.instances().size() > 1) {
        reasons.add(
            "target `%s` (%s) cannot change its instances one after the other; use `strategy: all_at_once` for this environment"
                .formatted(leg.binding().name(), leg.binding().kind()));
      }
      return List.of(leg.step(Slice.all()));
    }
    var steps = new ArrayList<Step>();
    for (var slice : batches(leg, leg.instances(), rolling.maxUnavailable())) {
      if (!steps.isEmpty() && rolling.pause().isPositive()) {
        steps.add(new Step.Hold(leg.binding().name() + " in part", Optional.of(rolling.pause())));
      }
      steps.add(leg.step(slice));
    }
    return steps;
  }

  private List<Step> canary(Canary canary, List<Leg> legs) {
    var growing = new ArrayList<Growth>();
    var atTheEnd = new ArrayList<Step>();
    for (var leg : legs) {
      if (leg.isFirst() && (leg.hasBatches() || leg.can(Capability.SHARES))) {
        atTheEnd.addAll(rolling(new Rolling(Optional.empty(), Duration.ZERO), leg));
      } else if (leg.hasBatches()) {
        growing.add(new ByInstances(leg));
      } else if (leg.can(Capability.SHARES)) {
        if (accepts(leg, new Slice.Share(1), "begin with a part of the callers")) {
          growing.add(new ByCallers(leg));
        }
      } else {
        cannot(
            leg,
            "begin with a part of itself",
            leg.can(Capability.BATCHES)
                ? "has only one instance"
                : "changes as one and cannot share callers out");
      }
    }
    if (growing.isEmpty()) {
      return atTheEnd;
    }
    var steps = new ArrayList<Step>();
    var percent = 0;
    for (var stage : canary.stages()) {
      if (stage instanceof Stage.Weight(var next)) {
        percent = next;
        growing.forEach(growth -> steps.addAll(growth.to(next)));
      } else {
        steps.add(watch(stage, "canary at " + percent + "%"));
      }
    }
    if (percent < 100) {
      growing.forEach(growth -> steps.addAll(growth.to(100)));
    }
    steps.addAll(atTheEnd);
    return steps;
  }

  private List<Step> blueGreen(BlueGreen blueGreen, List<Leg> legs) {
    var standing = new ArrayList<Step>();
    var switching = new ArrayList<Step>();
    for (var leg : legs) {
      if (!leg.can(Capability.STANDBY)) {
        cannot(
            leg,
            "bring a release up beside the one that runs",
            "has no room for two of them, or nobody there who sends callers to one of the two");
      } else if (leg.isFirst()) {
        switching.add(leg.step(Slice.all()));
      } else if (accepts(leg, new Slice.Standby(), "bring a release up beside the one that runs")) {
        standing.add(leg.step(new Slice.Standby()));
        switching.add(leg.step(new Slice.Switch(blueGreen.keep())));
      }
    }
    var steps = new ArrayList<>(standing);
    if (!standing.isEmpty()) {
      blueGreen.before().forEach(stage -> steps.add(watch(stage, "before the switch")));
    }
    steps.addAll(switching);
    return steps;
  }

  private static Step watch(Stage stage, String name) {
    return switch (stage) {
      case Stage.Pause(var length) -> new Step.Hold(name, length);
      case Stage.Analyse(var probe) -> new Step.Analyse(name, probe);
      case Stage.Weight _ -> throw new IllegalArgumentException("a weight watches nothing");
    };
  }

  /// How a target gets a growing share of the new revision.
  private sealed interface Growth {
    List<Step> to(int percent);
  }

  private static final class ByInstances implements Growth {
    private final Leg leg;
    private int done;

    ByInstances(Leg leg) {
      this.leg = leg;
    }

    @Override
    public List<Step> to(int percent) {
      var reached = reached(percent, leg.instances().size());
      var next = leg.instances().subList(done, Math.max(done, reached));
      done = Math.max(done, reached);
      return batches(leg, next, Optional.empty()).stream().map(leg::step).toList();
    }
  }

  private record ByCallers(Leg leg) implements Growth {
    @Override
    public List<Step> to(int percent) {
      return List.of(leg.step(percent < 100 ? new Slice.Share(percent) : Slice.all()));
    }
  }

  /// Whether the target has nothing against such a slice of this revision.
  private boolean accepts(Leg leg, Slice slice, String what) {
    var objection = leg.target().objection(leg.place(), leg.to(), slice);
    objection.ifPresent(why -> cannot(leg, what, why));
    return objection.isEmpty();
  }

  /// How many instances a share is: rounded up, so that the first stage is never none, and never
  /// all before the last stage.
  static int reached(int percent, int instances) {
    var some = (int) (((long) instances * percent + 99) / 100);
    return percent < 100 ? Math.min(some, instances - 1) : instances;
  }

  private void cannot(Leg leg, String what, String why) {
    reasons.add(
        "target `%s` (%s) cannot %s: it %s; use `strategy: rolling` for this environment"
            .formatted(leg.binding().name(), leg.binding().kind(), what, why));
  }

  private static List<Slice> batches(
      Leg leg, List<String> instances, Optional<String> maxUnavailable) {
    var setting =
        maxUnavailable
            .or(() -> leg.binding().settings().text("max_unavailable"))
            .orElse(SHARE_AT_ONCE);
    var atOnce = atOnce(leg.binding().name(), setting, leg.instances().size());
    var slices = new ArrayList<Slice>();
    for (var i = 0; i < instances.size(); i += atOnce) {
      slices.add(new Slice.Batch(instances.subList(i, Math.min(i + atOnce, instances.size()))));
    }
    return slices;
  }

  /// How many instances may be away at once: a number, or a share that is rounded down as
  /// Kubernetes rounds `maxUnavailable`; at least one, or nothing would ever change.
  ///
  /// @throws IllegalArgumentException if it is neither
  static int atOnce(String target, String maxUnavailable, int instances) {
    try {
      var share = maxUnavailable.endsWith("%");
      var digits =
          share ? maxUnavailable.substring(0, maxUnavailable.length() - 1) : maxUnavailable;
      var number = Integer.parseInt(digits.strip());
      if (number < 1 || (share && number > 100)) {
        throw new NumberFormatException();
      }
      return Math.clamp(share ? (long) instances * number / 100 : number, 1, instances);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "target `%s`: max_unavailable is `%s`; write a number from 1 on, or a share such as 25%%"
              .formatted(target, maxUnavailable),
          e);
    }
  }
}
