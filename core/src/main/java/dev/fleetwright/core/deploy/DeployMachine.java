package dev.fleetwright.core.deploy;

import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.BasisMoved;
import dev.fleetwright.core.deploy.DeployEvent.CancelAsked;
import dev.fleetwright.core.deploy.DeployEvent.GateDecided;
import dev.fleetwright.core.deploy.DeployEvent.Held;
import dev.fleetwright.core.deploy.DeployEvent.PauseAsked;
import dev.fleetwright.core.deploy.DeployEvent.PlanRefused;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.PreemptedBy;
import dev.fleetwright.core.deploy.DeployEvent.QuarantineBegan;
import dev.fleetwright.core.deploy.DeployEvent.QuarantineLifted;
import dev.fleetwright.core.deploy.DeployEvent.Rejected;
import dev.fleetwright.core.deploy.DeployEvent.RepeatAsked;
import dev.fleetwright.core.deploy.DeployEvent.ResumeAsked;
import dev.fleetwright.core.deploy.DeployEvent.RollbackAsked;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepAbandoned;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.deploy.DeployEvent.StepBegun;
import dev.fleetwright.core.deploy.DeployEvent.StepInDoubt;
import dev.fleetwright.core.deploy.DeployEvent.StepRefused;
import dev.fleetwright.core.deploy.DeployEvent.StepUndone;
import dev.fleetwright.core.deploy.DeployEvent.StoppedBefore;
import dev.fleetwright.core.deploy.DeployEvent.SupersededBy;
import dev.fleetwright.core.deploy.DeployEvent.UndoRefused;
import dev.fleetwright.core.deploy.DeployEvent.VerificationFailed;
import dev.fleetwright.core.deploy.DeployEvent.Verified;
import dev.fleetwright.core.deploy.DeployEvent.WatchBegan;
import dev.fleetwright.core.deploy.DeployEvent.WatchEnded;
import dev.fleetwright.core.deploy.DeployEvent.WatchFailed;
import dev.fleetwright.core.deploy.DeployState.Cancelled;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Preempted;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.Refused;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Stuck;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Superseded;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployState.Wish;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// The rules of a deploy: no clock, no store, no target. Every state has an answer to every event;
/// an event that is late or does not belong changes nothing, so the same event may be told twice.
public final class DeployMachine {

  private static final Phase DUE = new Phase.Due();

  private DeployMachine() {}

  /// The state after an event.
  public static DeployState next(DeployState state, DeployEvent event) {
    return switch (state) {
      case Draft draft -> whileDraft(draft, event);
      case Waiting waiting -> whileWaiting(waiting, event);
      case Running running -> whileRunning(running, event);
      case Paused paused -> whilePaused(paused, event);
      case Verifying verifying -> whileVerifying(verifying, event);
      case RollingBack back -> whileRollingBack(back, event);
      case Quarantined quarantined -> whileQuarantined(quarantined, event);
      case Finished finished -> finished;
    };
  }

  /// The state that events add up to.
  public static DeployState replay(Iterable<DeployEvent> events) {
    var state = DeployState.initial();
    for (var event : events) {
      state = next(state, event);
    }
    return state;
  }

  private static DeployState whileDraft(Draft draft, DeployEvent event) {
    return switch (event) {
      case QuarantineBegan(var cause) -> new Quarantined(draft, cause);
      case Planned(var plan) -> Waiting.on(plan);
      case PlanRefused(var reason) -> new Refused(reason);
      case Rejected(var by, var reason) -> rejected(by, reason);
      case CancelAsked(var by) -> new Cancelled(Optional.empty(), by, 0);
      case SupersededBy(var newer) -> new Superseded(newer);
      case Approved _,
          Held _,
          Started _,
          BasisMoved _,
          StepBegun _,
          StepInDoubt _,
          StepApplied _,
          StepRefused _,
          StepAbandoned _,
          StoppedBefore _,
          RepeatAsked _,
          Verified _,
          VerificationFailed _,
          StepUndone _,
          UndoRefused _,
          PauseAsked _,
          ResumeAsked _,
          GateDecided _,
          WatchBegan _,
          WatchEnded _,
          WatchFailed _,
          QuarantineLifted _,
          PreemptedBy _,
          RollbackAsked _ ->
          draft;
    };
  }

  private static DeployState whileWaiting(Waiting waiting, DeployEvent event) {
    return switch (event) {
      case QuarantineBegan(var cause) -> new Quarantined(waiting, cause);
      case Planned(var plan) ->
          plan.hash().equals(waiting.plan().hash())
              ? waiting
              : new Waiting(plan, new TreeSet<>(), List.of(), waiting.decided());
      case PlanRefused(var reason) -> new Refused(reason);
      case BasisMoved(var what) -> new Refused(what);
      case Approved(var by, var hash) -> {
        if (!hash.equals(waiting.plan().hash())) {
          yield waiting;
        }
        var approvedBy = new TreeSet<>(waiting.approvedBy());
        approvedBy.add(by);
        yield new Waiting(waiting.plan(), approvedBy, waiting.held(), waiting.decided());
      }
      case Rejected(var by, var reason) -> rejected(by, reason);
      case Held(var gates) ->
          new Waiting(waiting.plan(), waiting.approvedBy(), gates, waiting.decided());
      case GateDecided(var gate, var decision) -> {
        var decided = new TreeMap<>(waiting.decided());
        decided.put(gate, decision);
        yield new Waiting(waiting.plan(), waiting.approvedBy(), waiting.held(), decided);
      }
      case Started _ -> {
        if (!waiting.ready()) {
          yield waiting;
        }
        yield from(waiting.plan(), 0);
      }
      case CancelAsked(var by) -> new Cancelled(Optional.of(waiting.plan()), by, 0);
      case SupersededBy(var newer) -> new Superseded(newer);
      case StepBegun _,
          StepInDoubt _,
          StepApplied _,
          StepRefused _,
          StepAbandoned _,
          StoppedBefore _,
          RepeatAsked _,
          Verified _,
          VerificationFailed _,
          StepUndone _,
          UndoRefused _,
          PauseAsked _,
          ResumeAsked _,
          WatchBegan _,
          WatchEnded _,
          WatchFailed _,
          QuarantineLifted _,
          PreemptedBy _,
          RollbackAsked _ ->
          waiting;
    };
  }

  private static DeployState whileRunning(Running running, DeployEvent event) {
    var plan = running.plan();
    var step = running.step();
    return switch (event) {
      case QuarantineBegan(var cause) -> new Quarantined(running, cause);
      case StepBegun(var at) when at == step -> at(running, new Phase.Begun());
      case StepInDoubt(var at, var during) when at == step ->
          at(running, new Phase.InDoubt(during));
      case RepeatAsked(var at, _) when at == step && running.phase() instanceof Phase.InDoubt ->
          at(running, DUE);
      case StepApplied(var at, _) when at == step -> afterStep(running);
      case StepRefused(var at, var reason) when at == step -> undo(plan, step - 1, reason);
      case StepAbandoned(var at, var reason) when at == step -> undo(plan, step, reason);
      case WatchBegan(var at, var since) when at == step && running.phase() instanceof Phase.Due ->
          at(running, new Phase.Watching(since));
      case WatchEnded(var at, _) when at == step && running.phase() instanceof Phase.Watching ->
          afterStep(running);
      case WatchFailed(var at, var reason) when at == step -> undo(plan, step - 1, reason);
      case PreemptedBy(var newer) when running.phase() instanceof Phase.Watching ->
          new Preempted(plan, step, newer);
      case StoppedBefore(var at) when at == step && running.wish().isPresent() ->
          stoppedBefore(plan, step, running.wish().get());
      case CancelAsked(var by) -> wishing(running, new Wish.Cancel(by));
      case PauseAsked(var by) -> wishing(running, new Wish.Pause(by));
      case RollbackAsked(var by, var reason) -> wishing(running, new Wish.RollBack(by, reason));
      // Who looked at a canary and says go on does not wait for the clock.
      case ResumeAsked _
          when running.phase() instanceof Phase.Watching && running.wish().isEmpty() ->
          afterStep(running);
      // Before the step has ended, going on takes back the wish to pause.
      case ResumeAsked _ ->
          running.wish().filter(w -> w instanceof Wish.Pause).isPresent()
              ? new Running(plan, step, running.phase(), Optional.empty())
              : running;
      case StepBegun _,
          StepInDoubt _,
          RepeatAsked _,
          StepApplied _,
          StepRefused _,
          StepAbandoned _,
          StoppedBefore _,
          Planned _,
          PlanRefused _,
          Approved _,
          Rejected _,
          Held _,
          Started _,
          BasisMoved _,
          Verified _,
          VerificationFailed _,
          StepUndone _,
          UndoRefused _,
          GateDecided _,
          WatchBegan _,
          WatchEnded _,
          WatchFailed _,
          QuarantineLifted _,
          PreemptedBy _,
          SupersededBy _ ->
          running;
    };
  }

  private static DeployState afterStep(Running running) {
    var plan = running.plan();
    var next = running.step() + 1;
    return running
        .wish()
        .map(wish ->
            switch (wish) {
              case Wish.Cancel(var by) -> new Cancelled(Optional.of(plan), by, next);
              case Wish.Pause(var by) ->
                  next < plan.steps().size() ? new Paused(plan, next, by) : new Verifying(plan);
              case Wish.RollBack(var by, var reason) ->
                  undo(plan, running.step(), calledOff(by, reason));
            })
        .orElseGet(() -> from(plan, next));
  }

  private static DeployState stoppedBefore(Plan plan, int step, Wish wish) {
    return switch (wish) {
      case Wish.Cancel(var by) -> new Cancelled(Optional.of(plan), by, step);
      case Wish.Pause(var by) -> new Paused(plan, step, by);
      // The step itself too: a part of it may have happened before a crash.
      case Wish.RollBack(var by, var reason) -> undo(plan, step, calledOff(by, reason));
    };
  }

  private static DeployState whilePaused(Paused paused, DeployEvent event) {
    var plan = paused.plan();
    var step = paused.step();
    return switch (event) {
      case ResumeAsked _ -> from(plan, step);
      case PreemptedBy(var newer) -> new Preempted(plan, step, newer);
      case CancelAsked(var by) -> new Cancelled(Optional.of(plan), by, step);
      case RollbackAsked(var by, var reason) -> undo(plan, step - 1, calledOff(by, reason));
      case Planned _,
          PlanRefused _,
          Approved _,
          Rejected _,
          Held _,
          Started _,
          BasisMoved _,
          StepBegun _,
          StepInDoubt _,
          StepApplied _,
          StepRefused _,
          StepAbandoned _,
          StoppedBefore _,
          RepeatAsked _,
          Verified _,
          VerificationFailed _,
          StepUndone _,
          UndoRefused _,
          PauseAsked _,
          GateDecided _,
          WatchBegan _,
          WatchEnded _,
          WatchFailed _,
          QuarantineBegan _,
          QuarantineLifted _,
          SupersededBy _ ->
          paused;
    };
  }

  private static DeployState whileVerifying(Verifying verifying, DeployEvent event) {
    var plan = verifying.plan();
    var last = plan.steps().size() - 1;
    return switch (event) {
      case QuarantineBegan(var cause) -> new Quarantined(verifying, cause);
      case Verified _ -> new Succeeded(plan);
      case VerificationFailed(var reason) -> undo(plan, last, reason);
      case RollbackAsked(var by, var reason) -> undo(plan, last, calledOff(by, reason));
      case CancelAsked(var by) -> new Cancelled(Optional.of(plan), by, last + 1);
      case PreemptedBy(var newer) -> new Preempted(plan, last + 1, newer);
      case Planned _,
          PlanRefused _,
          Approved _,
          Rejected _,
          Held _,
          Started _,
          BasisMoved _,
          StepBegun _,
          StepInDoubt _,
          StepApplied _,
          StepRefused _,
          StepAbandoned _,
          StoppedBefore _,
          RepeatAsked _,
          StepUndone _,
          UndoRefused _,
          PauseAsked _,
          ResumeAsked _,
          GateDecided _,
          WatchBegan _,
          WatchEnded _,
          QuarantineLifted _,
          WatchFailed _,
          SupersededBy _ ->
          verifying;
    };
  }

  private static DeployState whileRollingBack(RollingBack back, DeployEvent event) {
    var step = back.step();
    return switch (event) {
      case QuarantineBegan(var cause) -> new Quarantined(back, cause);
      case StepUndone(var at, _) when at == step -> undo(back.plan(), step - 1, back.cause());
      case UndoRefused(var at, var reason) when at == step ->
          new Stuck(back.plan(), step, back.cause(), reason);
      case StepInDoubt(var at, var during) when at == step ->
          new RollingBack(back.plan(), step, new Phase.InDoubt(during), back.cause());
      case StepUndone _,
          UndoRefused _,
          StepInDoubt _,
          Planned _,
          PlanRefused _,
          Approved _,
          Rejected _,
          Held _,
          Started _,
          BasisMoved _,
          StepBegun _,
          StepApplied _,
          StepRefused _,
          StepAbandoned _,
          StoppedBefore _,
          RepeatAsked _,
          Verified _,
          VerificationFailed _,
          CancelAsked _,
          PauseAsked _,
          ResumeAsked _,
          RollbackAsked _,
          GateDecided _,
          WatchBegan _,
          WatchEnded _,
          WatchFailed _,
          QuarantineLifted _,
          PreemptedBy _,
          SupersededBy _ ->
          back;
    };
  }

  private static DeployState whileQuarantined(Quarantined quarantined, DeployEvent event) {
    var at = quarantined.at();
    return switch (event) {
      case QuarantineLifted _ -> at;
      case CancelAsked(var by) -> givenUp(quarantined, by);
      case RollbackAsked(var by, var reason) ->
          switch (at) {
            // The step itself too: a part of it may have happened in one of the tries.
            case Running(var plan, var step, _, _) -> undo(plan, step, calledOff(by, reason));
            case Verifying verifying -> next(verifying, event);
            case Draft _, Waiting _, RollingBack _ -> quarantined;
          };
      case Rejected _, SupersededBy _ -> at.holdsEnvironment() ? quarantined : next(at, event);
      case Planned _,
          PlanRefused _,
          Approved _,
          Held _,
          Started _,
          BasisMoved _,
          StepBegun _,
          StepInDoubt _,
          StepApplied _,
          StepRefused _,
          StepAbandoned _,
          StoppedBefore _,
          RepeatAsked _,
          Verified _,
          VerificationFailed _,
          StepUndone _,
          UndoRefused _,
          PauseAsked _,
          ResumeAsked _,
          GateDecided _,
          WatchBegan _,
          WatchEnded _,
          WatchFailed _,
          QuarantineBegan _,
          PreemptedBy _ ->
          quarantined;
    };
  }

  private static DeployState givenUp(Quarantined quarantined, String by) {
    return switch (quarantined.at()) {
      case Draft _ -> new Cancelled(Optional.empty(), by, 0);
      case Waiting waiting -> new Cancelled(Optional.of(waiting.plan()), by, 0);
      // The step may have been done in one of the tries; the record must not say that it was not.
      case Running(var plan, var step, _, _) -> new Cancelled(Optional.of(plan), by, step + 1);
      case Verifying(var plan) -> new Cancelled(Optional.of(plan), by, plan.steps().size());
      case RollingBack(var plan, var step, _, var cause) ->
          new Stuck(plan, step, cause, quarantined.cause());
    };
  }

  private static DeployState from(Plan plan, int step) {
    return step < plan.steps().size()
        ? new Running(plan, step, DUE, Optional.empty())
        : new Verifying(plan);
  }

  /// Back from a step on; a step that changed nothing has nothing to take back.
  private static DeployState undo(Plan plan, int step, String cause) {
    var at = step;
    while (at >= 0 && !(plan.steps().get(at) instanceof Step.Change)) {
      at--;
    }
    return at < 0 ? new RolledBack(plan, cause) : new RollingBack(plan, at, DUE, cause);
  }

  private static Running at(Running running, Phase phase) {
    return new Running(running.plan(), running.step(), phase, running.wish());
  }

  private static Running wishing(Running running, Wish wish) {
    return new Running(running.plan(), running.step(), running.phase(), Optional.of(wish));
  }

  private static Refused rejected(String by, String reason) {
    return new Refused("rejected by " + by + (reason.isBlank() ? "" : ": " + reason));
  }

  private static String calledOff(String by, String reason) {
    return "called off by " + by + (reason.isBlank() ? "" : ": " + reason);
  }
}
