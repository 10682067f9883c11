package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Plan.TargetPlan;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Says to a person how it came that a deploy was taken back: which step, why, what was taken back,
/// and what runs again.
final class Ending {

  private final Plan plan;
  private final String cause;
  private final List<DeployEvent> events;

  Ending(Plan plan, String cause, List<StoredEvent> events) {
    this.plan = plan;
    this.cause = cause;
    this.events = events.stream().map(StoredEvent::event).toList();
  }

  /// Why it goes back, or went.
  String why() {
    for (var event : events.reversed()) {
      switch (event) {
        case DeployEvent.StepRefused(var step, var reason) -> {
          return stepWords(step) + " was refused: " + sentence(reason);
        }
        case DeployEvent.StepAbandoned(var step, var reason) -> {
          return stepWords(step) + " was given up: " + sentence(reason);
        }
        case DeployEvent.WatchFailed(var step, var reason) -> {
          return stepWords(step) + " failed: " + sentence(reason);
        }
        case DeployEvent.VerificationFailed(var reason) -> {
          return "All steps were done, and then: " + sentence(reason);
        }
        case DeployEvent.RollbackAsked _ -> {
          return sentence(cause);
        }
        case DeployEvent.Planned _,
            DeployEvent.PlanRefused _,
            DeployEvent.Approved _,
            DeployEvent.Rejected _,
            DeployEvent.Held _,
            DeployEvent.Started _,
            DeployEvent.BasisMoved _,
            DeployEvent.StepBegun _,
            DeployEvent.StepInDoubt _,
            DeployEvent.StepApplied _,
            DeployEvent.StoppedBefore _,
            DeployEvent.RepeatAsked _,
            DeployEvent.Verified _,
            DeployEvent.StepUndone _,
            DeployEvent.UndoRefused _,
            DeployEvent.CancelAsked _,
            DeployEvent.PauseAsked _,
            DeployEvent.ResumeAsked _,
            DeployEvent.QuarantineBegan _,
            DeployEvent.QuarantineLifted _,
            DeployEvent.GateDecided _,
            DeployEvent.WatchBegan _,
            DeployEvent.WatchEnded _,
            DeployEvent.PreemptedBy _,
            DeployEvent.SupersededBy _ -> {}
      }
    }
    return sentence(cause);
  }

  /// How it ended.
  ///
  /// @param earlier deploys of the environment before it, newest first, to name what runs again
  String words(List<DeployView> earlier) {
    var undone = new ArrayList<Integer>();
    var stayed = new ArrayList<Integer>();
    for (var event : events) {
      if (event instanceof DeployEvent.StepUndone(var step, _)) {
        (undoable(step) ? undone : stayed).addFirst(step + 1);
      }
    }
    var words = new StringBuilder(why());
    if (undone.isEmpty() && stayed.isEmpty()) {
      words.append(" Nothing had been done before it.");
    }
    if (!undone.isEmpty()) {
      words
          .append(' ')
          .append(numbered(undone))
          .append(undone.size() == 1 ? " was taken back." : " were taken back.");
    }
    if (!stayed.isEmpty()) {
      words
          .append(" What the script of ")
          .append(numbered(stayed).replace('S', 's'))
          .append(" did cannot be taken back and stays.");
    }
    return words.append(again(earlier)).toString();
  }

  private boolean undoable(int step) {
    return plan.steps().get(step) instanceof Step.Change change && change.undoable();
  }

  private String again(List<DeployView> earlier) {
    var nothing = Revision.EMPTY.digest();
    var targets = targets(plan);
    if (targets.isEmpty()) {
      return "";
    } else if (targets.stream().allMatch(t -> t.from().equals(nothing))) {
      return " Nothing runs there, as before.";
    }
    return earlier.stream()
        .filter(v -> v.state() instanceof Succeeded(var brought) && leadsTo(brought))
        .findFirst()
        .flatMap(v -> v.state().currentPlan())
        .map(brought -> " " + brought.label() + " runs again, as before.")
        .orElse(" What ran there before runs again.");
  }

  /// Whether what an earlier plan brought is what this one found.
  private boolean leadsTo(Plan brought) {
    return targets(plan).stream()
        .allMatch(found ->
            targets(brought).stream()
                .anyMatch(b ->
                    b.binding().name().equals(found.binding().name())
                        && b.to().equals(found.from())));
  }

  /// Those on which something stays: a script runs and is gone.
  private static List<TargetPlan> targets(Plan plan) {
    return plan.targets().stream().filter(t -> !t.binding().equals(Planner.SCRIPT)).toList();
  }

  private String stepWords(int step) {
    return "Step %d of %d (%s)"
        .formatted(step + 1, plan.steps().size(), plan.steps().get(step).words());
  }

  private static String numbered(List<Integer> steps) {
    return steps.size() == 1
        ? "Step " + steps.getFirst()
        : "Steps "
            + steps.subList(0, steps.size() - 1).stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", "))
            + " and "
            + steps.getLast();
  }

  private static String sentence(String text) {
    var stripped = text.strip();
    return stripped.endsWith(".") || stripped.isEmpty() ? stripped : stripped + ".";
  }
}
