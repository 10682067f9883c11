package dev.fleetwright.core.plan;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.environment.Strategy.AllAtOnce;
import dev.fleetwright.core.environment.Strategy.Canary;
import dev.fleetwright.core.environment.Strategy.Rolling;
import dev.fleetwright.core.environment.Strategy.Stage;
import dev.fleetwright.core.target.Capability;
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
  /// @param instances it has, in the order to go through them
  record Leg(Target target, TargetBinding binding, Digest from, Digest to, List<String> instances) {
    Leg {
      instances = List.copyOf(instances);
    }

    boolean can(Capability capability) {
      return target.capabilities().contains(capability);
    }

    /// Whether a part of its instances can be changed before the others.
    boolean hasBatches() {
      return can(Capability.BATCHES) && instances.size() > 1;
    }

    Step step(Slice slice) {
      var observable = can(Capability.OBSERVE);
      return new Step.Apply(
          binding.name(), slice, from, to, observable, observable && can(Capability.ROLL_BACK));
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
    };
  }

  private List<Step> rolling(Rolling rolling, Leg leg) {
    if (!leg.hasBatches()) {
      if (!rolling.equals(Strategy.USUAL) && leg.instances().size() > 1) {
        cannot(leg, "change its instances one after the other", "`strategy: all_at_once`");
      }
      return List.of(leg.step(Slice.all()));
    }
    var steps = new ArrayList<Step>();
    for (var slice : batches(leg, leg.instances(), rolling.maxUnavailable())) {
      if (!steps.isEmpty() && rolling.pause().isPositive()) {
        steps.add(
            new Step.Hold(
                leg.binding().name() + " in part", Optional.<Duration>of(rolling.pause())));
      }
      steps.add(leg.step(slice));
    }
    return steps;
  }

  private List<Step> canary(Canary canary, List<Leg> legs) {
    if (legs.isEmpty()) {
      return List.of();
    }
    var steps = new ArrayList<Step>();
    var done = new int[legs.size()];
    var percent = 0;
    for (var stage : canary.stages()) {
      switch (stage) {
        case Stage.Weight(var next) -> {
          percent = next;
          grow(legs, done, percent, steps);
        }
        case Stage.Pause(var length) ->
            steps.add(new Step.Hold("canary at " + percent + "%", length));
      }
    }
    if (percent < 100) {
      grow(legs, done, 100, steps);
    }
    return steps;
  }

  /// Let each target have this share of the new revision.
  ///
  /// @param done how many instances of each have it already
  private void grow(List<Leg> legs, int[] done, int percent, List<Step> steps) {
    for (var i = 0; i < legs.size(); i++) {
      var leg = legs.get(i);
      if (leg.hasBatches()) {
        var reached = reached(percent, leg.instances().size());
        if (reached > done[i]) {
          batches(leg, leg.instances().subList(done[i], reached), Optional.empty()).stream()
              .map(leg::step)
              .forEach(steps::add);
          done[i] = reached;
        }
      } else if (done[i] == 0) {
        cannot(
            leg,
            "begin with a part of itself, since it %s"
                .formatted(
                    leg.can(Capability.BATCHES)
                        ? "has only one instance"
                        : "changes as one and cannot share callers out"),
            "`strategy: rolling`");
        done[i] = 1;
      }
    }
  }

  /// How many instances a share is: rounded up, so that the first stage is never none, and never
  /// all before the last stage.
  static int reached(int percent, int instances) {
    var some = (int) (((long) instances * percent + 99) / 100);
    return percent < 100 ? Math.min(some, instances - 1) : instances;
  }

  private void cannot(Leg leg, String what, String instead) {
    reasons.add(
        "target `%s` (%s) cannot %s; use %s for this environment"
            .formatted(leg.binding().name(), leg.binding().kind(), what, instead));
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
