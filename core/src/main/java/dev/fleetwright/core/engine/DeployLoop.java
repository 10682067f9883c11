package dev.fleetwright.core.engine;

import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Tended;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.engine.DeployRun.Basis;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the deploys of one environment on: whose turn is it, what does it wait for, and may it
/// take the place of the one that has begun. How one deploy goes on is told by [DeployRun].
///
/// Nothing here blocks for longer than a target takes to answer: what waits for a time, a person or
/// another environment gives the lease back, and is looked at again.
final class DeployLoop {

  private static final Logger log = LoggerFactory.getLogger(DeployLoop.class);

  private static final String IN_VAIN =
      "it was tried %d times, and each time that failed or the server ended in the middle of it"
          .formatted(Attempts.MOST);

  /// Who may begin is nearly always among so many first. Only when none of them may, all are looked
  /// at: reading hundreds for each deploy was what a long queue cost.
  private static final int FEW = 4;

  /// As many where one that waits blocks all others.
  private static final int FIRST = 1;

  private final Deploys deploys;
  private final Environments environments;
  private final Holds holds;
  private final Gatekeeper gatekeeper;
  private final DeployJournal journal;
  private final DeployRun run;
  private final Attempts attempts;
  private final Time time;
  private final Pace pace;
  private final LeaseGuard guard;

  DeployLoop(
      Deploys deploys,
      Environments environments,
      Holds holds,
      Gatekeeper gatekeeper,
      DeployJournal journal,
      DeployRun run,
      Attempts attempts,
      Time time,
      Pace pace,
      LeaseGuard guard) {
    this.deploys = deploys;
    this.environments = environments;
    this.holds = holds;
    this.gatekeeper = gatekeeper;
    this.journal = journal;
    this.run = run;
    this.attempts = attempts;
    this.time = time;
    this.pace = pace;
    this.guard = guard;
  }

  /// Work on the environment until there is nothing to do now.
  ///
  /// @return how long there will be nothing to do, unless something new comes in for it
  /// @throws LeaseLost when another server has taken over
  Duration work(Lease lease) throws InterruptedException {
    attempts.begin(lease).flatMap(deploys::find).ifPresent(view -> quarantine(lease, view));
    try {
      while (true) {
        var rest = pass(lease);
        if (rest.isPresent()) {
          return rest.get();
        } else if (guard.turnIsOver(lease)) {
          return Duration.ZERO;
        }
      }
    } finally {
      attempts.end(lease);
    }
  }

  /// Whoever works on it fails, or dies of it, again and again. So nobody does any more until a
  /// person has said so. It is one event: with two, a server that died between them would be
  /// followed by one that tries again.
  private void quarantine(Lease lease, DeployView suspect) {
    var view = suspect;
    while (view.state() instanceof Tended) {
      view = journal.append(lease, view, new DeployEvent.QuarantineBegan(IN_VAIN));
    }
    if (view.state() instanceof Quarantined) {
      journal.tell(view, "quarantined: " + IN_VAIN);
      log.atError()
          .addKeyValue("deploy", view.deploy().id())
          .addKeyValue("tries", Attempts.MOST)
          .log("deploy is quarantined: every try failed, or the server ended in the middle of it");
    }
  }

  /// @return how long to rest; empty when something has changed and is to be looked at again
  private Optional<Duration> pass(Lease lease) throws InterruptedException {
    var environment = environments.find(lease.id()).orElseThrow();
    var few = few(environment);
    var first = deploys.unfinished(lease.id(), few + 1, newestFirst(environment));
    if (first.isEmpty()) {
      return Optional.of(pace.rest());
    } else if (superseded(lease, first)) {
      return Optional.empty();
    }
    var holder = EnvironmentQueue.holder(first);
    if (holder.isPresent()) {
      attempts.on(lease, holder.get().deploy().id());
      return holding(lease, environment, run.carryOn(lease, holder.get()));
    }
    var turn = turn(lease, environment, first);
    if (turn instanceof Turn.Nobody && first.size() > few) {
      var all = deploys.unfinished(lease.id());
      if (superseded(lease, all)) {
        return Optional.empty();
      }
      turn = turn(lease, environment, all);
    }
    return switch (turn) {
      case Turn.Ready(var view) -> {
        var started = journal.append(lease, view, new DeployEvent.Started());
        yield started.state().holdsEnvironment()
            ? holding(lease, environment, run.carryOn(lease, started))
            : Optional.empty();
      }
      case Turn.Changed _ -> Optional.empty();
      case Turn.Nobody(var rest) -> Optional.of(rest);
    };
  }

  private static int few(Environment environment) {
    return switch (environment.policy().queue()) {
      case OLDEST_FIRST, NEWEST_FIRST -> FIRST;
      case UNORDERED, NEWEST_READY_FIRST -> FEW;
    };
  }

  private static boolean newestFirst(Environment environment) {
    return switch (environment.policy().queue()) {
      case NEWEST_FIRST, NEWEST_READY_FIRST -> true;
      case OLDEST_FIRST, UNORDERED -> false;
    };
  }

  /// A deploy that waits when a newer one has succeeded would bring something older: it is skipped,
  /// as GitLab refuses outdated deployment jobs.
  ///
  /// @return whether there was any, so that it is looked at again
  private boolean superseded(Lease lease, List<DeployView> unfinished) {
    var newest = deploys.lastSucceededId(lease.id()).orElse(0L);
    var outdated =
        unfinished.stream()
            .filter(v -> v.deploy().id() < newest && !v.state().holdsEnvironment())
            .toList();
    outdated.forEach(v -> journal.append(lease, v, new DeployEvent.SupersededBy(newest)));
    return !outdated.isEmpty() || supersededAutomatic(lease, unfinished);
  }

  /// What the environment would take by itself does not come before the deliberate deploy of
  /// something older, nor after it.
  ///
  /// @return whether there was any
  private boolean supersededAutomatic(Lease lease, List<DeployView> unfinished) {
    var automatic =
        unfinished.stream()
            .filter(v -> v.deploy().origin().automatic() && !v.state().holdsEnvironment())
            .toList();
    var deliberate =
        automatic.isEmpty()
            ? Optional.<Long>empty()
            : holds.of(lease.id()).flatMap(EnvironmentHold::deploy);
    deliberate.ifPresent(deploy ->
        automatic.forEach(v -> journal.append(lease, v, new DeployEvent.SupersededBy(deploy))));
    return deliberate.isPresent();
  }

  /// The deploy that has begun has come to a wait or to its end.
  private Optional<Duration> holding(Lease lease, Environment environment, DeployView view)
      throws InterruptedException {
    return switch (view.state()) {
      case Verifying verifying -> {
        run.verify(lease, view, verifying, () -> successor(lease, environment, view));
        yield Optional.empty();
      }
      case Running running when running.phase() instanceof Phase.Watching -> {
        var wait = run.watch(lease, view, running);
        yield wait.isPresent() && preempted(lease, environment, view) ? Optional.empty() : wait;
      }
      case Quarantined _ -> Optional.of(pace.rest());
      case Paused _ ->
          preempted(lease, environment, view) ? Optional.empty() : Optional.of(pace.rest());
      // Either this server shall stop, or the step is in doubt and only a person can tell.
      case Running _, RollingBack _ ->
          view.state().needsEngine() ? Optional.empty() : Optional.of(pace.rest());
      case Draft _, Waiting _, Finished _ -> Optional.empty();
    };
  }

  private boolean preempted(Lease lease, Environment environment, DeployView view)
      throws InterruptedException {
    var newer = successor(lease, environment, view);
    newer.ifPresent(id -> journal.append(lease, view, new DeployEvent.PreemptedBy(id)));
    return newer.isPresent();
  }

  /// The newer deploy that may take this one's place now.
  private Optional<Long> successor(Lease lease, Environment environment, DeployView view)
      throws InterruptedException {
    if (view.state().idleness().filter(environment.policy().preemptible()::contains).isEmpty()) {
      return Optional.empty();
    }
    while (true) {
      var newer =
          deploys.unfinished(lease.id()).stream()
              .filter(v -> v.deploy().id() > view.deploy().id())
              .toList();
      switch (turn(lease, environment, newer)) {
        case Turn.Ready(var ready) -> {
          return Optional.of(ready.deploy().id());
        }
        case Turn.Nobody _ -> {
          return Optional.empty();
        }
        case Turn.Changed _ -> {}
      }
    }
  }

  /// Who may begin.
  private sealed interface Turn {
    record Ready(DeployView view) implements Turn {}

    /// Look again.
    record Changed() implements Turn {}

    record Nobody(Duration rest) implements Turn {}
  }

  /// Plan what is not planned, see which gates are closed, and find the one that may begin.
  private Turn turn(Lease lease, Environment environment, List<DeployView> candidates)
      throws InterruptedException {
    var rest = pace.rest();
    for (var candidate : EnvironmentQueue.inTurn(candidates, environment.policy().queue())) {
      attempts.on(lease, candidate.deploy().id());
      var planned =
          candidate.state() instanceof Draft ? run.plan(lease, candidate) : Optional.of(candidate);
      if (planned.isEmpty()) {
        rest = shorter(rest, pace.retry());
        continue;
      }
      var view = planned.get();
      if (!(view.state() instanceof Waiting waiting)) {
        return new Turn.Changed();
      }
      var closed = gatekeeper.closed(environment, view, waiting, time.instant());
      if (closed.isEmpty() && waiting.approved()) {
        switch (run.basis(waiting.plan(), environment.id())) {
          case Basis.Same _ -> {
            var ready = held(lease, view, waiting, List.of());
            return ready.state() instanceof Waiting now && now.ready()
                ? new Turn.Ready(ready)
                : new Turn.Changed();
          }
          case Basis.Moved(var what) -> {
            return moved(lease, view, what);
          }
          case Basis.Unseen(var target, var why) -> {
            closed =
                List.of(
                    new Gate(
                        "target",
                        "target `%s` cannot be reached: %s".formatted(target, why),
                        "the target answering"));
            rest = shorter(rest, pace.retry());
          }
        }
      }
      held(lease, view, waiting, closed);
      for (var gate : closed) {
        rest =
            shorter(
                rest,
                gate.opensAt()
                    .map(then -> Duration.between(time.instant(), then))
                    .filter(Duration::isPositive)
                    .orElse(pace.gates()));
      }
    }
    return new Turn.Nobody(rest);
  }

  private Turn moved(Lease lease, DeployView view, String what) {
    if (view.deploy().exactly()) {
      journal.append(
          lease,
          view,
          new DeployEvent.BasisMoved(what + " since the plan was made; make a new plan"));
      return new Turn.Changed();
    }
    journal.tell(view, what + " since the plan was made; planning anew");
    return run.plan(lease, view).isPresent() ? new Turn.Changed() : new Turn.Nobody(pace.retry());
  }

  private DeployView held(Lease lease, DeployView view, Waiting waiting, List<Gate> closed) {
    return waiting.held().equals(closed)
        ? view
        : journal.append(lease, view, new DeployEvent.Held(closed));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
