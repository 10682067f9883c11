package dev.fleetwright.server.http;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Deploy.Event;
import dev.fleetwright.api.Deploy.Gate;
import dev.fleetwright.api.Deploy.Kind;
import dev.fleetwright.api.Deploy.State;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.server.operations.Waits;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Deploys as they travel.
final class DeployWire {

  private DeployWire() {}

  static Deploy of(DeployView view, Known known) {
    return of(
        view,
        known,
        view.state() instanceof DeployState.Waiting w ? List.copyOf(w.approvedBy()) : List.of());
  }

  /// With everything that its events tell.
  static Deploy.Detail detail(DeployView view, List<StoredEvent> events, Known known) {
    var plan = view.state().currentPlan();
    return new Deploy.Detail(
        of(view, known, plan.map(p -> approvedBy(p, events)).orElse(List.of())),
        plan.map(p -> PlanWire.of(p, known)),
        StepHistory.of(events),
        events.stream().map(DeployWire::event).toList());
  }

  private static Deploy of(DeployView view, Known known, List<String> approvedBy) {
    var deploy = view.deploy();
    var state = view.state();
    var plan = state.currentPlan();
    var environment = known.environment(deploy.environment());
    return new Deploy(
        deploy.id(),
        deploy.number(),
        environment.project().value(),
        environment.name().value(),
        Kind.valueOf(deploy.kind().name()),
        state(state),
        known.release(deploy.release()),
        deploy.rollbackOf(),
        deploy.job(),
        plan.map(p -> p.hash().toString()),
        plan.map(Plan::summary),
        gates(view, environment, known),
        plan.map(Plan::approvals).orElse(environment.policy().gating().approvals().required()),
        approvedBy,
        step(state),
        plan.map(p -> p.steps().size()).orElse(0),
        inDoubt(state),
        outcome(state),
        deploy.by(),
        deploy.reason(),
        deploy.createdAt(),
        view.startedAt(),
        view.finishedAt(),
        view.updatedAt());
  }

  static Event event(StoredEvent stored) {
    return new Event(
        stored.sequence(),
        stored.at(),
        stored.by().name(),
        stored.event().keyword(),
        step(stored.event()),
        text(stored.event()).filter(t -> !t.isBlank()));
  }

  private static List<String> approvedBy(Plan plan, List<StoredEvent> events) {
    var people = new TreeSet<String>();
    for (var stored : events) {
      if (stored.event() instanceof DeployEvent.Approved(var by, var hash)
          && hash.equals(plan.hash())) {
        people.add(by);
      }
    }
    return List.copyOf(people);
  }

  private static State state(DeployState state) {
    return switch (state) {
      case DeployState.Draft _ -> State.DRAFT;
      case DeployState.Waiting _ -> State.WAITING;
      case DeployState.Running _ -> State.RUNNING;
      case DeployState.Paused _ -> State.PAUSED;
      case DeployState.Verifying _ -> State.VERIFYING;
      case DeployState.RollingBack _ -> State.ROLLING_BACK;
      case DeployState.Quarantined _ -> State.QUARANTINED;
      case DeployState.Succeeded _ -> State.SUCCEEDED;
      case DeployState.RolledBack _ -> State.ROLLED_BACK;
      case DeployState.Stuck _ -> State.STUCK;
      case DeployState.Cancelled _ -> State.CANCELLED;
      case DeployState.Superseded _ -> State.SUPERSEDED;
      case DeployState.Preempted _ -> State.PREEMPTED;
      case DeployState.Refused _ -> State.REFUSED;
    };
  }

  private static List<Gate> gates(DeployView view, Environment environment, Known known) {
    return switch (view.state()) {
      case DeployState.Draft _, DeployState.Waiting _ ->
          Waits.of(view, environment, known.queue(environment.id())).stream()
              .map(g -> new Gate(g.name(), g.reason(), g.endedBy(), g.opensAt()))
              .toList();
      case DeployState.Running _,
          DeployState.Paused _,
          DeployState.Verifying _,
          DeployState.RollingBack _,
          DeployState.Quarantined _,
          DeployState.Finished _ ->
          List.of();
    };
  }

  private static Optional<Integer> step(DeployState state) {
    return switch (state) {
      case DeployState.Running running -> Optional.of(running.step());
      case DeployState.Paused paused -> Optional.of(paused.step());
      case DeployState.RollingBack back -> Optional.of(back.step());
      case DeployState.Stuck stuck -> Optional.of(stuck.step());
      case DeployState.Quarantined(var at, _) -> step(at);
      case DeployState.Draft _,
          DeployState.Waiting _,
          DeployState.Verifying _,
          DeployState.Succeeded _,
          DeployState.RolledBack _,
          DeployState.Cancelled _,
          DeployState.Superseded _,
          DeployState.Preempted _,
          DeployState.Refused _ ->
          Optional.empty();
    };
  }

  private static boolean inDoubt(DeployState state) {
    return switch (state) {
      case DeployState.Running running -> running.phase() instanceof Phase.InDoubt;
      case DeployState.RollingBack back -> back.phase() instanceof Phase.InDoubt;
      case DeployState.Draft _,
          DeployState.Waiting _,
          DeployState.Paused _,
          DeployState.Verifying _,
          DeployState.Quarantined _,
          DeployState.Finished _ ->
          false;
    };
  }

  private static Optional<String> outcome(DeployState state) {
    return switch (state) {
      case DeployState.RollingBack back -> Optional.of(back.cause());
      case DeployState.RolledBack back -> Optional.of(back.cause());
      case DeployState.Stuck stuck ->
          Optional.of(stuck.cause() + "; it could not be taken back: " + stuck.refusal());
      case DeployState.Cancelled cancelled ->
          Optional.of(
              "cancelled by %s after %d steps".formatted(cancelled.by(), cancelled.applied()));
      case DeployState.Superseded superseded ->
          Optional.of("deploy %d went ahead".formatted(superseded.by()));
      case DeployState.Preempted preempted ->
          Optional.of(
              "deploy %d took its place after %d steps"
                  .formatted(preempted.by(), preempted.applied()));
      case DeployState.Refused refused -> Optional.of(refused.reason());
      case DeployState.Quarantined(_, var cause) -> Optional.of(cause);
      case DeployState.Draft _,
          DeployState.Waiting _,
          DeployState.Running _,
          DeployState.Paused _,
          DeployState.Verifying _,
          DeployState.Succeeded _ ->
          Optional.empty();
    };
  }

  private static Optional<Integer> step(DeployEvent event) {
    return switch (event) {
      case DeployEvent.StepBegun(var step) -> Optional.of(step);
      case DeployEvent.StepInDoubt(var step, _) -> Optional.of(step);
      case DeployEvent.StepApplied(var step, _) -> Optional.of(step);
      case DeployEvent.StepRefused(var step, _) -> Optional.of(step);
      case DeployEvent.StepAbandoned(var step, _) -> Optional.of(step);
      case DeployEvent.StoppedBefore(var step) -> Optional.of(step);
      case DeployEvent.RepeatAsked(var step, _) -> Optional.of(step);
      case DeployEvent.StepUndone(var step, _) -> Optional.of(step);
      case DeployEvent.WatchBegan(var step, _) -> Optional.of(step);
      case DeployEvent.WatchEnded(var step, _) -> Optional.of(step);
      case DeployEvent.WatchFailed(var step, _) -> Optional.of(step);
      case DeployEvent.UndoRefused(var step, _) -> Optional.of(step);
      case DeployEvent.Planned _,
          DeployEvent.PlanRefused _,
          DeployEvent.Approved _,
          DeployEvent.Rejected _,
          DeployEvent.Held _,
          DeployEvent.Started _,
          DeployEvent.BasisMoved _,
          DeployEvent.Verified _,
          DeployEvent.VerificationFailed _,
          DeployEvent.CancelAsked _,
          DeployEvent.PauseAsked _,
          DeployEvent.ResumeAsked _,
          DeployEvent.RollbackAsked _,
          DeployEvent.GateDecided _,
          DeployEvent.PreemptedBy _,
          DeployEvent.QuarantineBegan _,
          DeployEvent.QuarantineLifted _,
          DeployEvent.SupersededBy _ ->
          Optional.empty();
    };
  }

  private static Optional<String> text(DeployEvent event) {
    return switch (event) {
      case DeployEvent.Planned(var plan) -> Optional.of(plan.hash() + ": " + plan.summary());
      case DeployEvent.PlanRefused(var reason) -> Optional.of(reason);
      case DeployEvent.Approved(_, var hash) -> Optional.of(hash.toString());
      case DeployEvent.Rejected(_, var reason) -> Optional.of(reason);
      case DeployEvent.Held(var gates) ->
          Optional.of(String.join("; ", gates.stream().map(g -> g.reason()).toList()));
      case DeployEvent.BasisMoved(var what) -> Optional.of(what);
      case DeployEvent.StepInDoubt(_, var during) -> Optional.of(during);
      case DeployEvent.StepApplied(_, var note) -> Optional.of(note);
      case DeployEvent.StepRefused(_, var reason) -> Optional.of(reason);
      case DeployEvent.StepAbandoned(_, var reason) -> Optional.of(reason);
      case DeployEvent.VerificationFailed(var reason) -> Optional.of(reason);
      case DeployEvent.StepUndone(_, var note) -> Optional.of(note);
      case DeployEvent.UndoRefused(_, var reason) -> Optional.of(reason);
      case DeployEvent.RollbackAsked(_, var reason) -> Optional.of(reason);
      case DeployEvent.SupersededBy(var newer) -> Optional.of("deploy " + newer);
      case DeployEvent.PreemptedBy(var newer) -> Optional.of("deploy " + newer);
      case DeployEvent.GateDecided(var gate, var decision) ->
          Optional.of(
              "%s %s: %s".formatted(gate, decision.open() ? "open" : "closed", decision.reason()));
      case DeployEvent.QuarantineBegan(var cause) -> Optional.of(cause);
      case DeployEvent.QuarantineLifted(_, var reason) -> Optional.of(reason);
      case DeployEvent.WatchEnded(_, var note) -> Optional.of(note);
      case DeployEvent.WatchFailed(_, var reason) -> Optional.of(reason);
      case DeployEvent.Started _,
          DeployEvent.StepBegun _,
          DeployEvent.WatchBegan _,
          DeployEvent.StoppedBefore _,
          DeployEvent.RepeatAsked _,
          DeployEvent.Verified _,
          DeployEvent.CancelAsked _,
          DeployEvent.PauseAsked _,
          DeployEvent.ResumeAsked _ ->
          Optional.empty();
    };
  }
}
