package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.train.Train;
import dev.fleetwright.core.train.TrainProgress;
import dev.fleetwright.core.train.TrainRequest;
import dev.fleetwright.core.train.TrainState;
import dev.fleetwright.core.train.Trains;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;

/// Planning, starting, approving and taking back trains. What happens to one member alone is a
/// matter of [DeployOperations].
public final class TrainOperations {

  private final Trains trains;
  private final Deploys deploys;
  private final DeployOperations operations;
  private final InstantSource clock;

  TrainOperations(
      Trains trains, Deploys deploys, DeployOperations operations, InstantSource clock) {
    this.trains = trains;
    this.deploys = deploys;
    this.operations = operations;
    this.clock = clock;
  }

  /// What shall go in a train.
  public record Wish(List<Member> members, Train.OnFailure onFailure) {
    public Wish {
      members = List.copyOf(members);
    }

    /// @param after as in [Train.Member]
    public record Member(DeployOperations.Wish.Start start, SortedSet<Integer> after) {}
  }

  /// What a train would do; changes nothing.
  ///
  /// @return what would be asked for, with every member's plan
  public Answer<TrainRequest> preview(Wish wish) {
    return planned(wish, Optional.empty(), "");
  }

  /// Record a train and all its deploys; the engine does them.
  ///
  /// @param plan the hash that [#preview] gave; without, whatever would be done now is
  /// @param idempotencyKey repeating a request with the same key gives the first one's train, also
  ///   when what it asked for could not be planned any more
  public Answer<Train> start(
      Wish wish, Optional<Digest> plan, Optional<String> idempotencyKey, String reason, Actor by) {
    var before = idempotencyKey.flatMap(trains::asked);
    if (before.isPresent()) {
      return Answer.done(before.get());
    }
    return planned(wish, idempotencyKey, reason)
        .then(request ->
            plan.filter(hash -> !hash.equals(request.hash())).isPresent()
                ? Answer.refused(
                    "plan_moved",
                    "the train is no longer what was shown: the plan of a member has changed",
                    "look at the new plans and confirm those")
                : Answer.done(trains.add(request, by, clock.instant())));
  }

  private Answer<TrainRequest> planned(Wish wish, Optional<String> idempotencyKey, String reason) {
    var members = new ArrayList<TrainRequest.Wanted>();
    for (var member : wish.members()) {
      switch (operations.exactly(member.start())) {
        case Answer.Done<DeployRequest>(var deploy) ->
            members.add(new TrainRequest.Wanted(deploy.from(Origin.TRAIN), member.after()));
        case Answer.NotFound<DeployRequest>(var what) -> {
          return Answer.notFound(what);
        }
        case Answer.Refused<DeployRequest>(var code, var message, var remedy, var problems) -> {
          return new Answer.Refused<>(code, message, remedy, problems);
        }
      }
    }
    try {
      return Answer.done(new TrainRequest(members, wish.onFailure(), idempotencyKey, reason));
    } catch (IllegalArgumentException e) {
      return Answer.refused("no_such_train", String.valueOf(e.getMessage()), "");
    }
  }

  /// How far a train is, with its members' deploys.
  public TrainProgress progress(Train train) {
    return new TrainProgress(
        train, train.deploys().stream().map(id -> deploys.find(id).orElseThrow()).toList());
  }

  /// Agree to a train: to the plan of every member that still needs approval and that one may
  /// approve. Agreeing twice is agreeing once.
  ///
  /// @param plan the hash of what the person has seen
  public Answer<Train> approve(long id, Digest plan, Actor by) {
    return onUnfinished(
        id,
        train -> {
          if (!train.hash().equals(plan)) {
            return Answer.refused(
                "plan_moved", "this is not the plan of train " + id, "look at the train as it is");
          }
          var refusals = new ArrayList<Answer<DeployView>>();
          var agreed = 0;
          for (var view : progress(train).views()) {
            if (view.state() instanceof Waiting waiting && !waiting.approved()) {
              var answer = operations.approve(view.deploy().id(), waiting.plan().hash(), by);
              if (answer instanceof Answer.Done<DeployView>) {
                agreed++;
              } else {
                refusals.add(answer);
              }
            }
          }
          // Who may agree to some of the members only has done what they can.
          return agreed > 0 || refusals.isEmpty()
              ? Answer.done(train)
              : refusals.getFirst().then(_ -> Answer.done(train));
        });
  }

  /// End it: members that have not begun are called off, those under way after their step; what was
  /// done stays.
  public Answer<Train> cancel(long id, Actor by) {
    return onUnfinished(
        id,
        train -> {
          var progress = progress(train);
          if (progress.state() == TrainState.GOING_BACK) {
            return Answer.refused(
                "wrong_state", "train %d is being taken back".formatted(id), "wait for its end");
          }
          // Before a member is called off: that must not count as a failure that takes all back.
          trains.keep(id, by, clock.instant());
          for (var place : progress.backwards()) {
            var view = progress.views().get(place);
            if (!(view.state() instanceof Finished)) {
              var _ = operations.cancel(view.deploy().id(), by);
            }
          }
          return Answer.done(trains.find(id).orElseThrow());
        });
  }

  /// Take it back: what has not begun is called off, what is under way or done is taken back, the
  /// last first. Wanting it twice is wanting it once.
  public Answer<Train> takeBack(long id, String reason, Actor by) {
    return onUnfinished(
        id,
        train -> {
          var _ = trains.goBack(id, reason, by, clock.instant());
          return Answer.done(trains.find(id).orElseThrow());
        });
  }

  private Answer<Train> onUnfinished(long id, Function<Train, Answer<Train>> then) {
    var train = trains.find(id);
    if (train.isEmpty()) {
      return Answer.notFound("train " + id);
    }
    var state = progress(train.get()).state();
    return state.over()
        ? Answer.refused(
            "wrong_state",
            "train %d is over: it is %s".formatted(id, state.keyword().replace('_', ' ')),
            "act on its deploys one by one, such as with `rollback`")
        : then.apply(train.get());
  }
}
