package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.train.Train;
import dev.fleetwright.core.train.TrainProgress;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.Operations;
import dev.fleetwright.server.operations.Waits;
import dev.fleetwright.server.ui.Action.Field;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Trains, and steering one.
final class TrainPages {

  private static final int LAST = 50;

  private final Sources sources;
  private final Operations operations;
  private final Framing framing;

  TrainPages(Sources sources, Operations operations, Framing framing) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
  }

  List<Route> routes() {
    return List.of(
        Framing.show(Paths.TRAINS, "The last trains.", this::list),
        Framing.show(Paths.TRAINS + "/{train}", "One train.", this::show),
        Framing.act(Paths.TRAINS + "/{train}/approve", "Approve a train.", this::approve),
        Framing.act(Paths.TRAINS + "/{train}/cancel", "End a train.", this::cancel),
        Framing.act(Paths.TRAINS + "/{train}/rollback", "Take a train back.", this::takeBack));
  }

  private void list(Call call) {
    var rows = sources.trains().all(LAST, 0).stream().map(this::row).toList();
    var frame =
        framing.frame(
            call, "Trains", List.of(new Link("Trains", "")), Paths.TRAINS, "*", "", List.of());
    Framing.answer(call, 200, frame, Html.trains(frame, new TrainsPage(rows)));
  }

  private TrainsPage.Row row(Train train) {
    var progress = operations.trains().progress(train);
    return new TrainsPage.Row(
        new Link("Train " + train.id(), Paths.train(train.id())),
        progress.views().stream()
            .map(view -> environment(view).stream())
            .collect(Collectors.joining(", ")),
        Badges.of(progress.state()),
        train.by(),
        Moment.of(train.askedAt(), now()),
        train.reason());
  }

  private void show(Call call) {
    show(call, 200, List.of());
  }

  private void show(Call call, int status, List<Notice> notices) {
    var id = call.id("train");
    var train = sources.trains().find(id).orElseThrow(() -> Refusal.notFound("train " + id));
    var page = page(operations.trains().progress(train));
    var frame =
        framing.frame(
            call,
            page.title(),
            List.of(new Link("Trains", Paths.TRAINS), new Link("Train " + id, "")),
            Paths.train(id),
            train.ended().isPresent() ? "" : "*",
            "Train %d is %s".formatted(id, page.state().word()),
            notices);
    Framing.answer(call, status, frame, Html.train(frame, page));
  }

  private TrainPage page(TrainProgress progress) {
    var train = progress.train();
    var rows = new ArrayList<TrainPage.Row>();
    for (var place = 0; place < progress.views().size(); place++) {
      rows.add(row(progress, place));
    }
    return new TrainPage(
        "Train " + train.id(),
        Badges.of(progress.state()),
        train.by(),
        Moment.of(train.askedAt(), now()),
        train.reason(),
        switch (train.onFailure()) {
          case HOLD -> "When a member fails, those that come after it wait.";
          case BACK -> "When a member fails, what was done is taken back, the last first.";
        },
        cause(progress),
        train.hash().hex().substring(0, PlanPresenter.BRIEF),
        actions(progress),
        rows);
  }

  private TrainPage.Row row(TrainProgress progress, int place) {
    var view = progress.views().get(place);
    var environment = environment(view);
    var release = view.deploy().release().flatMap(sources.releases()::find);
    return new TrainPage.Row(
        new Link(environment.stream(), Paths.environment(environment)),
        new Link(
            "#" + view.deploy().number(),
            Paths.deploy(environment.project(), view.deploy().number())),
        DeployPresenter.what(view, release),
        Badges.of(view.state()),
        progress.train().members().get(place).after().stream()
            .map(before -> environment(progress.views().get(before)).stream())
            .collect(Collectors.joining(", ")),
        view.state() instanceof Waiting
            ? Waits.of(
                    view,
                    environment,
                    DeployRecords.readable(sources.records().unfinished(environment.id())))
                .stream()
                .findFirst()
                .map(gate -> gate.reason())
                .orElse("")
            : "",
        DeployPresenter.took(view, now()));
  }

  private static String cause(TrainProgress progress) {
    var back =
        progress
            .train()
            .back()
            .map(b -> "Taken back by %s: %s".formatted(b.by(), b.reason()))
            .orElse("");
    return switch (progress.state()) {
      case WAITING, RUNNING, SUCCEEDED -> "";
      case HELD ->
          "A member did not succeed, and those that come after it wait. Take the train back, end it here, or open the gate `train` of a member that shall go on all the same.";
      case INCOMPLETE -> "All members have ended, not all of them well. What was done stays.";
      case GOING_BACK, TAKEN_BACK -> back;
      case STUCK ->
          back
              + ". Something could not be taken back: look at the members, put their targets right, then roll back or deploy one by one.";
    };
  }

  private static List<Action> actions(TrainProgress progress) {
    var train = progress.train();
    var actions = new ArrayList<Action>();
    if (progress.state().over() || train.back().isPresent()) {
      return actions;
    }
    var unapproved =
        progress.views().stream()
            .anyMatch(v -> v.state() instanceof Waiting waiting && !waiting.approved());
    if (unapproved) {
      actions.add(
          Action.now(
              "approve",
              "Approve " + train.hash().hex().substring(0, PlanPresenter.BRIEF),
              Paths.train(train.id()) + "/approve",
              "primary",
              "check",
              new Field("plan", train.hash().hex())));
    }
    actions.add(
        Action.asking(
            "rollback",
            "Take back",
            Paths.train(train.id()) + "/rollback",
            "danger",
            "back",
            "Call off what has not begun, and take back what was done, the last first?",
            true));
    actions.add(
        Action.asking(
            "cancel",
            "End here",
            Paths.train(train.id()) + "/cancel",
            "danger",
            "blocked",
            "Call off what has not begun? What is done stays.",
            false));
    return actions;
  }

  private void approve(Call call) {
    Digest plan = Form.digest(Form.required(call, "plan"));
    after(call, operations.trains().approve(call.id("train"), plan, call.actor()));
  }

  private void cancel(Call call) {
    after(call, operations.trains().cancel(call.id("train"), call.actor()));
  }

  private void takeBack(Call call) {
    after(call, operations.trains().takeBack(call.id("train"), Form.reason(call), call.actor()));
  }

  private void after(Call call, Answer<Train> answer) {
    switch (answer) {
      case Answer.Done<Train>(var train) -> call.goTo(Paths.train(train.id()));
      case Answer.NotFound<Train>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Train>(_, var message, var remedy, var problems) ->
          show(
              call,
              409,
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  private Environment environment(DeployView view) {
    return sources.environments().find(view.deploy().environment()).orElseThrow();
  }

  private Instant now() {
    return sources.clock().instant();
  }
}
