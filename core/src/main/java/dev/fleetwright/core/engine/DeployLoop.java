package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.plan.Planner.Planning;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.StepLog;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.core.target.Targets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes the deploys of one environment on: look at the state, ask one target, store what it
/// answered, repeat.
///
/// A server may die between any two lines of this class. The next one reads the same events, stands
/// at the same state, and asks the same target with the same [ApplyId].
final class DeployLoop {

  private static final String CANNOT_BE_TAKEN_BACK = "what a script did cannot be taken back";

  private final Deploys deploys;
  private final DeployPlanner planning;
  private final Planner planner;
  private final Targets targets;
  private final LogStore logs;
  private final Time time;
  private final Pace pace;
  private final KillPoint killPoint;
  private final Hold hold;

  DeployLoop(
      Deploys deploys,
      DeployPlanner planning,
      Planner planner,
      Targets targets,
      LogStore logs,
      Time time,
      Pace pace,
      KillPoint killPoint,
      Hold hold) {
    this.deploys = deploys;
    this.planning = planning;
    this.planner = planner;
    this.targets = targets;
    this.logs = logs;
    this.time = time;
    this.pace = pace;
    this.killPoint = killPoint;
    this.hold = hold;
  }

  /// Work on the environment until there is nothing to do without somebody else acting first.
  ///
  /// @throws LeaseLost when another server has taken over
  void work(Lease lease) throws InterruptedException {
    supersede(lease);
    for (var next = next(lease); next.isPresent(); next = next(lease)) {
      advance(lease, next.get());
      if (hold.turnIsOver(lease)) {
        return;
      }
      supersede(lease);
    }
  }

  private Optional<DeployView> next(Lease lease) {
    return EnvironmentQueue.next(deploys.unfinished(lease.id()));
  }

  /// A deploy that waits when a newer one has succeeded would bring something older: it is skipped,
  /// as GitLab refuses outdated deployment jobs.
  private void supersede(Lease lease) {
    var unfinished = deploys.unfinished(lease.id());
    if (unfinished.isEmpty()) {
      return;
    }
    var newest =
        deploys.of(lease.id(), 50, 0).stream()
            .filter(v -> v.state() instanceof Succeeded)
            .mapToLong(v -> v.deploy().id())
            .max()
            .orElse(0);
    for (var view : unfinished) {
      if (view.deploy().id() < newest && !view.state().holdsEnvironment()) {
        append(lease, view, new DeployEvent.SupersededBy(newest));
      }
    }
  }

  /// Take one deploy on until it has ended or waits for somebody.
  private void advance(Lease lease, DeployView start) throws InterruptedException {
    var view = start;
    // Set once this very process has stored StepBegun, so that it, and no other, may go on.
    var begun = -1;
    while (view.state().needsEngine() && (owes(view, begun) || !hold.leaves(lease))) {
      var now = view;
      switch (now.state()) {
        case Draft _ -> view = plan(lease, now);
        case Waiting waiting -> {
          if (othersBefore(lease, now)) {
            return;
          }
          view = start(lease, now, waiting);
        }
        case Running running -> {
          var step = running.plan().steps().get(running.step());
          if (running.phase() instanceof Phase.Due
              && !step.observable()
              && running.wish().isEmpty()) {
            view = append(lease, now, new DeployEvent.StepBegun(running.step()));
            begun = running.step();
          } else {
            view = run(lease, now, running, step, begun);
          }
        }
        case Verifying verifying -> view = verify(lease, now, verifying.plan());
        case RollingBack back -> view = undo(lease, now, back);
        case Paused _, Finished _ -> {
          return;
        }
      }
    }
  }

  /// Whether this process has promised a step that it alone can take: to the next server it would
  /// be in doubt.
  private static boolean owes(DeployView view, int begun) {
    return view.state() instanceof Running running
        && running.phase() instanceof Phase.Begun
        && running.step() == begun;
  }

  private boolean othersBefore(Lease lease, DeployView view) {
    return next(lease).filter(first -> first.deploy().id() == view.deploy().id()).isEmpty();
  }

  private DeployView plan(Lease lease, DeployView view) throws InterruptedException {
    return switch (planning.plan(view.deploy())) {
      case Planning.Ready(var plan) -> append(lease, view, new DeployEvent.Planned(plan));
      case Planning.Impossible(var reasons) ->
          append(lease, view, new DeployEvent.PlanRefused(String.join("; ", reasons)));
      case Planning.NotNow(var reason) -> {
        tell(view, reason + "; asking again");
        time.sleep(pace.retry());
        yield again(view);
      }
    };
  }

  private DeployView start(Lease lease, DeployView view, Waiting waiting)
      throws InterruptedException {
    Optional<String> moved;
    try {
      moved = moved(waiting.plan());
    } catch (TargetUnreachable e) {
      var gate =
          new Gate(
              "target", "a target cannot be reached: " + e.getMessage(), "the target answering");
      if (!waiting.held().equals(List.of(gate))) {
        return append(lease, view, new DeployEvent.Held(List.of(gate)));
      }
      time.sleep(pace.retry());
      return again(view);
    }
    if (moved.isEmpty()) {
      return append(lease, view, new DeployEvent.Started());
    } else if (view.deploy().exactly()) {
      return append(
          lease,
          view,
          new DeployEvent.BasisMoved(moved.get() + " since the plan was made; make a new plan"));
    } else {
      tell(view, moved.get() + " since the plan was made; planning anew");
      return plan(lease, view);
    }
  }

  /// What has changed on the targets since the plan was made.
  private Optional<String> moved(Plan plan) {
    for (var part : plan.targets()) {
      var name = part.binding().name();
      var target = targets.open(part.binding());
      if (target.capabilities().contains(Capability.OBSERVE)
          && !target.observe(plan.placeOn(name)).basis().equals(part.basis())) {
        return Optional.of("what runs on target `%s` has changed".formatted(name));
      }
    }
    return Optional.empty();
  }

  private DeployView run(Lease lease, DeployView view, Running running, Step step, int begun)
      throws InterruptedException {
    var at = running.step();
    return switch (running.phase()) {
      case Phase.Due _ when running.wish().isPresent() ->
          isInPlace(running.plan(), step)
              ? append(lease, view, new DeployEvent.StepApplied(at, "was in place"))
              : append(lease, view, new DeployEvent.StoppedBefore(at));
      case Phase.Due _ -> effect(lease, view, running, step);
      case Phase.Begun _ when begun == at -> effect(lease, view, running, step);
      case Phase.Begun _ ->
          append(
              lease,
              view,
              new DeployEvent.StepInDoubt(at, "the server stopped while the step was under way"));
      case Phase.InDoubt _ when !step.observable() ->
          append(lease, view, new DeployEvent.StoppedBefore(at));
      case Phase.InDoubt(var during) -> resolve(lease, view, running, step, during);
    };
  }

  private DeployView effect(Lease lease, DeployView view, Running running, Step step)
      throws InterruptedException {
    var at = running.step();
    killPoint.pass("step-" + at + ".before-effect");
    var outcome = ask(lease, view, running.plan(), step, at, false);
    killPoint.pass("step-" + at + ".after-effect");
    var after =
        append(
            lease,
            view,
            switch (outcome) {
              case Outcome.Applied(var note) -> new DeployEvent.StepApplied(at, note);
              case Outcome.Refused(var reason) -> new DeployEvent.StepRefused(at, reason);
              case Outcome.Later(var reason, _) ->
                  new DeployEvent.StepRefused(at, "it stayed impossible for too long: " + reason);
              case Outcome.Unknown(var during, var cause) ->
                  new DeployEvent.StepInDoubt(at, during + " (" + reason(cause) + ")");
            });
    killPoint.pass("step-" + at + ".after-commit");
    return after;
  }

  /// Ask the target, and again when it says later, for at most as long as a doubt may last.
  private Outcome ask(Lease lease, DeployView view, Plan plan, Step step, int at, boolean undo)
      throws InterruptedException {
    var order =
        new Order(
            new ApplyId(view.deploy().id(), at, undo), lease.generation(), log(view, step, undo));
    var target = targets.open(plan.target(step.target()).binding());
    var deadline = time.nanos() + pace.doubt().toNanos();
    while (true) {
      var outcome = askOnce(lease, order, target, plan, step, undo);
      if (outcome instanceof Outcome.Later(var reason, var wait)
          && time.nanos() + wait.toNanos() < deadline) {
        order.log().line("not now: " + reason);
        time.sleep(wait);
      } else {
        return outcome;
      }
    }
  }

  private Outcome askOnce(
      Lease lease, Order order, Target target, Plan plan, Step step, boolean undo) {
    var place = plan.placeOn(step.target());
    try (var _ = hold.effect(lease)) {
      return switch (step) {
        case Step.Apply apply ->
            target.apply(
                order, place, planner.load(undo ? apply.from() : apply.to()), apply.slice());
        case Step.Remove remove when undo ->
            target.apply(order, place, planner.load(remove.from()), Slice.all());
        case Step.Remove _ -> target.remove(order, place);
      };
    } catch (TargetUnreachable e) {
      return new Outcome.Unknown(String.valueOf(e.getMessage()), e);
    }
  }

  /// A step may or may not have happened: look until the target can be seen. Then it is there, or
  /// it is asked for again under the same id, which the target answers from its record if it had
  /// been done after all.
  private DeployView resolve(
      Lease lease, DeployView view, Running running, Step step, String during)
      throws InterruptedException {
    var at = running.step();
    var give = view.updatedAt().plus(pace.doubt());
    while (true) {
      var seen = see(running.plan(), step);
      switch (seen) {
        case IN_PLACE -> {
          return append(lease, view, new DeployEvent.StepApplied(at, "seen in place"));
        }
        case NOT_IN_PLACE -> {
          return running.wish().isPresent()
              ? append(lease, view, new DeployEvent.StoppedBefore(at))
              : effect(lease, view, running, step);
        }
        case CANNOT_TELL -> {
          if (running.wish().isPresent() || time.instant().isAfter(give)) {
            return append(
                lease,
                view,
                running.wish().isPresent()
                    ? new DeployEvent.StoppedBefore(at)
                    : new DeployEvent.StepAbandoned(
                        at, "could not find out whether it happened: " + during));
          }
          time.sleep(pace.retry());
          var now = again(view);
          if (now.sequence() != view.sequence()) {
            return now;
          }
        }
      }
    }
  }

  private enum Seen {
    IN_PLACE,
    NOT_IN_PLACE,
    CANNOT_TELL
  }

  private Seen see(Plan plan, Step step) {
    try {
      var target = targets.open(plan.target(step.target()).binding());
      var observation = target.observe(plan.placeOn(step.target()));
      var slice = step instanceof Step.Apply apply ? apply.slice() : Slice.all();
      var hidden =
          observation.instances().stream()
              .anyMatch(
                  i -> i.health() == Health.UNREACHABLE && slice.covers(i.host(), i.component()));
      if (hidden) {
        return Seen.CANNOT_TELL;
      }
      return observation.shows(wanted(step), slice) ? Seen.IN_PLACE : Seen.NOT_IN_PLACE;
    } catch (TargetUnreachable _) {
      return Seen.CANNOT_TELL;
    }
  }

  private boolean isInPlace(Plan plan, Step step) {
    return step.observable() && see(plan, step) == Seen.IN_PLACE;
  }

  private Revision wanted(Step step) {
    return switch (step) {
      case Step.Apply apply -> planner.load(apply.to());
      case Step.Remove _ -> Revision.EMPTY;
    };
  }

  private DeployView verify(Lease lease, DeployView view, Plan plan) throws InterruptedException {
    var deadline = time.nanos() + pace.verify().toNanos();
    while (true) {
      var complaint = complaint(plan);
      if (complaint.isEmpty()) {
        return append(lease, view, new DeployEvent.Verified());
      } else if (time.nanos() > deadline) {
        return append(
            lease,
            view,
            new DeployEvent.VerificationFailed(
                "not healthy within %s: %s".formatted(words(pace.verify()), complaint)));
      }
      time.sleep(Duration.ofMillis(Math.min(500, pace.retry().toMillis())));
      var now = again(view);
      if (now.sequence() != view.sequence()) {
        return now;
      }
    }
  }

  private String complaint(Plan plan) {
    for (var part : plan.targets()) {
      var name = part.binding().name();
      var target = targets.open(part.binding());
      if (!target.capabilities().contains(Capability.OBSERVE)) {
        continue;
      }
      try {
        var observation = target.observe(plan.placeOn(name));
        if (!observation.complaint().isEmpty()) {
          return observation.complaint();
        } else if (!observation.shows(planner.load(part.to()), Slice.all())) {
          return "target `%s` does not run what was applied".formatted(name);
        }
      } catch (TargetUnreachable e) {
        return "target `%s` cannot be reached: %s".formatted(name, e.getMessage());
      }
    }
    return "";
  }

  /// Take a step back. A refusal is asked again, because staying half-way is worse than waiting;
  /// only then it takes a person.
  private DeployView undo(Lease lease, DeployView view, RollingBack back)
      throws InterruptedException {
    var at = back.step();
    var step = back.plan().steps().get(at);
    if (step instanceof Step.Apply apply && !apply.undoable()) {
      return append(lease, view, new DeployEvent.StepUndone(at, CANNOT_BE_TAKEN_BACK));
    }
    var deadline = time.nanos() + pace.doubt().toNanos();
    for (var tries = 1; ; tries++) {
      killPoint.pass("undo-" + at + ".before-effect");
      var outcome = ask(lease, view, back.plan(), step, at, true);
      killPoint.pass("undo-" + at + ".after-effect");
      switch (outcome) {
        case Outcome.Applied(var note) -> {
          var after = append(lease, view, new DeployEvent.StepUndone(at, note));
          killPoint.pass("undo-" + at + ".after-commit");
          return after;
        }
        case Outcome.Refused(var reason) -> {
          if (tries >= pace.undoTries()) {
            return append(lease, view, new DeployEvent.UndoRefused(at, reason));
          }
          tell(view, "taking back was refused, trying again: " + reason);
        }
        case Outcome.Later(var reason, _) -> {
          return append(
              lease,
              view,
              new DeployEvent.UndoRefused(at, "it stayed impossible for too long: " + reason));
        }
        case Outcome.Unknown(var during, var cause) -> {
          var what = during + " (" + reason(cause) + ")";
          if (time.nanos() > deadline) {
            return append(
                lease, view, new DeployEvent.UndoRefused(at, "could not find out: " + what));
          } else if (!(back.phase() instanceof Phase.InDoubt)) {
            return append(lease, view, new DeployEvent.StepInDoubt(at, what));
          }
        }
      }
      time.sleep(pace.retry());
    }
  }

  /// Store an event that happened. When others stored one meanwhile, such as a person's wish, it
  /// still happened: it is told to the state that there is now.
  private DeployView append(Lease lease, DeployView view, DeployEvent event) {
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
          DeployEvent.StepAbandoned _,
          DeployEvent.SupersededBy _,
          DeployEvent.Planned _,
          DeployEvent.PlanRefused _,
          DeployEvent.Held _,
          DeployEvent.BasisMoved _ ->
          true;
      case DeployEvent.Approved _,
          DeployEvent.Rejected _,
          DeployEvent.StepInDoubt _,
          DeployEvent.StepApplied _,
          DeployEvent.StepRefused _,
          DeployEvent.RepeatAsked _,
          DeployEvent.VerificationFailed _,
          DeployEvent.StepUndone _,
          DeployEvent.UndoRefused _,
          DeployEvent.CancelAsked _,
          DeployEvent.PauseAsked _,
          DeployEvent.ResumeAsked _,
          DeployEvent.RollbackAsked _ ->
          false;
    };
  }

  private DeployView again(DeployView view) {
    return deploys.find(view.deploy().id()).orElseThrow();
  }

  private StepLog log(DeployView view, Step step, boolean undo) {
    var prefix = (undo ? "undo " : "") + step.target() + " | ";
    return text -> write(view, prefix + text);
  }

  private void tell(DeployView view, String text) {
    write(view, "fleetwright | " + text);
  }

  private void write(DeployView view, String text) {
    var line = (time.instant() + " " + text.replace('\n', ' ') + "\n");
    var bytes = line.getBytes(StandardCharsets.UTF_8);
    logs.append(LogName.deploy(view.deploy().id()), bytes, 0, bytes.length);
  }

  private static String reason(Exception cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static String words(Duration duration) {
    return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
