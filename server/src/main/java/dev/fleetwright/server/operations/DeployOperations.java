package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.GateDecision;
import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.DeployPlanner.WayBack;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Planner.Planning;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.pipeline.shape.Suggestion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/// Planning, starting, approving and steering deploys.
public final class DeployOperations {

  private final Environments environments;
  private final Releases releases;
  private final Deploys deploys;
  private final DeployRecords records;
  private final DeployPlanner planning;
  private final DeployScripts scripts;
  private final WayBackChecks checks;
  private final InstantSource clock;

  public DeployOperations(
      Environments environments,
      Releases releases,
      Deploys deploys,
      DeployRecords records,
      DeployPlanner planning,
      DeployScripts scripts,
      InstantSource clock) {
    this.environments = environments;
    this.releases = releases;
    this.deploys = deploys;
    this.records = records;
    this.planning = planning;
    this.scripts = scripts;
    this.checks = new WayBackChecks(planning, clock);
    this.clock = clock;
  }

  /// What shall be deployed.
  public sealed interface Wish {
    /// The environment's id.
    long environment();

    /// A release, by its id.
    ///
    /// @param only the components that are brought, the others stay as they are; empty for all
    record Start(long environment, long release, SortedSet<String> only) implements Wish {
      public Start {
        only = Collections.unmodifiableSortedSet(new TreeSet<>(only));
      }

      /// All of it.
      public Start(long environment, long release) {
        this(environment, release, new TreeSet<>());
      }
    }

    /// Nothing: the environment is taken down.
    record Stop(long environment) implements Wish {}

    /// What an earlier deploy brought, by that deploy's id.
    record GoBack(long environment, long deploy) implements Wish {}
  }

  /// What a deploy would do; changes nothing.
  public Answer<Plan> preview(Wish wish) {
    return environment(wish).then(environment -> plan(environment, wish));
  }

  /// What to ask for so that exactly what would happen now is done, when anything has moved it is
  /// refused. Changes nothing.
  Answer<DeployRequest> exactly(Wish wish) {
    return environment(wish)
        .then(environment ->
            plan(environment, wish)
                .then(plan ->
                    Answer.done(
                        request(environment, wish, Optional.of(plan), Optional.empty(), ""))));
  }

  /// Record a deploy; the engine does it.
  ///
  /// With the hash of a plan that was previewed, exactly that plan is done: when something has
  /// moved since, the deploy is refused and says what. Without, it is planned by the engine, and
  /// anew when something moves while it waits.
  ///
  /// @param plan the hash that [#preview] gave
  /// @param idempotencyKey repeating a request with the same key gives the first one's deploy, also
  ///   when what it asked for could not be planned any more
  /// @param notBefore when it may begin at the earliest
  public Answer<DeployView> deploy(
      Wish wish,
      Optional<Digest> plan,
      Optional<String> idempotencyKey,
      Optional<Instant> notBefore,
      String reason,
      Actor by) {
    return environment(wish)
        .then(environment -> {
          var before = idempotencyKey.flatMap(key -> records.asked(environment.id(), key));
          if (before.isPresent()) {
            return Answer.done(before.get());
          }
          var planned = plan(environment, wish);
          return planned.then(now ->
              plan.filter(hash -> !hash.equals(now.hash())).isPresent()
                  ? Answer.refused(
                      "plan_moved",
                      "the plan is no longer what would happen: now %s would change"
                          .formatted(now.summary()),
                      "look at the new plan and confirm that")
                  : Answer.done(
                      deploys.add(
                          request(environment, wish, plan.map(_ -> now), idempotencyKey, reason)
                              .notBefore(notBefore),
                          by,
                          clock.instant())));
        });
  }

  private DeployRequest request(
      Environment environment,
      Wish wish,
      Optional<Plan> plan,
      Optional<String> idempotencyKey,
      String reason) {
    var asked =
        switch (wish) {
          case Wish.Start(_, var release, var only) ->
              DeployRequest.start(environment.id(), release)
                  .with(releases.find(release).flatMap(r -> scripts.starting(environment, r)))
                  .only(only);
          case Wish.Stop _ ->
              DeployRequest.stop(environment.id()).with(scripts.stopping(environment));
          case Wish.GoBack(_, var deploy) ->
              DeployRequest.goBack(
                  environment.id(),
                  deploy,
                  deploys.find(deploy).flatMap(v -> v.deploy().release()));
        };
    var planned = plan.map(asked::by).orElse(asked);
    return idempotencyKey.map(planned::once).orElse(planned).because(reason);
  }

  private Answer<Environment> environment(Wish wish) {
    return environments
        .find(wish.environment())
        .<Answer<Environment>>map(Answer::done)
        .orElseGet(() -> Answer.notFound("environment " + wish.environment()));
  }

  private Answer<Plan> plan(Environment environment, Wish wish) {
    var answer =
        switch (wish) {
          case Wish.Start(_, var id, var only) -> {
            var release = releases.find(id).filter(r -> r.project().equals(environment.project()));
            var wrong = release.flatMap(r -> unknown(r, only));
            yield wrong.isPresent()
                ? new Planning.Impossible(List.of(wrong.get()))
                : planning.start(
                    environment,
                    release,
                    release.flatMap(r -> scripts.starting(environment, r)),
                    only);
          }
          case Wish.Stop _ -> planning.stop(environment, scripts.stopping(environment));
          case Wish.GoBack(_, var deploy) -> planning.goBack(environment, deploy);
        };
    return switch (answer) {
      case Planning.Ready(var plan) -> Answer.done(plan);
      case Planning.Impossible(var reasons) ->
          Answer.refused("cannot_be_planned", String.join("; ", reasons), "");
      case Planning.NotNow(var reason) ->
          Answer.refused("target_unreachable", reason, "try again when it answers");
    };
  }

  /// A name that the release does not know, with the one that was probably meant.
  private static Optional<String> unknown(Release release, SortedSet<String> only) {
    var names = release.components().stream().map(Component::name).toList();
    return only.stream()
        .filter(name -> !names.contains(name))
        .map(name ->
            "%s has no component `%s`; %s"
                .formatted(
                    release.label(),
                    name,
                    Suggestion.remedy(name, names, "it has " + String.join(", ", names))))
        .findFirst();
  }

  /// Which release each component of an environment came from.
  public SortedMap<String, Long> versions(Environment environment) {
    return planning.versions(environment);
  }

  /// The release that a preview starts from when nobody chose one: the newest.
  public Optional<Release> newestRelease(Environment environment) {
    return releases.of(environment.project(), 1, 0).stream().findFirst();
  }

  /// Where an environment goes back to when nobody says where.
  public Optional<WayBack> lastGood(Environment environment) {
    return planning.lastGood(environment);
  }

  /// A way back with what its targets say.
  ///
  /// @param whyNot why it cannot be gone back to now: by the record, or because a target says so
  /// @param asked when the targets were asked; empty when it is by the record alone
  public record CheckedWay(WayBack way, Optional<String> whyNot, Optional<Instant> asked) {}

  /// The versions that an environment ran, and whether it can go back to each now. Targets that
  /// were not asked lately are; who has no patience gets what is known, and the answers later.
  public List<CheckedWay> waysBack(Environment environment, Duration patience)
      throws InterruptedException {
    var ways = planning.waysBack(environment);
    var newest =
        environments.live(environment.id()).stream().mapToLong(Live::deploy).max().orElse(0);
    var answers = checks.ask(environment, ways, newest, patience);
    return ways.stream()
        .map(way -> {
          var asked = Optional.ofNullable(answers.get(way.deploy().deploy().id()));
          return new CheckedWay(
              way,
              way.whyNot().or(() -> asked.flatMap(WayBackChecks.Asked::whyNot)),
              asked.map(WayBackChecks.Asked::at));
        })
        .toList();
  }

  /// Agree to the plan of a waiting deploy. Agreeing twice is agreeing once.
  ///
  /// @param plan the hash of what the person has seen
  public Answer<DeployView> approve(long deploy, Digest plan, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            switch (view.state()) {
              case Waiting waiting when !waiting.plan().hash().equals(plan) ->
                  Answer.refused(
                      "plan_moved",
                      "the deploy has a new plan since you looked",
                      "look at the new plan and approve that");
              case Waiting waiting when waiting.plan().approvals() == 0 ->
                  Answer.refused("no_approval_needed", "this deploy needs no approval", "");
              case Waiting _ ->
                  mayApprove(view, by)
                      .then(_ -> Answer.done(new DeployEvent.Approved(by.name(), plan)));
              case DeployState other -> tooLate("approved", other);
            });
  }

  private Answer<Environment> mayApprove(DeployView view, Actor by) {
    return environments
        .find(view.deploy().environment())
        .map(environment ->
            Approvers.objection(environment, view.deploy(), by.name())
                .<Answer<Environment>>map(
                    o -> Answer.refused("may_not_approve", o.message(), o.remedy()))
                .orElseGet(() -> Answer.done(environment)))
        .orElseGet(() -> Answer.notFound("environment " + view.deploy().environment()));
  }

  /// Open a gate of a waiting deploy, or close it again. Deciding the same twice is deciding once.
  ///
  /// A gate that a rule keeps closed, such as a freeze, is opened for this one deploy by somebody
  /// whose approval of it counts, with a reason; one that is meant to be opened over the API by
  /// whoever calls.
  ///
  /// @param gate its name
  public Answer<DeployView> decideGate(
      long deploy, String gate, boolean open, String reason, Actor by) {
    var decision = new GateDecision(open, by.name(), reason.strip());
    var found = deploys.find(deploy);
    if (found.isPresent()
        && found.get().state() instanceof Waiting waiting
        && repeats(decision, waiting, gate)) {
      return Answer.done(found.get());
    }
    return decide(
        deploy,
        by,
        view ->
            switch (view.state()) {
              case Draft _ ->
                  Answer.refused(
                      "not_planned_yet",
                      "this deploy has no plan yet, so its gates are not known",
                      "try again in a moment");
              case Waiting waiting -> gate(view, gate, overriding(decision, waiting, gate), by);
              case DeployState other -> tooLate(open ? "let through" : "held", other);
            });
  }

  /// Whether it was decided already, and that still counts.
  private static boolean repeats(GateDecision decision, Waiting waiting, String gate) {
    var before = waiting.decided().get(gate);
    return before != null
        && before.repeats(decision)
        && (!decision.open()
            || waiting.held().stream()
                .filter(g -> g.name().equals(gate))
                // One that it opened stays there until the engine looks again.
                .allMatch(before::opens));
  }

  /// Who opens a gate that a clock would open has opened it for as long as that.
  private static GateDecision overriding(GateDecision decision, Waiting waiting, String gate) {
    return decision.open()
        ? new GateDecision(
            true,
            decision.by(),
            decision.reason(),
            waiting.held().stream()
                .filter(g -> g.name().equals(gate))
                .findFirst()
                .flatMap(Gate::opensAt))
        : decision;
  }

  private Answer<DeployEvent> gate(DeployView view, String gate, GateDecision decision, Actor by) {
    var environment = environments.find(view.deploy().environment()).orElseThrow();
    return GateRules.of(environment, view.deploy(), gate)
        .then(kind ->
            switch (kind) {
              case OUTSIDE -> Answer.done(environment);
              case RULE ->
                  decision.open() && decision.reason().isEmpty()
                      ? Answer.refused(
                          "reason_missing",
                          "gate `%s` is opened only with a reason, which is kept".formatted(gate),
                          "say why this deploy must not wait")
                      : mayApprove(view, by);
            })
        .then(_ -> Answer.done(new DeployEvent.GateDecided(gate, decision)));
  }

  /// Disagree; the deploy ends.
  public Answer<DeployView> reject(long deploy, String reason, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            switch (view.state()) {
              case Draft _, Waiting _ -> Answer.done(new DeployEvent.Rejected(by.name(), reason));
              case DeployState other -> tooLate("rejected", other);
            });
  }

  /// End it; what was done so far stays, unless the environment goes back when a deploy is stopped.
  public Answer<DeployView> cancel(long deploy, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            switch (view.state()) {
              case Running _, Paused _, Verifying _ when goesBackOnStop(view) ->
                  Answer.done(new DeployEvent.RollbackAsked(by.name(), "stopped"));
              case Draft _, Waiting _, Running _, Paused _, Verifying _, Quarantined _ ->
                  Answer.done(new DeployEvent.CancelAsked(by.name()));
              case DeployState other -> tooLate("cancelled", other);
            });
  }

  private boolean goesBackOnStop(DeployView view) {
    return environments
        .find(view.deploy().environment())
        .filter(environment -> environment.policy().rollback().onStop())
        .isPresent();
  }

  /// Stop before the next step.
  public Answer<DeployView> pause(long deploy, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            view.state() instanceof Running
                ? Answer.done(new DeployEvent.PauseAsked(by.name()))
                : tooLate("paused", view.state()));
  }

  /// Go on after a pause, or take back the wish for one.
  public Answer<DeployView> resume(long deploy, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            view.state() instanceof Paused || view.state() instanceof Running
                ? Answer.done(new DeployEvent.ResumeAsked(by.name()))
                : tooLate("resumed", view.state()));
  }

  /// Let a quarantined deploy be tried again.
  ///
  /// @param reason what is different now; kept in the ledger
  public Answer<DeployView> liftQuarantine(long deploy, String reason, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            !(view.state() instanceof Quarantined)
                ? Answer.refused("not_quarantined", "this deploy is not quarantined", "")
                : reason.isBlank()
                    ? Answer.refused(
                        "reason_missing",
                        "a quarantine is lifted only with a reason, which is kept",
                        "say what is different now, so that it does not end as before")
                    : Answer.done(new DeployEvent.QuarantineLifted(by.name(), reason.strip())));
  }

  /// Take back what a deploy under way has done.
  public Answer<DeployView> rollBackUnderWay(long deploy, String reason, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            switch (view.state()) {
              case Running _, Paused _, Verifying _ ->
                  Answer.done(new DeployEvent.RollbackAsked(by.name(), reason));
              case Quarantined(var at, _) when at instanceof Running || at instanceof Verifying ->
                  Answer.done(new DeployEvent.RollbackAsked(by.name(), reason));
              case DeployState other -> tooLate("rolled back while under way", other);
            });
  }

  /// What a person found out about a step in doubt.
  public enum Finding {
    /// It happened.
    DONE,
    /// It did not happen; take back the steps before it.
    NOT_DONE,
    /// Do it again.
    REPEAT
  }

  /// Say what became of a step that nobody could observe.
  public Answer<DeployView> settleDoubt(long deploy, Finding finding, Actor by) {
    return decide(
        deploy,
        by,
        view ->
            view.state() instanceof Running(_, var step, Phase.InDoubt _, _)
                ? Answer.done(
                    switch (finding) {
                      case DONE -> new DeployEvent.StepApplied(step, "said by " + by);
                      case NOT_DONE ->
                          new DeployEvent.StepRefused(step, by + " says that it did not happen");
                      case REPEAT -> new DeployEvent.RepeatAsked(step, by.name());
                    })
                : Answer.refused("not_in_doubt", "no step of this deploy is in doubt", ""));
  }

  private static Answer<DeployEvent> tooLate(String verb, DeployState state) {
    return Answer.refused(
        "wrong_state",
        "a deploy that is %s cannot be %s".formatted(state.keyword().replace('_', ' '), verb),
        state instanceof Quarantined
            ? "let it try again (`lift-quarantine`, with a reason), or cancel it"
            : "");
  }

  /// Store what a person wants, decided anew whenever the deploy moved meanwhile.
  private Answer<DeployView> decide(
      long id, Actor by, Function<DeployView, Answer<DeployEvent>> decision) {
    var found = deploys.find(id);
    while (found.isPresent()) {
      var view = found.get();
      switch (decision.apply(view)) {
        case Answer.Done<DeployEvent>(var event) -> {
          switch (deploys.append(
              id, view.sequence(), event, by, clock.instant(), Optional.empty())) {
            case Appended.Stored(var now) -> {
              return Answer.done(now);
            }
            case Appended.Moved(var now) -> found = Optional.of(now);
            case Appended.LeaseLost _ ->
                throw new IllegalStateException("a person's wish needs no lease");
          }
        }
        case Answer.NotFound<DeployEvent>(var what) -> {
          return Answer.notFound(what);
        }
        case Answer.Refused<DeployEvent>(var code, var message, var remedy, _) -> {
          return Answer.refused(code, message, remedy);
        }
      }
    }
    return Answer.notFound("deploy " + id);
  }
}
