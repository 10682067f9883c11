package dev.fleetwright.server.http;

import dev.fleetwright.api.Deploy.StepState;
import dev.fleetwright.api.Deploy.StepStatus;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What became of each step of a deploy, as its events tell. Events that [DeployMachine] takes no
/// notice of change nothing here either.
final class StepHistory {

  private final List<StepStatus> steps = new ArrayList<>();
  private DeployState state = DeployState.initial();

  private StepHistory() {}

  static List<StepStatus> of(List<StoredEvent> events) {
    var history = new StepHistory();
    events.forEach(history::add);
    return List.copyOf(history.steps);
  }

  private void add(StoredEvent stored) {
    var before = state;
    state = DeployMachine.next(before, stored.event());
    if (state.equals(before)) {
      return;
    }
    var at = stored.at();
    if (stored.event() instanceof DeployEvent.Planned(var plan)) {
      begin(plan);
    }
    note(stored.event(), at);
    switch (state) {
      case DeployState.Running running -> {
        if (running.phase() instanceof Phase.Due
            || running.phase() instanceof Phase.Begun
            || running.phase() instanceof Phase.Watching) {
          come(running.step(), StepState.RUNNING, at);
        }
      }
      case DeployState.RollingBack back -> {
        if (back.phase() instanceof Phase.Due) {
          come(back.step(), StepState.UNDOING, at);
        }
      }
      case DeployState.Finished _ -> leaveOut();
      case DeployState.Paused paused -> come(paused.step(), StepState.WAITING, at);
      case DeployState.Draft _,
          DeployState.Waiting _,
          DeployState.Verifying _,
          DeployState.Quarantined _ -> {}
    }
  }

  private void begin(Plan plan) {
    steps.clear();
    for (var i = 0; i < plan.steps().size(); i++) {
      var step = plan.steps().get(i);
      steps.add(
          new StepStatus(
              i,
              step instanceof Step.Change change ? Optional.of(change.target()) : Optional.empty(),
              step.words(),
              StepState.WAITING,
              Optional.empty(),
              Optional.empty()));
    }
  }

  private void note(DeployEvent event, Instant at) {
    switch (event) {
      case DeployEvent.StepApplied(var step, var note) -> set(step, StepState.APPLIED, note, at);
      case DeployEvent.StepRefused(var step, var why) -> set(step, StepState.REFUSED, why, at);
      case DeployEvent.StepInDoubt(var step, var during) ->
          set(step, StepState.IN_DOUBT, during, at);
      case DeployEvent.StepAbandoned(var step, var why) -> set(step, StepState.IN_DOUBT, why, at);
      case DeployEvent.StepUndone(var step, var note) -> set(step, StepState.UNDONE, note, at);
      case DeployEvent.WatchEnded(var step, var note) -> set(step, StepState.APPLIED, note, at);
      case DeployEvent.WatchFailed(var step, var why) -> set(step, StepState.REFUSED, why, at);
      case DeployEvent.UndoRefused(var step, var why) -> set(step, StepState.UNDO_REFUSED, why, at);
      case DeployEvent.Planned _,
          DeployEvent.PlanRefused _,
          DeployEvent.Approved _,
          DeployEvent.Rejected _,
          DeployEvent.Held _,
          DeployEvent.Started _,
          DeployEvent.BasisMoved _,
          DeployEvent.StepBegun _,
          DeployEvent.StoppedBefore _,
          DeployEvent.RepeatAsked _,
          DeployEvent.Verified _,
          DeployEvent.VerificationFailed _,
          DeployEvent.CancelAsked _,
          DeployEvent.PauseAsked _,
          DeployEvent.ResumeAsked _,
          DeployEvent.RollbackAsked _,
          DeployEvent.GateDecided _,
          DeployEvent.WatchBegan _,
          DeployEvent.PreemptedBy _,
          DeployEvent.QuarantineBegan _,
          DeployEvent.QuarantineLifted _,
          DeployEvent.SupersededBy _ -> {}
    }
  }

  private void leaveOut() {
    for (var step : List.copyOf(steps)) {
      if (step.state() == StepState.WAITING || step.state() == StepState.RUNNING) {
        steps.set(
            step.index(),
            new StepStatus(
                step.index(),
                step.target(),
                step.words(),
                StepState.SKIPPED,
                Optional.empty(),
                Optional.empty()));
      }
    }
  }

  private void set(int index, StepState state, String note, Instant at) {
    var step = steps.get(index);
    steps.set(
        index,
        new StepStatus(
            index,
            step.target(),
            step.words(),
            state,
            Optional.of(note).filter(n -> !n.isBlank()),
            Optional.of(at)));
  }

  /// To a new state, unless it is in that already; what was noted of it stays.
  private void come(int index, StepState state, Instant at) {
    var step = steps.get(index);
    if (step.state() != state) {
      steps.set(
          index,
          new StepStatus(index, step.target(), step.words(), state, step.note(), Optional.of(at)));
    }
  }
}
