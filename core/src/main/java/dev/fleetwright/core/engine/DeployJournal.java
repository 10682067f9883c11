package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.StepLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/// Where the engine writes down what happens to deploys, and reads what others wrote meanwhile.
final class DeployJournal {

  private final Deploys deploys;
  private final LogStore logs;
  private final Time time;

  DeployJournal(Deploys deploys, LogStore logs, Time time) {
    this.deploys = deploys;
    this.logs = logs;
    this.time = time;
  }

  /// Store an event that happened. When others stored one meanwhile, such as a person's wish, it
  /// still happened: it is told to the state that there is now.
  DeployView append(Lease lease, DeployView view, DeployEvent event) {
    var expected = view.sequence();
    while (true) {
      var answer =
          deploys.append(
              view.deploy().id(),
              expected,
              event,
              Actor.ENGINE,
              time.instant(),
              Optional.of(lease));
      switch (answer) {
        case Appended.Stored(var now) -> {
          return now;
        }
        case Appended.Moved(var now) -> {
          if (isDecision(event)) {
            return now;
          }
          expected = now.sequence();
        }
        case Appended.LeaseLost _ -> throw new LeaseLost(lease);
      }
    }
  }

  /// Whether the event was decided on a state, and must be decided again when that has changed;
  /// other events are facts.
  private static boolean isDecision(DeployEvent event) {
    return switch (event) {
      case DeployEvent.Started _,
          DeployEvent.StepBegun _,
          DeployEvent.StoppedBefore _,
          DeployEvent.Verified _,
          DeployEvent.VerificationFailed _,
          DeployEvent.StepAbandoned _,
          DeployEvent.SupersededBy _,
          DeployEvent.Planned _,
          DeployEvent.PlanRefused _,
          DeployEvent.Held _,
          DeployEvent.BasisMoved _,
          DeployEvent.WatchBegan _,
          DeployEvent.WatchEnded _,
          DeployEvent.WatchFailed _,
          DeployEvent.QuarantineBegan _,
          DeployEvent.PreemptedBy _ ->
          true;
      case DeployEvent.Approved _,
          DeployEvent.GateDecided _,
          DeployEvent.Rejected _,
          DeployEvent.StepInDoubt _,
          DeployEvent.StepApplied _,
          DeployEvent.StepRefused _,
          DeployEvent.RepeatAsked _,
          DeployEvent.StepUndone _,
          DeployEvent.UndoRefused _,
          DeployEvent.CancelAsked _,
          DeployEvent.PauseAsked _,
          DeployEvent.ResumeAsked _,
          DeployEvent.QuarantineLifted _,
          DeployEvent.RollbackAsked _ ->
          false;
    };
  }

  /// Whether a person or an alarm wanted it to be taken back.
  boolean wasAskedToGoBack(DeployView view) {
    return deploys.events(view.deploy().id()).stream()
        .anyMatch(stored -> stored.event() instanceof DeployEvent.RollbackAsked);
  }

  /// That a step may or may not have happened.
  ///
  /// @param since when that was first said of it
  /// @param times how often it was; each time but the first it had been asked for again
  record Doubt(Instant since, int times) {}

  /// For how long the step at hand has been in doubt.
  Doubt doubt(DeployView view, int step) {
    var doubt = new Doubt(view.updatedAt(), 0);
    for (var stored : deploys.events(view.deploy().id()).reversed()) {
      if (stored.event() instanceof DeployEvent.StepInDoubt inDoubt && inDoubt.step() == step) {
        doubt = new Doubt(stored.at(), doubt.times() + 1);
      } else if (!isWish(stored.event())) {
        break;
      }
    }
    return doubt;
  }

  private static boolean isWish(DeployEvent event) {
    return event instanceof DeployEvent.CancelAsked
        || event instanceof DeployEvent.PauseAsked
        || event instanceof DeployEvent.ResumeAsked
        || event instanceof DeployEvent.RollbackAsked;
  }

  DeployView again(DeployView view) {
    return deploys.find(view.deploy().id()).orElseThrow();
  }

  StepLog log(DeployView view, Step.Change step, boolean undo) {
    var prefix = (undo ? "undo " : "") + step.target() + " | ";
    return text -> write(view, prefix + text);
  }

  void tell(DeployView view, String text) {
    write(view, "fleetwright | " + text);
  }

  private void write(DeployView view, String text) {
    var line = (time.instant() + " " + text.replace('\n', ' ') + "\n");
    var bytes = line.getBytes(StandardCharsets.UTF_8);
    logs.append(LogName.deploy(view.deploy().id()), bytes, 0, bytes.length);
  }
}
