package dev.fleetwright.core.engine;

import dev.fleetwright.core.analysis.Analysis;
import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.analysis.Measurement;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.plan.Planner.Planning;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.plan.Words;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.core.target.Targets;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Takes one deploy of one environment on: look at its state, ask one target, store what it
/// answered.
///
/// A server may die between any two lines of this class. The next one reads the same events, stands
/// at the same state, and asks the same target with the same [ApplyId].
final class DeployRun {

  private static final String CANNOT_BE_TAKEN_BACK = "what a script did cannot be taken back";
  private static final String STAYS_AS_IT_IS =
      "`rollback` in fleetwright.yml says that nothing is taken back by itself when a deploy fails";

  /// How long to look again before what is watched counts as failed: one bad answer is not an
  /// outage.
  private static final Duration SECOND_LOOK = Duration.ofMillis(500);

  /// At most so long between two requests for a step that never says how it went.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final DeployJournal journal;
  private final Environments environments;
  private final DeployPlanner planning;
  private final Planner planner;
  private final Targets targets;
  private final Analysis analysis;
  private final Time time;
  private final Pace pace;
  private final KillPoint killPoint;
  private final LeaseGuard guard;

  DeployRun(
      DeployJournal journal,
      Environments environments,
      DeployPlanner planning,
      Planner planner,
      Targets targets,
      Analysis analysis,
      Time time,
      Pace pace,
      KillPoint killPoint,
      LeaseGuard guard) {
    this.journal = journal;
    this.environments = environments;
    this.planning = planning;
    this.planner = planner;
    this.targets = targets;
    this.analysis = analysis;
    this.time = time;
    this.pace = pace;
    this.killPoint = killPoint;
    this.guard = guard;
  }

  /// Whether what a plan was made on is still so.
  sealed interface Basis {
    record Same() implements Basis {}

    record Moved(String what) implements Basis {}

    record Unseen(String target, String why) implements Basis {}
  }

  /// A newer deploy that is ready to take the place of one that only waits.
  @FunctionalInterface
  interface Successor {
    Optional<Long> ready() throws InterruptedException;
  }

  /// Decide what the deploy will do.
  ///
  /// @return empty when a target could not be asked; ask again later
  Optional<DeployView> plan(Lease lease, DeployView view) {
    return switch (planning.plan(view.deploy())) {
      case Planning.Ready(var plan) ->
          Optional.of(journal.append(lease, view, new DeployEvent.Planned(plan)));
      case Planning.Impossible(var reasons) ->
          Optional.of(
              journal.append(lease, view, new DeployEvent.PlanRefused(String.join("; ", reasons))));
      case Planning.NotNow(var reason) -> {
        journal.tell(view, reason + "; asking again");
        yield Optional.empty();
      }
    };
  }

  /// Look whether the plan still means what it said: the targets run what it saw, and undoing it
  /// would go back to what is known to work now.
  Basis basis(Plan plan, long environment) {
    var live = environments.live(environment);
    for (var part : plan.targets()) {
      var name = part.binding().name();
      if (!Planner.from(live, name).equals(part.from())) {
        return new Basis.Moved("another deploy to target `%s` has succeeded".formatted(name));
      }
      try {
        var target = targets.open(part.binding());
        if (target.capabilities().contains(Capability.OBSERVE)
            && !target.observe(plan.placeOn(name)).basis().equals(part.basis())) {
          return new Basis.Moved("what runs on target `%s` has changed".formatted(name));
        }
      } catch (TargetUnreachable e) {
        return new Basis.Unseen(name, String.valueOf(e.getMessage()));
      }
    }
    return new Basis.Same();
  }

  /// Do what is due, until the deploy has ended, or only waits, or nobody but a person can go on.
  DeployView carryOn(Lease lease, DeployView start) throws InterruptedException {
    var view = start;
    var seen = new Witness();
    while (view.state().needsEngine()
        && view.state().idleness().isEmpty()
        && (owes(view, seen) || !guard.leaves(lease))) {
      var now = view;
      switch (now.state()) {
        case Running running -> {
          switch (running.plan().steps().get(running.step())) {
            case Step.Change step
                when running.phase() instanceof Phase.Due
                    && !step.observable()
                    && running.wish().isEmpty() -> {
              view = journal.append(lease, now, new DeployEvent.StepBegun(running.step()));
              seen.begun = running.step();
            }
            case Step.Change step -> view = run(lease, now, running, step, seen);
            case Step.Watch _ -> view = beginWatch(lease, now, running);
          }
        }
        case RollingBack back -> view = undo(lease, now, back);
        case Draft _, Waiting _, Verifying _, Paused _, Quarantined _, Finished _ -> {
          return now;
        }
      }
      seen.went(now, view);
    }
    return view;
  }

  /// Whether this process has promised a step that it alone can take: to the next server it would
  /// be in doubt.
  private static boolean owes(DeployView view, Witness seen) {
    return view.state() instanceof Running running
        && running.phase() instanceof Phase.Begun
        && running.step() == seen.begun;
  }

  /// What one call knows of the step at hand because it was there when it happened. A server that
  /// takes over knows nothing: the one before it may have asked for the step, and its order may be
  /// on its way, or under way, or about to be put back.
  private static final class Witness {
    /// The step whose beginning this very process has stored, so that it, and no other, may go on.
    int begun = -1;

    /// The step that became due: whatever was asked for since, this process asked for it.
    int due = -1;

    /// The step that became due and that nobody has asked for yet.
    int unasked = -1;

    void went(DeployView from, DeployView to) {
      if (to.state() instanceof Running now) {
        if (!(from.state() instanceof Running before && before.step() == now.step())) {
          due = now.step();
          unasked = now.step();
        } else if (now.phase() instanceof Phase.InDoubt) {
          unasked = -1;
        }
      }
    }
  }

  private DeployView beginWatch(Lease lease, DeployView view, Running running) {
    return journal.append(
        lease,
        view,
        running.wish().isPresent()
            ? new DeployEvent.StoppedBefore(running.step())
            : new DeployEvent.WatchBegan(running.step(), time.instant()));
  }

  /// Look at a step that watches.
  ///
  /// @return how long to wait before looking again; empty when the deploy has moved
  Optional<Duration> watch(Lease lease, DeployView view, Running running)
      throws InterruptedException {
    var at = running.step();
    var plan = running.plan();
    if (!(running.phase() instanceof Phase.Watching(var since)
        && plan.steps().get(at) instanceof Step.Watch watch)) {
      throw new IllegalStateException(
          "step %d of deploy %d watches nothing".formatted(at, view.deploy().id()));
    }
    if (running.wish().isPresent()) {
      journal.append(lease, view, new DeployEvent.StoppedBefore(at));
      return Optional.empty();
    }
    var complaint = ailment(plan);
    if (!complaint.isEmpty()) {
      time.sleep(SECOND_LOOK);
      complaint = ailment(plan);
    }
    if (!complaint.isEmpty()) {
      return failed(lease, view, at, watch, complaint);
    }
    return switch (watch) {
      case Step.Hold hold -> look(lease, view, at, hold, since);
      case Step.Analyse analyse -> look(lease, view, plan, at, analyse, since);
    };
  }

  private Optional<Duration> failed(
      Lease lease, DeployView view, int at, Step.Watch watch, String complaint) {
    journal.append(
        lease,
        view,
        new DeployEvent.WatchFailed(at, "during `%s`: %s".formatted(watch.name(), complaint)));
    return Optional.empty();
  }

  private Optional<Duration> look(
      Lease lease, DeployView view, int at, Step.Hold hold, Instant since) {
    if (hold.length().isEmpty()) {
      return Optional.of(pace.retry());
    }
    var left = Duration.between(time.instant(), since.plus(hold.length().get()));
    if (left.isPositive()) {
      return Optional.of(left.compareTo(pace.retry()) < 0 ? left : pace.retry());
    }
    journal.append(
        lease, view, new DeployEvent.WatchEnded(at, "held for " + Words.of(hold.length().get())));
    return Optional.empty();
  }

  /// Nothing about earlier looks is kept, so it does not matter which server looks, or that one
  /// died in between: bad answers are forgiven within a look, and the last look decides.
  private Optional<Duration> look(
      Lease lease, DeployView view, Plan plan, int at, Step.Analyse analyse, Instant since)
      throws InterruptedException {
    var probe = analyse.probe();
    var seen = measure(plan, probe);
    for (var bad = 1; seen instanceof Measurement.Fail && bad <= probe.forgiven(); bad++) {
      time.sleep(SECOND_LOOK);
      seen = measure(plan, probe);
    }
    var left = Duration.between(time.instant(), since.plus(probe.length()));
    return switch (seen) {
      case Measurement.Fail(var reason) -> failed(lease, view, at, analyse, reason);
      case Measurement.Pass(var what) when !left.isPositive() -> {
        journal.append(
            lease,
            view,
            new DeployEvent.WatchEnded(
                at, "as expected for %s, at last %s".formatted(Words.of(probe.length()), what)));
        yield Optional.empty();
      }
      case Measurement.Pass _ ->
          Optional.of(left.compareTo(probe.every()) < 0 ? left : probe.every());
      // As long again for an answer; a release is not let on because nobody could say anything.
      case Measurement.Inconclusive(var reason) ->
          left.plus(probe.length()).isPositive()
              ? Optional.of(probe.every())
              : failed(lease, view, at, analyse, "nothing could be learnt: " + reason);
    };
  }

  /// The worst of what there is to ask.
  private Measurement measure(Plan plan, HttpProbe probe) {
    return switch (probe.where()) {
      case HttpProbe.Where.Address(var address) -> analysis.measure(probe, address, false);
      case HttpProbe.Where.Component(var name, var path) -> {
        var last =
            (Measurement)
                new Measurement.Inconclusive(
                    "no instance of `%s` that runs the new release says where it can be asked"
                        .formatted(name));
        for (var endpoint : endpoints(plan, name)) {
          var seen = analysis.measure(probe, URI.create(endpoint + path), true);
          if (seen instanceof Measurement.Fail) {
            yield seen;
          }
          last = seen;
        }
        yield last;
      }
    };
  }

  /// Where the new release answers itself: as a newcomer at its own address, or on the instances
  /// that have been changed.
  private List<String> endpoints(Plan plan, String component) {
    var endpoints = new ArrayList<String>();
    for (var part : plan.targets()) {
      var target = targets.open(part.binding());
      var wanted = planner.load(part.to()).component(component);
      if (wanted.isPresent() && target.capabilities().contains(Capability.OBSERVE)) {
        try {
          var seen = target.observe(plan.placeOn(part.binding().name()));
          Stream.concat(
                  seen.beside().stream().flatMap(b -> b.instances().stream()),
                  seen.instances().stream())
              .filter(i -> i.component().equals(component))
              .filter(i -> i.runs().equals(wanted.get().digest()))
              .map(Observation.Instance::endpoint)
              .filter(e -> e.startsWith("http"))
              .forEach(endpoints::add);
        } catch (TargetUnreachable _) {
          // Another target may tell; if none does, nothing is learnt.
        }
      }
    }
    return endpoints;
  }

  /// What is wrong with what runs; empty when nothing is. What cannot be seen now is not held
  /// against the release.
  private String ailment(Plan plan) {
    for (var part : plan.targets()) {
      var target = targets.open(part.binding());
      if (target.capabilities().contains(Capability.OBSERVE)) {
        try {
          var complaint = target.observe(plan.placeOn(part.binding().name())).ailment();
          if (!complaint.isEmpty()) {
            return complaint;
          }
        } catch (TargetUnreachable _) {
          // The next change to it will tell.
        }
      }
    }
    return "";
  }

  private DeployView run(
      Lease lease, DeployView view, Running running, Step.Change step, Witness seen)
      throws InterruptedException {
    var at = running.step();
    return switch (running.phase()) {
      case Phase.Due _ when running.wish().isPresent() -> wished(lease, view, running, step, seen);
      case Phase.Watching _ ->
          throw new IllegalStateException("a step that changes something does not watch");
      case Phase.Due _ -> effect(lease, view, running, step, seen.unasked == at);
      case Phase.Begun _ when seen.begun == at -> effect(lease, view, running, step, true);
      case Phase.Begun _ ->
          journal.append(
              lease,
              view,
              new DeployEvent.StepInDoubt(at, "the server stopped while the step was under way"));
      case Phase.InDoubt _ when !step.observable() ->
          journal.append(lease, view, new DeployEvent.StoppedBefore(at));
      case Phase.InDoubt(var during) -> resolve(lease, view, running, step, during, seen.due == at);
    };
  }

  /// Somebody wants it to stop, and the step may or may not have been asked for by a server that is
  /// gone. If so, its order may still be on its way, and arrive when all is over. So it is asked
  /// for again: that carries the newer token, after which the target turns the old order down. Then
  /// the step has ended, and the wish is granted.
  private DeployView wished(
      Lease lease, DeployView view, Running running, Step.Change step, Witness seen)
      throws InterruptedException {
    var at = running.step();
    return seen.unasked == at || !step.observable() || see(running.plan(), step) == Seen.CANNOT_TELL
        ? journal.append(lease, view, new DeployEvent.StoppedBefore(at))
        : effect(lease, view, running, step, false);
  }

  /// @param first whether it has certainly not been asked for before
  private DeployView effect(
      Lease lease, DeployView view, Running running, Step.Change step, boolean first)
      throws InterruptedException {
    var at = running.step();
    killPoint.pass("step-" + at + ".before-effect");
    var outcome = ask(lease, view, running.plan(), step, at, false);
    killPoint.pass("step-" + at + ".after-effect");
    var after =
        journal.append(
            lease,
            view,
            switch (outcome) {
              case Outcome.Applied(var note) -> new DeployEvent.StepApplied(at, note);
              case Outcome.Refused(var reason) -> refused(running.plan(), step, at, reason, first);
              case Outcome.Later(var reason, _) ->
                  refused(
                      running.plan(),
                      step,
                      at,
                      "it stayed impossible for too long: " + reason,
                      first);
              case Outcome.Unknown(var during, var cause) ->
                  new DeployEvent.StepInDoubt(at, during + " (" + reason(cause) + ")");
            });
    killPoint.pass("step-" + at + ".after-commit");
    return after;
  }

  /// A refusal promises that the target is as it was before it was asked. When it had been asked
  /// before, and that answer was lost, it may be half-way: then this step is taken back too.
  private DeployEvent refused(Plan plan, Step.Change step, int at, String reason, boolean first) {
    return first
            || !step.observable()
            || shows(plan, step, planner.load(step.from())) == Seen.IN_PLACE
        ? new DeployEvent.StepRefused(at, reason)
        : new DeployEvent.StepAbandoned(at, reason);
  }

  /// Ask the target, and again when it says later, for at most as long as a doubt may last.
  private Outcome ask(
      Lease lease, DeployView view, Plan plan, Step.Change step, int at, boolean undo)
      throws InterruptedException {
    var order =
        new Order(
            new ApplyId(view.deploy().id(), at, undo),
            lease.generation(),
            journal.log(view, step, undo));
    var target = targets.open(plan.target(step.target()).binding());
    var deadline = time.nanos() + pace.doubt().toNanos();
    while (true) {
      var begun = time.nanos();
      var outcome = askOnce(lease, order, target, plan, step, undo);
      // A host that is cut off lets each question take its time.
      var took = time.nanos() - begun;
      if (outcome instanceof Outcome.Later(var reason, var wait)
          && time.nanos() + wait.toNanos() + took < deadline) {
        order.log().line("not now: " + reason);
        time.sleep(wait);
      } else {
        return outcome;
      }
    }
  }

  private Outcome askOnce(
      Lease lease, Order order, Target target, Plan plan, Step.Change step, boolean undo) {
    var place = plan.placeOn(step.target());
    // Read before the lease is looked at: from that look to the effect nothing may take long.
    var revision = undo ? planner.load(step.from()) : wanted(step);
    try (var _ = guard.effect(lease)) {
      return switch (step) {
        case Step.Apply apply -> target.apply(order, place, revision, apply.slice());
        case Step.Remove _ when undo -> target.apply(order, place, revision, Slice.all());
        case Step.Remove _ -> target.remove(order, place);
      };
    } catch (TargetUnreachable e) {
      return new Outcome.Unknown(String.valueOf(e.getMessage()), e);
    }
  }

  /// A step may or may not have happened: look until the target can be seen. Then it is there, or
  /// it is asked for again under the same id, which the target answers from its record if it had
  /// been done after all.
  ///
  /// @param own whether only this process can have asked for it. If not, seeing it in place is not
  ///   enough: only an order with the newer token keeps an older one from changing it again
  private DeployView resolve(
      Lease lease, DeployView view, Running running, Step.Change step, String during, boolean own)
      throws InterruptedException {
    var at = running.step();
    var doubt = journal.doubt(view, at);
    var give = doubt.since().plus(pace.doubt());
    if (doubt.times() > 1) {
      // It was seen, asked for again, and has not said how that went either.
      var end = time.nanos() + moreAndMore(doubt.times() - 1).toNanos();
      while (time.nanos() < end) {
        time.sleep(pace.retry());
        var now = journal.again(view);
        if (now.sequence() != view.sequence() || guard.leaves(lease)) {
          return now;
        }
      }
      if (running.wish().isPresent()) {
        return journal.append(lease, view, new DeployEvent.StoppedBefore(at));
      } else if (paused(doubt.times()).compareTo(pace.doubt()) >= 0) {
        return journal.append(
            lease,
            view,
            new DeployEvent.StepAbandoned(
                at,
                "asked %d times, it never said how it went: %s".formatted(doubt.times(), during)));
      }
    }
    while (true) {
      var begun = time.nanos();
      var seen = see(running.plan(), step);
      var next = pace.retry().plusNanos(time.nanos() - begun);
      switch (seen) {
        case IN_PLACE -> {
          return own
              ? journal.append(lease, view, new DeployEvent.StepApplied(at, "seen in place"))
              : effect(lease, view, running, step, false);
        }
        case NOT_IN_PLACE -> {
          return effect(lease, view, running, step, false);
        }
        case CANNOT_TELL -> {
          if (running.wish().isPresent() || time.instant().plus(next).isAfter(give)) {
            return journal.append(
                lease,
                view,
                running.wish().isPresent()
                    ? new DeployEvent.StoppedBefore(at)
                    : new DeployEvent.StepAbandoned(
                        at, "could not find out whether it happened: " + during));
          }
          time.sleep(pace.retry());
          var now = journal.again(view);
          if (now.sequence() != view.sequence()) {
            return now;
          }
        }
      }
    }
  }

  /// How long was paused in all before it was asked so many times.
  private Duration paused(int times) {
    return IntStream.range(1, times)
        .mapToObj(this::moreAndMore)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /// Twice as long each time.
  private Duration moreAndMore(int times) {
    var wait = pace.retry().multipliedBy(1L << Math.min(times - 1, 10));
    return wait.compareTo(LONGEST_PAUSE) < 0 ? wait : LONGEST_PAUSE;
  }

  private enum Seen {
    IN_PLACE,
    NOT_IN_PLACE,
    CANNOT_TELL
  }

  private Seen see(Plan plan, Step.Change step) {
    return shows(plan, step, wanted(step));
  }

  /// Whether what a step covers runs this revision.
  private Seen shows(Plan plan, Step.Change step, Revision revision) {
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
      return observation.shows(revision, slice) ? Seen.IN_PLACE : Seen.NOT_IN_PLACE;
    } catch (TargetUnreachable _) {
      return Seen.CANNOT_TELL;
    }
  }

  private Revision wanted(Step.Change step) {
    return switch (step) {
      case Step.Apply apply -> planner.load(apply.to());
      case Step.Remove _ -> Revision.EMPTY;
    };
  }

  /// Look at what runs until it is healthy, or has had its time. When it does not become healthy
  /// soon, a newer deploy may take its place: it may be the fix.
  void verify(Lease lease, DeployView view, Verifying verifying, Successor successor)
      throws InterruptedException {
    var began = time.nanos();
    while (true) {
      var complaint = complaint(verifying.plan());
      var waited = Duration.ofNanos(time.nanos() - began);
      if (complaint.isEmpty()) {
        journal.append(lease, view, new DeployEvent.Verified());
        return;
      } else if (waited.compareTo(pace.verify()) > 0) {
        journal.append(
            lease,
            view,
            new DeployEvent.VerificationFailed(
                "not healthy within %s: %s".formatted(Words.of(pace.verify()), complaint)));
        return;
      }
      if (waited.compareTo(pace.retry()) >= 0) {
        var newer = successor.ready();
        if (newer.isPresent()) {
          journal.append(lease, view, new DeployEvent.PreemptedBy(newer.get()));
          return;
        }
      }
      time.sleep(Duration.ofMillis(Math.min(500, pace.retry().toMillis())));
      if (guard.leaves(lease) || journal.again(view).sequence() != view.sequence()) {
        return;
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

  private RollbackTriggers triggers(Lease lease) {
    return environments.find(lease.id()).orElseThrow().policy().rollback();
  }

  /// Take a step back. A refusal is asked again, because staying half-way is worse than waiting;
  /// only then it takes a person.
  private DeployView undo(Lease lease, DeployView view, RollingBack back)
      throws InterruptedException {
    var at = back.step();
    if (!(back.plan().steps().get(at) instanceof Step.Change step)) {
      throw new IllegalStateException("step " + at + " changed nothing that could be taken back");
    }
    if (!triggers(lease).onFailure() && !journal.wasAskedToGoBack(view)) {
      return journal.append(lease, view, new DeployEvent.UndoRefused(at, STAYS_AS_IT_IS));
    }
    if (!step.undoable()) {
      return journal.append(lease, view, new DeployEvent.StepUndone(at, CANNOT_BE_TAKEN_BACK));
    }
    var deadline = time.nanos() + pace.doubt().toNanos();
    for (var tries = 1; ; tries++) {
      killPoint.pass("undo-" + at + ".before-effect");
      var outcome = ask(lease, view, back.plan(), step, at, true);
      killPoint.pass("undo-" + at + ".after-effect");
      switch (outcome) {
        case Outcome.Applied(var note) -> {
          var after = journal.append(lease, view, new DeployEvent.StepUndone(at, note));
          killPoint.pass("undo-" + at + ".after-commit");
          return after;
        }
        case Outcome.Refused(var reason) -> {
          if (tries >= pace.undoTries()) {
            return journal.append(lease, view, new DeployEvent.UndoRefused(at, reason));
          }
          journal.tell(view, "taking back was refused, trying again: " + reason);
        }
        case Outcome.Later(var reason, _) -> {
          return journal.append(
              lease,
              view,
              new DeployEvent.UndoRefused(at, "it stayed impossible for too long: " + reason));
        }
        case Outcome.Unknown(var during, var cause) -> {
          var what = during + " (" + reason(cause) + ")";
          if (time.nanos() > deadline) {
            return journal.append(
                lease, view, new DeployEvent.UndoRefused(at, "could not find out: " + what));
          } else if (!(back.phase() instanceof Phase.InDoubt)) {
            return journal.append(lease, view, new DeployEvent.StepInDoubt(at, what));
          }
        }
      }
      time.sleep(pace.retry());
    }
  }

  private static String reason(Exception cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
