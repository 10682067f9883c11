package dev.fleetwright.server.http;

import dev.fleetwright.api.Train;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.train.TrainRequest;
import dev.fleetwright.core.train.Trains;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.DeployOperations;
import dev.fleetwright.server.operations.Operations;
import dev.fleetwright.server.operations.TrainOperations.Wish;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Trains: several deploys as one.
final class TrainRoutes {

  private final Environments environments;
  private final Releases releases;
  private final DeployRecords records;
  private final Trains trains;
  private final Operations operations;
  private final Clock clock;

  TrainRoutes(
      Environments environments,
      Releases releases,
      DeployRecords records,
      Trains trains,
      Operations operations,
      Clock clock) {
    this.environments = environments;
    this.releases = releases;
    this.records = records;
    this.trains = trains;
    this.operations = operations;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/trains/plans",
                Access.SIGNED_IN,
                "What a train would do; nothing is stored.")
            .orRefusing()
            .taking(Train.Request.class)
            .giving(Train.Preview.class)
            .by((call, wish) -> preview(wish)),
        Route.get("/api/v1/trains", Access.SIGNED_IN, "All trains, newest first.")
            .with(Parameter.PAGE, Parameter.PER_PAGE)
            .givingPageOf(Train.class)
            .by(this::list),
        Route.post(
                "/api/v1/trains",
                Access.SIGNED_IN,
                "Ask for several deploys as one, in an order. Repeated with the same header"
                    + " `Idempotency-Key`, it gives the first one's train.")
            .orRefusing()
            .taking(Train.Request.class)
            .giving(Train.class)
            .as(201)
            .by(this::start),
        Route.get("/api/v1/trains/{train}", Access.SIGNED_IN, "One train with its deploys.")
            .giving(Train.class)
            .by(call -> wire(find(call))),
        acting(
            "approve",
            "Agree to one very train: to the plan of each member that one may approve.",
            Train.Approve.class,
            (call, wish) ->
                operations.trains().approve(call.id("train"), digest(wish.plan()), call.actor())),
        Route.post(
                "/api/v1/trains/{train}/cancel",
                Access.SIGNED_IN,
                "End it: what has not begun is called off, what was done stays.")
            .orRefusing()
            .giving(Train.class)
            .by(call ->
                wire(Answers.done(operations.trains().cancel(call.id("train"), call.actor())))),
        acting(
            "rollback",
            "Take it back: what has not begun is called off, what was done is taken back, the last"
                + " first.",
            Train.TakeBack.class,
            (call, why) ->
                operations
                    .trains()
                    .takeBack(call.id("train"), why.reason().orElse(""), call.actor())));
  }

  private <B extends Record> Route acting(
      String verb,
      String words,
      Class<B> takes,
      Route.AnsweringTo<B, Answer<dev.fleetwright.core.train.Train>> what) {
    return Route.post("/api/v1/trains/{train}/" + verb, Access.SIGNED_IN, words)
        .orRefusing()
        .taking(takes)
        .giving(Train.class)
        .by((call, body) -> wire(Answers.done(what.answer(call, body))));
  }

  private Train.Preview preview(Train.Request wish) {
    var request = Answers.done(operations.trains().preview(wish(wish)));
    return TrainWire.preview(request, known());
  }

  private Train start(Call call, Train.Request wish) {
    return wire(
        Answers.done(
            operations
                .trains()
                .start(
                    wish(wish),
                    wish.plan().map(TrainRoutes::digest),
                    IdempotencyKey.of(call),
                    wish.reason().orElse(""),
                    call.actor())));
  }

  private dev.fleetwright.api.Page<Train> list(Call call) {
    return call.paged(
        clock.instant(), (most, skip) -> trains.all(most, skip).stream().map(this::wire).toList());
  }

  private dev.fleetwright.core.train.Train find(Call call) {
    var id = call.id("train");
    return trains.find(id).orElseThrow(() -> Refusal.notFound("train " + id));
  }

  private Train wire(dev.fleetwright.core.train.Train train) {
    return TrainWire.of(operations.trains().progress(train), known());
  }

  private Wish wish(Train.Request request) {
    if (request.members().size() > TrainRequest.MOST) {
      throw Refusal.malformed(
          "a train has at most %d members".formatted(TrainRequest.MOST),
          "make several trains of it, one after the other");
    }
    var places = new HashMap<String, Integer>();
    for (var member : request.members()) {
      places.putIfAbsent(name(member), places.size());
    }
    var members = new ArrayList<Wish.Member>();
    for (var member : request.members()) {
      var after = new TreeSet<Integer>();
      for (var before : member.after().orElse(List.of())) {
        var place = places.get(before);
        if (place == null) {
          throw Refusal.malformed(
              "`%s` shall come after `%s`, which is not in the train"
                  .formatted(name(member), before),
              "name it as `project/environment`, as one of the members: "
                  + String.join(", ", places.keySet()));
        }
        after.add(place);
      }
      var environment = environment(member);
      members.add(
          new Wish.Member(
              new DeployOperations.Wish.Start(
                  environment.id(), release(environment, member.release()).id()),
              after));
    }
    return new Wish(
        members,
        switch (request.onFailure().orElse(Train.OnFailure.HOLD)) {
          case HOLD -> dev.fleetwright.core.train.Train.OnFailure.HOLD;
          case BACK -> dev.fleetwright.core.train.Train.OnFailure.BACK;
        });
  }

  private static String name(Train.Wanted member) {
    return member.project() + "/" + member.environment();
  }

  private Environment environment(Train.Wanted member) {
    var project = Call.projectName(member.project());
    var name = Call.environmentName(member.environment());
    return environments
        .find(project, name)
        .orElseThrow(
            () -> Refusal.notFound("environment `%s` of project `%s`".formatted(name, project)));
  }

  private Release release(Environment environment, Optional<Long> number) {
    var project = environment.project();
    return number.isPresent()
        ? releases
            .find(project, number.get())
            .orElseThrow(
                () -> Refusal.notFound("release r%d of `%s`".formatted(number.get(), project)))
        : operations
            .deploys()
            .newestRelease(environment)
            .orElseThrow(() ->
                Refusal.user(
                    409,
                    "no_release",
                    "project `%s` has no release".formatted(project),
                    "run a pipeline; a release is made when its jobs have succeeded"));
  }

  private Known known() {
    return new Known(releases, environments, records);
  }

  private static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.malformed(
          "the field `plan` is no hash of a train", "send the `hash` of the train that you saw");
    }
  }
}
