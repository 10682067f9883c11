package dev.fleetwright.testkit.history;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.RepeatAsked;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// I3: what happened is what the plan says, in its order, and each thing once.
final class Effects {

  private Effects() {}

  static void check(History history, Consumer<String> violation) {
    var ofDeploys = new TreeMap<Long, List<Effect>>();
    history
        .effects()
        .forEach(e -> ofDeploys.computeIfAbsent(e.id().deploy(), _ -> new ArrayList<>()).add(e));
    ofDeploys.forEach((deploy, effects) -> {
      var plan = followedPlan(history, deploy);
      if (plan.isEmpty()) {
        violation.accept("deploy %d has effects and was never started".formatted(deploy));
        return;
      }
      effects.forEach(effect -> planned(plan.get(), effect, violation));
      once(history, plan.get(), effects, violation);
      inOrder(effects, violation);
    });
  }

  /// The plan that was there when the deploy started.
  static Optional<Plan> followedPlan(History history, long deploy) {
    Optional<Plan> plan = Optional.empty();
    for (var stored : history.eventsOf(deploy)) {
      if (stored.event() instanceof Planned(var newer)) {
        plan = Optional.of(newer);
      } else if (stored.event() instanceof Started) {
        return plan;
      }
    }
    return Optional.empty();
  }

  private static Optional<Step.Change> step(Plan plan, ApplyId id) {
    return id.step() < plan.steps().size()
            && plan.steps().get(id.step()) instanceof Step.Change change
        ? Optional.of(change)
        : Optional.empty();
  }

  private static void planned(Plan plan, Effect effect, Consumer<String> violation) {
    var step = step(plan, effect.id());
    if (step.isEmpty() || !plan.placeOn(step.get().target()).equals(effect.place())) {
      violation.accept(
          "%s acted on order %s, which the plan does not have"
              .formatted(effect.place(), effect.id()));
    } else if (!wanted(step.get(), effect.id().undo()).equals(effect.payload())) {
      violation.accept(
          "%s was brought to %s by order %s; the plan says otherwise"
              .formatted(effect.place(), effect.payload().brief(), effect.id()));
    }
  }

  static Digest wanted(Step.Change step, boolean undo) {
    return switch (step) {
      case Step.Change _ when undo -> step.from();
      case Step.Apply apply -> apply.to();
      case Step.Remove _ -> Revision.EMPTY.digest();
    };
  }

  private static void once(
      History history, Plan plan, List<Effect> effects, Consumer<String> violation) {
    record Where(ApplyId id, String host) {}
    var times = new HashMap<Where, Integer>();
    for (var effect : effects) {
      var change = effect.putBack() ? -1 : 1;
      var count = times.merge(new Where(effect.id(), effect.host()), change, Integer::sum);
      var allowed =
          step(plan, effect.id()).filter(s -> !s.observable()).isPresent()
              ? 1 + repeatsAsked(history, effect.id())
              : 1;
      if (count > allowed) {
        violation.accept(
            "order %s was executed %d times on %s of %s; %d allowed"
                .formatted(effect.id(), count, effect.host(), effect.place(), allowed));
      }
    }
  }

  private static int repeatsAsked(History history, ApplyId id) {
    return Math.toIntExact(
        history.eventsOf(id.deploy()).stream()
            .filter(e -> e.event() instanceof RepeatAsked(var step, _) && step == id.step())
            .count());
  }

  private static void inOrder(List<Effect> effects, Consumer<String> violation) {
    ApplyId before = effects.getFirst().id();
    for (var effect : effects) {
      var now = effect.id();
      var wrong =
          before.undo()
              ? !now.undo() || now.step() > before.step()
              : !now.undo() && now.step() < before.step();
      if (wrong) {
        violation.accept(
            "order %s was executed on %s after order %s".formatted(now, effect.place(), before));
      }
      before = now;
    }
  }
}
