package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState;
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
import dev.fleetwright.core.deploy.DeployState.Tended;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployState.Wish;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.Approvers;
import dev.fleetwright.server.operations.GateRules;
import dev.fleetwright.server.operations.Waits;
import dev.fleetwright.server.ui.Action.Field;
import dev.fleetwright.server.ui.DeployPage.DoubtView;
import dev.fleetwright.server.ui.DeployPage.EventView;
import dev.fleetwright.server.ui.DeployPage.GateView;
import dev.fleetwright.server.ui.DeployPage.StepView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Shows one deploy: how far it is, what it does, and what a person can do about it.
final class DeployPresenter {

  private final DeployView view;
  private final Environment environment;
  private final Optional<Release> release;
  private final List<StoredEvent> events;
  private final List<DeployView> unfinished;
  private final String visitor;
  private final Instant now;

  /// @param unfinished deploys of the environment that have not ended; at least those that others
  ///   wait for
  /// @param visitor who looks
  DeployPresenter(
      DeployView view,
      Environment environment,
      Optional<Release> release,
      List<StoredEvent> events,
      List<DeployView> unfinished,
      String visitor,
      Instant now) {
    this.view = view;
    this.environment = environment;
    this.release = release;
    this.events = List.copyOf(events);
    this.unfinished = List.copyOf(unfinished);
    this.visitor = visitor;
    this.now = now;
  }

  /// @param earlier deploys of the environment before it, newest first
  DeployPage page(Link job, LogView log, List<DeployView> earlier) {
    var deploy = view.deploy();
    return new DeployPage(
        "Deploy #" + deploy.number(),
        new Link(environment.name().value(), Paths.environment(environment)),
        Badges.of(deploy.kind()),
        Badges.of(view.state()),
        what(view, release),
        release.map(Release::title).orElse(""),
        deploy.by(),
        Moment.of(deploy.createdAt(), now),
        took(view, now),
        deploy.reason(),
        ending(earlier),
        job,
        actions(),
        gates(),
        doubts(),
        view.state()
            .currentPlan()
            .map(p -> List.of(PlanPresenter.show(p, "change")))
            .orElse(List.of()),
        approvals(),
        steps(),
        log,
        timeline());
  }

  /// What it brings, in short.
  static String what(DeployView view, Optional<Release> release) {
    return switch (view.deploy().kind()) {
      case STOP -> "take everything away";
      case START, ROLLBACK ->
          release
              .map(Release::label)
              .or(() -> view.state().currentPlan().map(Plan::label))
              .orElse("nothing");
    };
  }

  /// How long it took, or takes so far; empty while nothing has begun.
  static String took(DeployView view, Instant now) {
    return view.startedAt()
        .map(begin -> Moment.took(Duration.between(begin, view.finishedAt().orElse(now))))
        .orElse("");
  }

  /// A line about a deploy that has not ended.
  ///
  /// @param unfinished of the environment, at least those that others wait for
  static Underway underway(
      Environment environment,
      DeployView view,
      Optional<Release> release,
      List<DeployView> unfinished) {
    var name = release.map(Release::version).orElse(view.deploy().kind().keyword());
    var all = view.state().currentPlan().map(p -> p.steps().size()).orElse(0);
    var href = Paths.deploy(environment.project(), view.deploy().number());
    var badge = Badges.of(view.state());
    return switch (view.state()) {
      case Running(_, var step, _, _) ->
          new Underway(href, badge, name + " · step %d of %d".formatted(step + 1, all), step, all);
      case Paused(_, var step, _) ->
          new Underway(
              href, badge, name + " · before step %d of %d".formatted(step + 1, all), step, all);
      case RollingBack(_, var step, _, _) ->
          new Underway(href, badge, name + " · %d steps to go".formatted(step + 1), step + 1, all);
      case Verifying _ -> new Underway(href, badge, name, all, all);
      case Quarantined _ ->
          new Underway(href, badge, name + " · waits for somebody to decide", 0, 0);
      case Draft _, Waiting _ ->
          new Underway(
              href,
              badge,
              name
                  + Waits.of(view, environment, unfinished).stream()
                      .findFirst()
                      .map(g -> " · " + g.reason())
                      .orElse(""),
              0,
              0);
      case Finished _ -> new Underway(href, badge, name, 0, 0);
    };
  }

  static DeployRow row(
      DeployView view,
      Environment environment,
      Optional<Release> release,
      boolean fully,
      Instant now) {
    var deploy = view.deploy();
    return new DeployRow(
        Paths.deploy(environment.project(), deploy.number()),
        deploy.number(),
        Badges.of(deploy.kind()),
        what(view, release),
        place(environment, fully),
        Badges.of(view.state()),
        deploy.by(),
        Moment.of(deploy.createdAt(), now),
        took(view, now),
        deploy.reason().isEmpty() ? cause(view.state()) : deploy.reason());
  }

  static Link place(Environment environment, boolean fully) {
    var name = environment.name().value();
    return new Link(
        fully ? environment.project() + " / " + name : name, Paths.environment(environment));
  }

  /// As [#cause], told from its events, which lists do not have.
  private String ending(List<DeployView> earlier) {
    return switch (view.state()) {
      case RolledBack(var plan, var cause) -> new Ending(plan, cause, events).words(earlier);
      case RollingBack(var plan, _, _, var cause) -> new Ending(plan, cause, events).why();
      case Draft _,
          Waiting _,
          Running _,
          Paused _,
          Verifying _,
          Quarantined _,
          Succeeded _,
          Stuck _,
          Cancelled _,
          Superseded _,
          Preempted _,
          Refused _ ->
          cause(view.state());
    };
  }

  private static String cause(DeployState state) {
    return switch (state) {
      case RolledBack(_, var cause) -> cause;
      case RollingBack(_, _, _, var cause) -> cause;
      case Stuck(var plan, var step, var cause, var refusal) ->
          "%s. Step %d (%s) could not be taken back: %s. Only a person can help now: put the target right, then deploy or roll back anew."
              .formatted(cause, step + 1, plan.steps().get(step).words(), refusal);
      case Refused(var reason) -> reason;
      case Quarantined(_, var cause) ->
          "Nothing is tried any more: %s. The server's log says more. Put right what was wrong and let it try again, or end it here."
              .formatted(cause);
      case Cancelled(_, var by, var applied) ->
          applied == 0
              ? "Called off by %s before anything was done.".formatted(by)
              : "Stopped by %s after %d steps; what they did stays.".formatted(by, applied);
      case Superseded _ -> "A newer deploy to this environment went ahead; nothing was done.";
      case Preempted(_, var applied, _) ->
          "A newer deploy to this environment was ready and took its place after %d steps; what they did stays until the newer one has changed it."
              .formatted(applied);
      case Draft _, Waiting _, Running _, Paused _, Verifying _, Succeeded _ -> "";
    };
  }

  // --- what a person can do -------------------------------------------------------------------

  private List<Action> actions() {
    return switch (view.state()) {
      case Draft _ -> List.of(cancel("Call this deploy off?"));
      case Waiting waiting -> whileWaiting(waiting);
      case Running(_, var step, Phase.Watching _, var wish) when wish.isEmpty() ->
          List.of(
              now("resume", "Go on now", "play", "primary"),
              now("pause", "Pause", "pause", "plain"),
              rollBack(step),
              cancel("Stop here? What is done stays."));
      case Running(_, var step, _, var wish) ->
          wish.isPresent()
              ? List.of(
                  now("resume", "Go on after all", "play", "plain"),
                  cancel("Stop before the next step? What is done stays."))
              : List.of(
                  now("pause", "Pause", "pause", "plain"),
                  rollBack(step),
                  cancel("Stop before the next step? What is done stays."));
      case Paused(_, var step, _) ->
          List.of(
              now("resume", "Go on", "play", "primary"),
              rollBack(step),
              cancel("Stop here? What is done stays."));
      case Verifying verifying ->
          List.of(
              rollBack(verifying.plan().steps().size()),
              cancel("Stop watching? What is done stays."));
      case Quarantined(var at, _) -> whileQuarantined(at);
      case RollingBack _, Finished _ -> List.of();
    };
  }

  private List<Action> whileQuarantined(Tended at) {
    var again =
        Action.demanding(
            "lift",
            "Let it try again",
            to("lift"),
            "primary",
            "retry",
            "Try again what failed each time before? Say what is different now.");
    var end = cancel("End it here? What was done stays.");
    return switch (at) {
      case Running(_, var step, _, _) -> List.of(again, rollBack(step), end);
      case Verifying(var plan) -> List.of(again, rollBack(plan.steps().size()), end);
      case Draft _, Waiting _, RollingBack _ -> List.of(again, end);
    };
  }

  private List<Action> whileWaiting(Waiting waiting) {
    var actions = new ArrayList<Action>();
    if (!waiting.approved()
        && !waiting.approvedBy().contains(visitor)
        && Approvers.objection(environment, deploy(), visitor).isEmpty()) {
      var hash = waiting.plan().hash().hex();
      actions.add(
          Action.now(
              "approve",
              "Approve plan " + hash.substring(0, PlanPresenter.BRIEF),
              to("approve"),
              "primary",
              "check",
              new Field("plan", hash)));
    }
    if (waiting.plan().approvals() > 0) {
      actions.add(
          Action.asking(
              "reject",
              "Reject",
              to("reject"),
              "danger",
              "x",
              "Say no to this plan? The deploy ends.",
              true));
    }
    actions.add(cancel("Call this deploy off?"));
    return actions;
  }

  private Action now(String verb, String label, String icon, String style) {
    return Action.now(verb, label, to(verb), style, icon);
  }

  private Action cancel(String question) {
    return Action.asking("cancel", "Cancel", to("cancel"), "danger", "blocked", question, false);
  }

  private Action rollBack(int done) {
    var question =
        switch (done) {
          case 0 -> "Take back what the step under way does, as soon as it has ended?";
          case 1 -> "Take back the step that is done?";
          default -> "Take back the %d steps that are done?".formatted(done);
        };
    return Action.asking("rollback", "Roll back", to("rollback"), "danger", "back", question, true);
  }

  private String to(String verb) {
    return Paths.deploy(environment.project(), view.deploy().number()) + "/" + verb;
  }

  // --- what it waits for ------------------------------------------------------------------------

  private List<GateView> gates() {
    return switch (view.state()) {
      case Waiting waiting -> whatHolds(waiting);
      case Paused(_, var step, var by) ->
          List.of(
              new GateView(
                  "paused",
                  "pause",
                  "%s paused it before step %d".formatted(by, step + 1),
                  "“Go on”"));
      case Running(var plan, var step, var phase, var wish) ->
          wish.map(w -> List.of(wish(w, step)))
              .orElseGet(() ->
                  phase instanceof Phase.Watching(var since)
                          && plan.steps().get(step) instanceof Step.Watch watch
                      ? List.of(watch(watch, since))
                      : List.of());
      case Draft _ -> Waits.of(view, environment, unfinished).stream().map(this::gate).toList();
      case Quarantined(_, var cause) ->
          List.of(
              new GateView(
                  "quarantine",
                  "warning",
                  cause,
                  "somebody who lets it try again, takes it back or ends it"));
      case Verifying _, RollingBack _, Finished _ -> List.of();
    };
  }

  /// The closed gates, then those that somebody opened and could close again.
  private List<GateView> whatHolds(Waiting waiting) {
    var views = new ArrayList<GateView>();
    Waits.of(view, environment, unfinished).stream().map(this::gate).forEach(views::add);
    waiting
        .decided()
        .forEach((gate, decision) -> {
          if (decision.open()
              && waiting.held().stream().noneMatch(closed -> closed.name().equals(gate))) {
            views.add(
                new GateView(
                    gate,
                    "check",
                    "opened by %s%s"
                        .formatted(
                            decision.by(),
                            decision.reason().isEmpty() ? "" : ": " + decision.reason()),
                    "",
                    List.of(),
                    decide(gate, false)));
          }
        });
    return views;
  }

  private GateView gate(Gate gate) {
    var icon =
        switch (gate.name()) {
          case "approval" -> "people";
          case "queue" -> "queue";
          case "freeze" -> "lock";
          default -> "clock";
        };
    return new GateView(
        gate.name(),
        icon,
        gate.reason(),
        gate.endedBy(),
        gate.opensAt().map(at -> List.of(Moment.of(at, now))).orElse(List.of()),
        decide(gate.name(), true));
  }

  /// The button for a gate; none for who may not, and for gates that nobody opens by hand.
  private List<Action> decide(String gate, boolean open) {
    if (!(view.state() instanceof Waiting)
        || !(GateRules.of(environment, deploy(), gate)
            instanceof Answer.Done<GateRules.Kind>(var kind))) {
      return List.of();
    }
    var id = (open ? "open-" : "close-") + gate.replaceAll("[^a-z0-9-]", "-");
    var fields = new Field[] {new Field("gate", gate), new Field("open", Boolean.toString(open))};
    return switch (kind) {
      case OUTSIDE ->
          List.of(
              Action.asking(
                  id,
                  open ? "Open" : "Close again",
                  to("gates"),
                  "plain",
                  open ? "check" : "lock",
                  open ? "Let this deploy through?" : "Hold this deploy back?",
                  true,
                  fields));
      case RULE -> {
        if (Approvers.objection(environment, deploy(), visitor).isPresent()) {
          yield List.of();
        }
        yield open
            ? List.of(
                Action.demanding(
                    id,
                    "Override",
                    to("gates"),
                    "danger",
                    "warning",
                    "Let this one deploy through although `%s` holds it?".formatted(gate),
                    fields))
            : List.of(
                Action.asking(
                    id,
                    "Take back",
                    to("gates"),
                    "plain",
                    "lock",
                    "Let the rule count again?",
                    true,
                    fields));
      }
    };
  }

  private static GateView watch(Step.Watch watch, Instant since) {
    return switch (watch) {
      case Step.Hold hold -> hold(hold, since);
      case Step.Analyse(var name, var probe) ->
          new GateView(
              "analysis",
              "clock",
              "%s: the new release is asked at %s, and must answer as expected"
                  .formatted(name, probe.where().words()),
              "the time being over at %s, a bad answer, or “Go on now”"
                  .formatted(since.plus(probe.length())));
    };
  }

  private static GateView hold(Step.Hold hold, Instant since) {
    return new GateView(
        "hold",
        "clock",
        "%s: what runs is watched and must stay healthy".formatted(hold.name()),
        hold.length()
            .map(
                length -> "the time being over at %s, or “Go on now”".formatted(since.plus(length)))
            .orElse("“Go on now”"));
  }

  private static GateView wish(Wish wish, int step) {
    var ends = "the end of step " + (step + 1);
    return switch (wish) {
      case Wish.Cancel(var by) ->
          new GateView("cancel", "blocked", by + " wants to stop here", ends);
      case Wish.Pause(var by) -> new GateView("pause", "pause", by + " wants to pause here", ends);
      case Wish.RollBack(var by, _) ->
          new GateView("roll back", "back", by + " wants to take it back", ends);
    };
  }

  private List<DoubtView> doubts() {
    if (!(view.state() instanceof Running(var plan, var step, Phase.InDoubt(var during), _))) {
      return List.of();
    }
    var asked = plan.steps().get(step);
    if (!(asked instanceof Step.Change change) || change.observable()) {
      return List.of(
          new DoubtView(
              asked.words(),
              during,
              "The target is being asked what it runs; nothing to do.",
              List.of()));
    }
    return List.of(
        new DoubtView(
            asked.words(),
            during,
            "Nobody can see from here whether it happened. Look at the place itself, then say which it is.",
            List.of(
                settle("done", "It happened: go on", "check", "DONE"),
                settle("repeat", "Do it again", "retry", "REPEAT"),
                settle("undone", "It did not happen: take back the rest", "back", "NOT_DONE"))));
  }

  private Action settle(String id, String label, String icon, String finding) {
    return Action.now(
        "doubt-" + id, label, to("doubt"), "plain", icon, new Field("finding", finding));
  }

  private String approvals() {
    var by =
        view.state() instanceof Waiting waiting
            ? List.copyOf(waiting.approvedBy())
            : events.stream()
                .flatMap(e ->
                    e.event() instanceof DeployEvent.Approved(var who, _)
                        ? java.util.stream.Stream.of(who)
                        : java.util.stream.Stream.of())
                .distinct()
                .toList();
    return by.isEmpty() ? "" : "Approved by " + String.join(", ", by);
  }

  // --- the steps --------------------------------------------------------------------------------

  /// What the events tell of one step.
  private static final class Trace {
    Badge badge = new Badge(Tone.IDLE, "ring", "to do");
    boolean settled;
    String note = "";
    String took = "";
  }

  private List<StepView> steps() {
    var plan = view.state().currentPlan();
    if (plan.isEmpty()) {
      return List.of();
    }
    var traces = traces();
    var shown = new ArrayList<StepView>();
    for (var i = 0; i < plan.get().steps().size(); i++) {
      var trace = traces.computeIfAbsent(i, _ -> new Trace());
      shown.add(
          new StepView(
              i + 1, badge(i, trace), plan.get().steps().get(i).words(), trace.note, trace.took));
    }
    return shown;
  }

  /// A step that is being worked on is told by the state, all others by their last event.
  private Badge badge(int step, Trace trace) {
    return switch (view.state()) {
      case Running(_, var at, Phase.InDoubt _, _) when at == step ->
          new Badge(Tone.WARN, "question", "in doubt");
      case Running(_, var at, Phase.Watching _, _) when at == step ->
          new Badge(Tone.WAIT, "clock", "holding");
      case Running(_, var at, _, _) when at == step -> new Badge(Tone.BUSY, "running", "running");
      case RollingBack(_, var at, _, _) when at == step ->
          new Badge(Tone.WARN, "back", "being taken back");
      case Paused(_, var at, _) when at == step ->
          new Badge(Tone.WAIT, "pause", "paused before it");
      case Quarantined(Running(_, var at, _, _), _) when at == step ->
          new Badge(Tone.BAD, "warning", "quarantined");
      case Quarantined(RollingBack(_, var at, _, _), _) when at == step ->
          new Badge(Tone.BAD, "warning", "quarantined");
      case Finished _ when !trace.settled -> new Badge(Tone.IDLE, "skip", "not begun");
      case Draft _,
          Waiting _,
          Running _,
          Paused _,
          Verifying _,
          RollingBack _,
          Quarantined _,
          Finished _ ->
          trace.badge;
    };
  }

  private Map<Integer, Trace> traces() {
    var traces = new HashMap<Integer, Trace>();
    var since = Optional.<Instant>empty();
    for (var stored : events) {
      var at = stored.at();
      switch (stored.event()) {
        case DeployEvent.StepApplied(var step, var note) ->
            settle(traces, step, new Badge(Tone.GOOD, "check", "done"), note, since, at);
        case DeployEvent.StepRefused(var step, var reason) ->
            settle(traces, step, new Badge(Tone.BAD, "x", "refused"), reason, since, at);
        case DeployEvent.StepAbandoned(var step, var reason) ->
            settle(traces, step, new Badge(Tone.BAD, "question", "given up"), reason, since, at);
        case DeployEvent.StepUndone(var step, var note) ->
            settle(traces, step, new Badge(Tone.IDLE, "back", "taken back"), note, since, at);
        case DeployEvent.UndoRefused(var step, var reason) ->
            settle(
                traces, step, new Badge(Tone.BAD, "warning", "not taken back"), reason, since, at);
        case DeployEvent.WatchEnded(var step, var note) ->
            settle(traces, step, new Badge(Tone.GOOD, "check", "over"), note, since, at);
        case DeployEvent.WatchFailed(var step, var reason) ->
            settle(traces, step, new Badge(Tone.BAD, "x", "failed"), reason, since, at);
        case DeployEvent.StepInDoubt(var step, var during) ->
            traces.computeIfAbsent(step, _ -> new Trace()).note = during;
        case DeployEvent.Started _,
            DeployEvent.ResumeAsked _,
            DeployEvent.RollbackAsked _,
            DeployEvent.Planned _,
            DeployEvent.PlanRefused _,
            DeployEvent.Approved _,
            DeployEvent.Rejected _,
            DeployEvent.Held _,
            DeployEvent.BasisMoved _,
            DeployEvent.StepBegun _,
            DeployEvent.StoppedBefore _,
            DeployEvent.RepeatAsked _,
            DeployEvent.Verified _,
            DeployEvent.VerificationFailed _,
            DeployEvent.CancelAsked _,
            DeployEvent.PauseAsked _,
            DeployEvent.GateDecided _,
            DeployEvent.WatchBegan _,
            DeployEvent.PreemptedBy _,
            DeployEvent.QuarantineBegan _,
            DeployEvent.QuarantineLifted _,
            DeployEvent.SupersededBy _ -> {}
      }
      if (begins(stored.event())) {
        since = Optional.of(at);
      }
    }
    return traces;
  }

  /// Whether a step begins when this has happened.
  private static boolean begins(DeployEvent event) {
    return event instanceof DeployEvent.Started
        || event instanceof DeployEvent.StepApplied
        || event instanceof DeployEvent.StepRefused
        || event instanceof DeployEvent.StepUndone
        || event instanceof DeployEvent.WatchEnded
        || event instanceof DeployEvent.WatchFailed
        || event instanceof DeployEvent.ResumeAsked
        || event instanceof DeployEvent.RollbackAsked
        || event instanceof DeployEvent.VerificationFailed;
  }

  private static void settle(
      Map<Integer, Trace> traces,
      int step,
      Badge badge,
      String note,
      Optional<Instant> since,
      Instant at) {
    var trace = traces.computeIfAbsent(step, _ -> new Trace());
    trace.badge = badge;
    trace.settled = true;
    trace.note = note;
    trace.took = since.map(s -> Moment.took(Duration.between(s, at))).orElse("");
  }

  // --- the timeline
  // -------------------------------------------------------------------------------

  private List<EventView> timeline() {
    var shown = new ArrayList<EventView>();
    var deploy = view.deploy();
    shown.add(
        new EventView(
            Moment.of(deploy.createdAt(), now),
            Badges.of(deploy.kind()),
            "Asked for" + (deploy.reason().isEmpty() ? "" : ": " + deploy.reason()),
            deploy.by()));
    for (var stored : events) {
      var words = words(stored.event());
      if (!words.isEmpty()) {
        shown.add(
            new EventView(
                Moment.of(stored.at(), now), face(stored.event()), words, stored.by().name()));
      }
    }
    return shown.reversed();
  }

  private String words(DeployEvent event) {
    return switch (event) {
      case DeployEvent.Planned(var plan) ->
          "Planned: " + plan.summary() + ", plan `" + brief(plan.hash().hex()) + "`";
      case DeployEvent.PlanRefused(var reason) -> "Cannot be done: " + reason;
      case DeployEvent.Approved(_, var plan) -> "Approved plan `" + brief(plan.hex()) + "`";
      case DeployEvent.Rejected(_, var reason) ->
          "Rejected" + (reason.isEmpty() ? "" : ": " + reason);
      case DeployEvent.Held(var gates) ->
          gates.isEmpty()
              ? "Waits for nothing more"
              : "Waits: " + String.join("; ", gates.stream().map(Gate::reason).toList());
      case DeployEvent.Started _ -> "Started";
      case DeployEvent.BasisMoved(var what) -> "Something has moved: " + what;
      case DeployEvent.StepBegun(var step) -> "Begun: " + step(step);
      case DeployEvent.StepInDoubt(var step, var during) ->
          "In doubt: " + step(step) + ": " + during;
      case DeployEvent.StepApplied(var step, var note) -> done(step, note);
      case DeployEvent.StepRefused(var step, var reason) ->
          "Refused: " + step(step) + ": " + reason;
      case DeployEvent.StepAbandoned(var step, var reason) ->
          "Given up: " + step(step) + ": " + reason;
      case DeployEvent.StoppedBefore(var step) -> "Stopped before: " + step(step);
      case DeployEvent.RepeatAsked(var step, _) -> "To be done again: " + step(step);
      case DeployEvent.Verified _ -> "Everything is healthy";
      case DeployEvent.VerificationFailed(var reason) -> "Did not become healthy: " + reason;
      case DeployEvent.StepUndone(var step, _) -> "Taken back: " + step(step);
      case DeployEvent.UndoRefused(var step, var reason) ->
          "Could not be taken back: " + step(step) + ": " + reason;
      case DeployEvent.CancelAsked _ -> "Cancel asked for";
      case DeployEvent.PauseAsked _ -> "Pause asked for";
      case DeployEvent.ResumeAsked _ -> "Told to go on";
      case DeployEvent.RollbackAsked(_, var reason) ->
          "Roll-back asked for" + (reason.isEmpty() ? "" : ": " + reason);
      case DeployEvent.SupersededBy _ -> "A newer deploy went ahead";
      case DeployEvent.PreemptedBy _ -> "A newer deploy was ready and took its place";
      case DeployEvent.GateDecided(var gate, var decision) ->
          "%s gate `%s`%s"
              .formatted(
                  decision.open() ? "Opened" : "Closed",
                  gate,
                  decision.reason().isEmpty() ? "" : ": " + decision.reason());
      case DeployEvent.QuarantineBegan(var cause) -> "Quarantined: " + cause;
      case DeployEvent.QuarantineLifted(_, var reason) -> "Quarantine lifted: " + reason;
      case DeployEvent.WatchBegan(var step, _) -> "Holding: " + step(step);
      case DeployEvent.WatchEnded(var step, var note) -> "Over: " + step(step) + ", " + note;
      case DeployEvent.WatchFailed(var step, var reason) -> "Failed: " + step(step) + ": " + reason;
    };
  }

  /// For a step that had been in doubt, also how that ended: it was seen, said, or asked for again.
  private String done(int step, String note) {
    var doubted =
        events.stream()
            .anyMatch(e -> e.event() instanceof DeployEvent.StepInDoubt(var at, _) && at == step);
    return doubted
        ? "No longer in doubt: " + step(step) + (note.isEmpty() ? "" : ", " + note)
        : "Done: " + step(step);
  }

  private static Badge face(DeployEvent event) {
    return switch (event) {
      case DeployEvent.Planned _ -> new Badge(Tone.IDLE, "log", "");
      case DeployEvent.Approved _ -> new Badge(Tone.GOOD, "seal", "");
      case DeployEvent.Held _ -> new Badge(Tone.WAIT, "wait", "");
      case DeployEvent.Started _, DeployEvent.ResumeAsked _, DeployEvent.StepBegun _ ->
          new Badge(Tone.BUSY, "play", "");
      case DeployEvent.StepApplied _, DeployEvent.WatchEnded _ -> new Badge(Tone.GOOD, "check", "");
      case DeployEvent.GateDecided(_, var decision) ->
          decision.open() ? new Badge(Tone.GOOD, "check", "") : new Badge(Tone.BAD, "x", "");
      case DeployEvent.WatchBegan _ -> new Badge(Tone.WAIT, "clock", "");
      case DeployEvent.Verified _ -> new Badge(Tone.GOOD, "heart", "");
      case DeployEvent.StepInDoubt _ -> new Badge(Tone.WARN, "question", "");
      case DeployEvent.StepUndone _, DeployEvent.RollbackAsked _ ->
          new Badge(Tone.WARN, "back", "");
      case DeployEvent.PauseAsked _, DeployEvent.StoppedBefore _ ->
          new Badge(Tone.WAIT, "pause", "");
      case DeployEvent.RepeatAsked _, DeployEvent.QuarantineLifted _ ->
          new Badge(Tone.BUSY, "retry", "");
      case DeployEvent.QuarantineBegan _ -> new Badge(Tone.BAD, "warning", "");
      case DeployEvent.CancelAsked _, DeployEvent.SupersededBy _, DeployEvent.PreemptedBy _ ->
          new Badge(Tone.IDLE, "blocked", "");
      case DeployEvent.PlanRefused _,
          DeployEvent.Rejected _,
          DeployEvent.BasisMoved _,
          DeployEvent.StepRefused _,
          DeployEvent.StepAbandoned _,
          DeployEvent.VerificationFailed _,
          DeployEvent.WatchFailed _,
          DeployEvent.UndoRefused _ ->
          new Badge(Tone.BAD, "x", "");
    };
  }

  private String step(int step) {
    return view.state()
        .currentPlan()
        .filter(p -> step < p.steps().size())
        .map(p -> p.steps().get(step).words())
        .orElse("step " + (step + 1));
  }

  private static String brief(String hash) {
    return hash.substring(0, PlanPresenter.BRIEF);
  }

  /// What is said aloud when it changes.
  String announcement() {
    var deploy = deploy();
    return "Deploy %d is %s".formatted(deploy.number(), Badges.of(view.state()).word())
        + steps().stream()
            .filter(s -> s.badge().tone() == Tone.BUSY)
            .findFirst()
            .map(s -> ", step %d of %d".formatted(s.number(), steps().size()))
            .orElse("");
  }

  private Deploy deploy() {
    return view.deploy();
  }
}
