package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Stuck;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployState.Wish;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.train.Train;
import dev.fleetwright.core.train.Train.OnFailure;
import dev.fleetwright.core.train.TrainProgress;
import dev.fleetwright.core.train.TrainState;
import dev.fleetwright.core.train.Trains;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what a train needs beyond its members' deploys: has the next ones looked at when those
/// before them have succeeded, takes back what was done when it goes back, and notes its end.
///
/// It looks at how things are, and every word of it may be said twice: any server may ask for it at
/// any time, and again after a crash.
final class TrainResponse {

  private static final Logger log = LoggerFactory.getLogger(TrainResponse.class);

  private final Trains trains;
  private final Deploys deploys;
  private final DeployRecords records;
  private final Environments environments;
  private final DeployPlanner planning;
  private final InstantSource clock;

  TrainResponse(
      Trains trains,
      Deploys deploys,
      DeployRecords records,
      Environments environments,
      DeployPlanner planning,
      InstantSource clock) {
    this.trains = trains;
    this.deploys = deploys;
    this.records = records;
    this.environments = environments;
    this.planning = planning;
    this.clock = clock;
  }

  /// Look at every train that is not over.
  void respond() {
    for (var train : trains.unfinished()) {
      try {
        respond(train);
      } catch (RecordUnreadable e) {
        // Others must not stand still for it.
        log.atError()
            .addKeyValue("train", train.id())
            .setCause(e)
            .log("a train stands still, since the record of a member cannot be read");
      }
    }
  }

  private void respond(Train train) {
    var progress = progress(train);
    if (train.back().isPresent()) {
      takeBack(progress);
      return;
    }
    var state = progress.state();
    var failed = progress.failed();
    if (!failed.isEmpty() && train.onFailure() == OnFailure.BACK) {
      goBack(train, progress.views().get(failed.getFirst()));
    } else if (state.over()) {
      end(train, state);
    } else {
      progress.due().stream()
          .map(progress.views()::get)
          .filter(TrainResponse::waitsForTrain)
          .forEach(view -> trains.wake(view.deploy().id()));
    }
  }

  private TrainProgress progress(Train train) {
    return new TrainProgress(
        train, train.deploys().stream().map(id -> deploys.find(id).orElseThrow()).toList());
  }

  private static boolean waitsForTrain(DeployView view) {
    return view.state() instanceof Waiting waiting
        && waiting.held().stream().anyMatch(gate -> gate.name().equals(Gatekeeper.TRAIN));
  }

  private void goBack(Train train, DeployView failed) {
    var reason =
        "deploy #%d to `%s` is %s"
            .formatted(
                failed.deploy().number(),
                environments.find(failed.deploy().environment()).orElseThrow().stream(),
                failed.state().keyword().replace('_', ' '));
    if (trains.goBack(train.id(), reason, actor(train), clock.instant())) {
      log.atWarn().addKeyValue("train", train.id()).log("a train goes back: {}", reason);
    }
    trains
        .find(train.id())
        .filter(t -> t.back().isPresent())
        .ifPresent(t -> {
          if (t.ended().isEmpty()) {
            takeBack(progress(t));
          }
        });
  }

  private void end(Train train, TrainState state) {
    trains.end(train.id(), state, clock.instant());
    log.atInfo()
        .addKeyValue("train", train.id())
        .addKeyValue("state", state.keyword())
        .log("a train is over");
  }

  /// How far one member is on its way back.
  private enum Returned {
    YES,
    NOT_YET,
    CANNOT
  }

  /// Each only after those that waited for it: what runs must never miss what it needs.
  private void takeBack(TrainProgress progress) {
    var train = progress.train();
    Set<Integer> settled = new HashSet<>();
    var stuck = false;
    for (var place : progress.backwards()) {
      if (!settled.containsAll(progress.behind(place))) {
        continue;
      }
      switch (takeBack(train, progress.views().get(place), place)) {
        case YES -> settled.add(place);
        case NOT_YET -> {}
        case CANNOT -> {
          settled.add(place);
          stuck = true;
        }
      }
    }
    if (settled.size() == train.members().size()) {
      end(train, stuck ? TrainState.STUCK : TrainState.TAKEN_BACK);
    }
  }

  private Returned takeBack(Train train, DeployView view, int place) {
    var why = "train %d goes back".formatted(train.id());
    return switch (view.state()) {
      case Draft _, Waiting _ ->
          callOff(train, view, new DeployEvent.CancelAsked(actor(train).name()));
      case Quarantined(var at, _) when !at.holdsEnvironment() ->
          callOff(train, view, new DeployEvent.CancelAsked(actor(train).name()));
      case Running running when running.wish().filter(w -> w instanceof Wish.RollBack).isEmpty() ->
          callOff(train, view, new DeployEvent.RollbackAsked(actor(train).name(), why));
      case Paused _, Verifying _ ->
          callOff(train, view, new DeployEvent.RollbackAsked(actor(train).name(), why));
      case Running _, RollingBack _, Quarantined _ -> Returned.NOT_YET;
      case Succeeded(var plan) -> wayBack(train, view, plan, place);
      case Stuck _ -> Returned.CANNOT;
      case Finished _ -> Returned.YES;
    };
  }

  /// The next look sees what became of it; it comes soon, since the deploy has moved.
  private Returned callOff(Train train, DeployView view, DeployEvent wish) {
    return switch (deploys.append(
        view.deploy().id(),
        view.sequence(),
        wish,
        actor(train),
        clock.instant(),
        Optional.empty())) {
      case Deploys.Appended.Stored(var now) ->
          now.state() instanceof Finished ? Returned.YES : Returned.NOT_YET;
      case Deploys.Appended.Moved _ -> Returned.NOT_YET;
      case Deploys.Appended.LeaseLost _ ->
          throw new IllegalStateException("a train needs no lease");
    };
  }

  /// A member that has succeeded is followed by a deploy that goes back to what ran before it, or
  /// takes the environment down where nothing did. Unless something newer has succeeded there
  /// since: that is not the train's to take back.
  private Returned wayBack(Train train, DeployView view, Plan plan, int place) {
    var environment = environments.find(view.deploy().environment()).orElseThrow();
    var key = "train-%d-back-%d".formatted(train.id(), place);
    var asked = records.asked(environment.id(), key);
    if (asked.isPresent()) {
      return returned(asked.get().state());
    }
    var newest = deploys.lastSucceeded(environment.id()).orElseThrow().deploy().id();
    var changes = plan.targets().stream().anyMatch(t -> !t.from().equals(t.to()));
    if (newest != view.deploy().id() || !changes) {
      return Returned.YES;
    }
    var request = before(environment, view, plan);
    if (request.isEmpty()) {
      log.atWarn()
          .addKeyValue("train", train.id())
          .addKeyValue("environment", environment.stream())
          .log("a train cannot take an environment back: what ran before is not on record");
      return Returned.CANNOT;
    }
    var back =
        deploys.add(
            request
                .get()
                .from(Origin.TRAIN)
                .once(key)
                .because("train %d goes back".formatted(train.id())),
            actor(train),
            clock.instant());
    log.atWarn()
        .addKeyValue("train", train.id())
        .addKeyValue("environment", environment.stream())
        .addKeyValue("deploy", back.deploy().number())
        .log(
            "a train takes an environment {}",
            back.deploy().kind() == DeployKind.STOP ? "down" : "back");
    return returned(back.state());
  }

  /// Bring what its plan says that undoing it leads to.
  private Optional<DeployRequest> before(Environment environment, DeployView view, Plan plan) {
    var nothing = Revision.EMPTY.digest();
    if (plan.targets().stream().allMatch(t -> t.from().equals(nothing))) {
      return Optional.of(DeployRequest.stop(environment.id()));
    }
    return planning.waysBack(environment).stream()
        .filter(way -> way.deploy().deploy().id() < view.deploy().id())
        .filter(way ->
            plan.targets().stream()
                .filter(t -> !t.from().equals(nothing))
                .allMatch(t ->
                    way.plan().targets().stream()
                        .anyMatch(w ->
                            w.binding().name().equals(t.binding().name())
                                && w.to().equals(t.from()))))
        .map(way -> way.deploy().deploy())
        .findFirst()
        .map(to -> DeployRequest.goBack(environment.id(), to.id(), to.release()));
  }

  private static Returned returned(DeployState state) {
    return switch (state) {
      case Succeeded _ -> Returned.YES;
      case Finished _ -> Returned.CANNOT;
      case DeployState _ -> Returned.NOT_YET;
    };
  }

  private static Actor actor(Train train) {
    return new Actor("train " + train.id());
  }
}
