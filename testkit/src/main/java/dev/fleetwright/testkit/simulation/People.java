package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.deploy.GateDecision;
import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.plan.Planner.Planning;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.testkit.history.History.Asked;
import dev.fleetwright.testkit.history.History.Said;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/// People, at their desks: they ask for deploys, agree, disagree, stop, go on and go back, at bad
/// moments, and ask again when no answer comes. They do it as the server's operations do: look,
/// decide, write at the sequence they looked at, look again when it moved.
final class People {

  private static final List<String> NAMES = List.of("ann", "bo", "cy");
  private static final int UNFINISHED_AT_MOST = 6;

  private final SplittableRandom random;
  private final MemoryStore store;
  private final Simulation.Alterations alterations;
  private final Ports ports;
  private final SimulatedTime time;
  private final DeployPlanner planning;
  private final List<Asked> asked = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();
  private final Map<Long, Digest> seenPlans = new HashMap<>();
  private boolean calm;

  People(
      Turns turns,
      SplittableRandom random,
      Faults faults,
      MemoryStore store,
      World world,
      Simulation.Alterations alterations) {
    this.random = random;
    this.store = store;
    this.alterations = alterations;
    var node = new Node("people", false);
    this.ports = new Ports(turns, faults, node, store);
    this.time = new SimulatedTime(turns, node);
    this.planning =
        new DeployPlanner(
            ports.environments(),
            ports.releases(),
            ports.deploys(),
            new Planner(world.targets(), ports.blobs()),
            ports.blobs());
  }

  List<Asked> asked() {
    return List.copyOf(asked);
  }

  List<Said> said() {
    return List.copyOf(said);
  }

  void start() {
    NAMES.forEach(name -> time.thread(name, () -> live(new Actor(name))).start());
  }

  /// From now on nobody wants anything new; what waits for a person is given what it waits for.
  void calm() {
    calm = true;
  }

  private void live(Actor me) {
    try {
      while (true) {
        time.sleep(Duration.ofMillis(random.nextLong(200, calm ? 2_000 : 9_000)));
        try {
          if (calm) {
            settle(me);
          } else {
            act(me);
          }
        } catch (StoreUnavailable | TargetUnreachable _) {
          // An error on the screen; they look again later.
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts people", e);
    }
  }

  private void act(Actor me) throws InterruptedException {
    var unfinished = store.all().stream().filter(v -> !(v.state() instanceof Finished)).toList();
    if (unfinished.size() < UNFINISHED_AT_MOST && random.nextInt(3) == 0) {
      ask(me);
    } else if (!unfinished.isEmpty()) {
      var view = unfinished.get(random.nextInt(unfinished.size()));
      steer(me, view.deploy().id());
    } else if (!store.all().isEmpty()) {
      steer(me, store.all().getLast().deploy().id());
    }
  }

  private void ask(Actor me) throws InterruptedException {
    var environments = ports.environments().of(Simulation.PROJECT);
    var environment = environments.get(random.nextInt(environments.size()));
    var request = request(environment);
    if (request.isEmpty()) {
      return;
    }
    var key = request.get().idempotencyKey().orElseThrow();
    // Who gets no answer asks again with the same key; and some do so though they got one.
    for (var tries = 0; tries < 5; tries++) {
      try {
        var view = ports.deploys().add(request.get(), me, time.instant());
        asked.add(new Asked(environment.id(), key, Optional.of(view.deploy().id())));
        if (random.nextInt(4) > 0) {
          return;
        }
      } catch (StoreUnavailable _) {
        asked.add(new Asked(environment.id(), key, Optional.empty()));
      }
      time.sleep(Duration.ofMillis(random.nextLong(3_000)));
    }
  }

  private Optional<DeployRequest> request(Environment environment) {
    var key = "key-" + random.nextLong(1_000_000);
    var dice = random.nextInt(12);
    if (dice == 0) {
      return Optional.of(DeployRequest.stop(environment.id()).once(key).because("not needed"));
    } else if (dice <= 2) {
      var good =
          ports.deploys().of(environment.id(), 50, 0).stream()
              .filter(v -> v.state() instanceof Succeeded)
              .toList();
      if (good.isEmpty()) {
        return Optional.empty();
      }
      var to = good.get(random.nextInt(good.size())).deploy();
      return Optional.of(
          DeployRequest.goBack(environment.id(), to.id(), to.release())
              .once(key)
              .because("was better"));
    }
    var releases = ports.releases().of(Simulation.PROJECT, 50, 0);
    var release = releases.get(random.nextInt(releases.size()));
    Optional<Component> script =
        random.nextInt(3) == 0
            ? Optional.of(
                new Component(
                    "migrate",
                    List.of(),
                    Settings.of(Map.of("script.0", "migrate " + release.version()))))
            : Optional.empty();
    var request =
        DeployRequest.start(environment.id(), release.id())
            .with(script)
            .notBefore(
                random.nextInt(8) == 0
                    ? Optional.of(time.instant().plusSeconds(random.nextLong(60)))
                    : Optional.empty())
            .once(key)
            .because("wanted");
    return Optional.of(
        random.nextInt(4) == 0
                && planning.start(environment, Optional.of(release), script)
                    instanceof Planning.Ready(var ready)
            ? request.by(ready)
            : request);
  }

  private void steer(Actor me, long deploy) {
    var dice = random.nextInt(14);
    decide(
        deploy,
        me,
        view ->
            switch (view.state()) {
              case Draft _ ->
                  dice == 0
                      ? Optional.of(new DeployEvent.CancelAsked(me.name()))
                      : Optional.empty();
              case Waiting waiting -> {
                if (dice == 0) {
                  yield Optional.of(new DeployEvent.Rejected(me.name(), "not today"));
                } else if (dice == 1) {
                  yield Optional.of(new DeployEvent.CancelAsked(me.name()));
                } else if (dice <= 4 && heldBy(waiting, Simulation.OUTSIDE_GATE)) {
                  yield Optional.of(decided(me, Simulation.OUTSIDE_GATE, dice > 2));
                } else if (waiting.plan().approvals() == 0) {
                  yield Optional.empty();
                }
                // What they read a while ago; the server refuses it when the plan is another now.
                var hash = seenPlans.getOrDefault(view.deploy().id(), waiting.plan().hash());
                var now = waiting.plan().hash();
                seenPlans.put(view.deploy().id(), now);
                // One in three has the page of before, and a server that did not look.
                yield hash.equals(now) || dice % 3 == 0
                    ? Optional.of(new DeployEvent.Approved(me.name(), hash))
                    : Optional.empty();
              }
              case Running running when inDoubt(running).isPresent() ->
                  Optional.of(finding(me, inDoubt(running).get(), dice));
              case Running _ -> wish(me, dice);
              case Paused _ ->
                  Optional.of(
                      dice < 2
                          ? new DeployEvent.CancelAsked(me.name())
                          : dice < 4
                              ? new DeployEvent.RollbackAsked(me.name(), "better not")
                              : new DeployEvent.ResumeAsked(me.name()));
              case Quarantined _ -> Optional.of(decision(me, view, dice));
              case Verifying _ ->
                  switch (dice) {
                    case 0 -> Optional.of(new DeployEvent.CancelAsked(me.name()));
                    case 1 -> Optional.of(new DeployEvent.RollbackAsked(me.name(), "looks bad"));
                    default -> Optional.empty();
                  };
              // Whoever is late is told so; unless nobody looks.
              case Finished _ ->
                  alterations.refusesWhatIsLate()
                      ? Optional.empty()
                      : Optional.of(new DeployEvent.RollbackAsked(me.name(), "too late"));
              case DeployState _ -> Optional.empty();
            });
  }

  /// What becomes of a deploy that servers died of.
  private DeployEvent decision(Actor me, DeployView view, int dice) {
    if (dice == 0) {
      alterations.lifted(view.deploy().id());
      return new DeployEvent.QuarantineLifted(me.name(), "try it again");
    }
    return dice % 2 == 0
            && view.state() instanceof Quarantined(var at, _)
            && (at instanceof Running || at instanceof Verifying)
        ? new DeployEvent.RollbackAsked(me.name(), "servers die of it")
        : new DeployEvent.CancelAsked(me.name());
  }

  private static boolean heldBy(Waiting waiting, String gate) {
    return waiting.held().stream().anyMatch(g -> g.name().equals(gate));
  }

  private static DeployEvent decided(Actor me, String gate, boolean open) {
    return new DeployEvent.GateDecided(gate, new GateDecision(open, me.name(), "looked at it"));
  }

  private static Optional<DeployEvent> wish(Actor me, int dice) {
    return switch (dice) {
      case 0 -> Optional.of(new DeployEvent.CancelAsked(me.name()));
      case 1, 2 -> Optional.of(new DeployEvent.PauseAsked(me.name()));
      case 3 -> Optional.of(new DeployEvent.RollbackAsked(me.name(), "stop it"));
      case 4 -> Optional.of(new DeployEvent.ResumeAsked(me.name()));
      default -> Optional.empty();
    };
  }

  /// The step that a person has to say something about.
  private static Optional<Integer> inDoubt(Running running) {
    return running.phase() instanceof Phase.InDoubt
            && running.plan().steps().get(running.step()) instanceof Step.Change step
            && !step.observable()
        ? Optional.of(running.step())
        : Optional.empty();
  }

  private static DeployEvent finding(Actor me, int step, int dice) {
    return switch (dice % 3) {
      case 0 -> new DeployEvent.StepApplied(step, "said by " + me);
      case 1 -> new DeployEvent.StepRefused(step, me + " says that it did not happen");
      default -> new DeployEvent.RepeatAsked(step, me.name());
    };
  }

  private void settle(Actor me) {
    for (var view : store.all()) {
      if (!(view.state() instanceof Finished)) {
        decide(
            view.deploy().id(),
            me,
            now ->
                switch (now.state()) {
                  case Waiting waiting
                      when !waiting.approved() && !waiting.approvedBy().contains(me.name()) ->
                      Optional.of(new DeployEvent.Approved(me.name(), waiting.plan().hash()));
                  // What no clock opens is opened by a person, with a reason.
                  case Waiting waiting ->
                      waiting.held().stream()
                          .filter(gate -> gate.opensAt().isEmpty())
                          .filter(gate -> !gate.name().equals("target"))
                          .findFirst()
                          .map(gate -> decided(me, gate.name(), true));
                  case Paused _ -> Optional.of(new DeployEvent.ResumeAsked(me.name()));
                  case Quarantined _ -> Optional.of(new DeployEvent.CancelAsked(me.name()));
                  case Running running
                      when running.phase() instanceof Phase.Watching
                          && running.plan().steps().get(running.step())
                              instanceof Step.Hold(_, var length)
                          && length.isEmpty() ->
                      Optional.of(new DeployEvent.ResumeAsked(me.name()));
                  case Running running when inDoubt(running).isPresent() ->
                      Optional.of(finding(me, inDoubt(running).get(), random.nextInt(3)));
                  case DeployState _ -> Optional.empty();
                });
      }
    }
  }

  private void decide(long deploy, Actor me, Function<DeployView, Optional<DeployEvent>> decision) {
    var found = ports.deploys().find(deploy);
    while (found.isPresent()) {
      var view = found.get();
      var event = decision.apply(view);
      if (event.isEmpty()) {
        return;
      }
      var attempt = said.size();
      said.add(new Said(me.name(), deploy, event.get(), false));
      switch (ports
          .deploys()
          .append(deploy, view.sequence(), event.get(), me, time.instant(), Optional.empty())) {
        case Appended.Stored _ -> {
          said.set(attempt, new Said(me.name(), deploy, event.get(), true));
          return;
        }
        case Appended.Moved(var now) -> found = Optional.of(now);
        case Appended.LeaseLost _ ->
            throw new IllegalStateException("a person's wish needs no lease");
      }
    }
  }
}
