package dev.fleetwright.server.operations;

import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Which gates a deploy has that people and programs may open, by what `fleetwright.yml` says now;
/// pure.
public final class GateRules {

  private GateRules() {}

  /// Who may open a gate.
  public enum Kind {
    /// Whoever may call: it is there to be opened from outside.
    OUTSIDE,
    /// Who may approve, with a reason: the rule would have it closed.
    RULE
  }

  /// Of what kind a gate is; refused with the gates that there are.
  public static Answer<Kind> of(Environment environment, Deploy deploy, String gate) {
    var gating = environment.policy().gating();
    if (gating.outside().contains(gate)) {
      return Answer.done(Kind.OUTSIDE);
    } else if (rules(environment, deploy).contains(gate)) {
      return Answer.done(Kind.RULE);
    }
    return never(gate)
        .<Answer<Kind>>map(remedy ->
            Answer.refused("gate_stays", "gate `%s` is not opened by hand".formatted(gate), remedy))
        .orElseGet(() -> {
          var names = new TreeSet<>(gating.outside());
          names.addAll(rules(environment, deploy));
          return Answer.refused(
              "no_such_gate",
              "`%s` has no gate `%s`".formatted(environment.name(), gate),
              names.isEmpty()
                  ? "fleetwright.yml gives it none"
                  : "its gates are " + String.join(", ", names));
        });
  }

  private static List<String> rules(Environment environment, Deploy deploy) {
    var gating = environment.policy().gating();
    var rules = new TreeSet<String>();
    if (!gating.freezes().isEmpty()) {
      rules.add("freeze");
    }
    if (gating.soak().isPositive()) {
      rules.add("soak");
    }
    if (deploy.notBefore().isPresent()) {
      rules.add("schedule");
    }
    if (deploy.origin() == Origin.TRAIN) {
      rules.add("train");
    }
    gating.statuses().forEach(name -> rules.add(Gate.STATUS + name));
    return List.copyOf(rules);
  }

  private static Optional<String> never(String gate) {
    return switch (gate) {
      case "approval" -> Optional.of("approve the plan instead, or lower `approvals`");
      case "queue" -> Optional.of("cancel the deploy that is ahead, or let it end");
      case "hold" -> Optional.of("lift the hold of the environment");
      case "target" -> Optional.of("see why the target does not answer");
      default -> Optional.empty();
    };
  }
}
