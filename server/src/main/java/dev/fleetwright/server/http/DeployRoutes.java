package dev.fleetwright.server.http;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Page;
import dev.fleetwright.api.Plan;
import dev.fleetwright.api.Unreadable;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRecords.Entry;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentLists;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.DeployOperations;
import dev.fleetwright.server.operations.DeployOperations.Finding;
import dev.fleetwright.server.operations.DeployOperations.Wish;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Plans and deploys.
final class DeployRoutes {

  private final Projects projects;
  private final Repositories repositories;
  private final Environments environments;
  private final EnvironmentLists lists;
  private final Releases releases;
  private final Deploys deploys;
  private final DeployRecords records;
  private final DeployOperations operations;
  private final KeptAnswers kept;
  private final Clock clock;

  DeployRoutes(
      Projects projects,
      Repositories repositories,
      Environments environments,
      EnvironmentLists lists,
      Releases releases,
      Deploys deploys,
      DeployRecords records,
      DeployOperations operations,
      KeptAnswers kept,
      Clock clock) {
    this.projects = projects;
    this.repositories = repositories;
    this.environments = environments;
    this.lists = lists;
    this.releases = releases;
    this.deploys = deploys;
    this.records = records;
    this.operations = operations;
    this.kept = kept;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/api/v1/plans", Access.SIGNED_IN, "What a deploy would do; nothing is stored.")
            .orRefusing()
            .taking(Deploy.Request.class)
            .giving(Plan.class)
            .by((call, wish) ->
                PlanWire.of(Answers.done(operations.preview(start(wish))), known())),
        Route.get("/api/v1/deploys", Access.SIGNED_IN, "Deploys of a project, newest first.")
            .with(
                Parameter.required("project", "string", "The project's name."),
                Parameter.optional("environment", "string", "Only of this environment."),
                Parameter.PAGE,
                Parameter.PER_PAGE)
            .givingPageOf(Deploy.class)
            .by(kept, this::list),
        Route.post(
                "/api/v1/deploys",
                Access.SIGNED_IN,
                "Ask for a deploy. Repeated with the same header `Idempotency-Key`, it gives the"
                    + " first one's deploy.")
            .orRefusing()
            .taking(Deploy.Request.class)
            .giving(Deploy.class)
            .as(201)
            .by(this::deploy),
        Route.get("/api/v1/deploys/{deploy}", Access.SIGNED_IN, "One deploy with all its details.")
            .giving(Deploy.Detail.class)
            .by(
                kept,
                call -> {
                  var view = find(call);
                  return DeployWire.detail(view, deploys.events(view.deploy().id()), known());
                }),
        Route.get(
                "/api/v1/deploys/{deploy}/events",
                Access.SIGNED_IN,
                "What happened to a deploy, oldest first.")
            .givingPageOf(Deploy.Event.class)
            .by(call ->
                call.whole(
                    clock.instant(),
                    "record",
                    deploys.events(find(call).deploy().id()).stream()
                        .map(DeployWire::event)
                        .toList())),
        acting(
            "approve",
            "Agree to one very plan. Agreeing twice is agreeing once.",
            Deploy.Approve.class,
            (call, wish) ->
                operations.approve(call.id("deploy"), digest(wish.plan()), call.actor())),
        acting(
            "gates/{gate}",
            "Open a gate, or close it again. Deciding the same twice is deciding once.",
            Deploy.DecideGate.class,
            (call, decision) ->
                operations.decideGate(
                    call.id("deploy"),
                    call.path("gate"),
                    decision.open(),
                    decision.reason().orElse(""),
                    call.actor())),
        acting(
            "reject",
            "Disagree; the deploy ends.",
            Deploy.Because.class,
            (call, why) ->
                operations.reject(call.id("deploy"), why.reason().orElse(""), call.actor())),
        acting(
            "cancel",
            "End it after the step under way; what was done stays.",
            call -> operations.cancel(call.id("deploy"), call.actor())),
        acting(
            "pause",
            "Stop after the step under way until somebody resumes.",
            call -> operations.pause(call.id("deploy"), call.actor())),
        acting("resume", "Go on.", call -> operations.resume(call.id("deploy"), call.actor())),
        acting(
            "lift-quarantine",
            "Let a deploy be tried again whose tries all failed, or ended the server. Needs a reason.",
            Deploy.Because.class,
            (call, why) ->
                operations.liftQuarantine(
                    call.id("deploy"), why.reason().orElse(""), call.actor())),
        acting(
            "rollback",
            "Take back a deploy that is under way.",
            Deploy.Because.class,
            (call, why) ->
                operations.rollBackUnderWay(
                    call.id("deploy"), why.reason().orElse(""), call.actor())),
        acting(
            "settle",
            "Say what became of a step in doubt that cannot be observed.",
            Deploy.Settle.class,
            this::settle));
  }

  private Route acting(String verb, String words, Route.Answering<Answer<DeployView>> what) {
    return Route.post("/api/v1/deploys/{deploy}/" + verb, Access.SIGNED_IN, words)
        .orRefusing()
        .giving(Deploy.class)
        .by(call -> DeployWire.of(Answers.done(what.answer(call)), known()));
  }

  private <B extends Record> Route acting(
      String verb, String words, Class<B> takes, Route.AnsweringTo<B, Answer<DeployView>> what) {
    return Route.post("/api/v1/deploys/{deploy}/" + verb, Access.SIGNED_IN, words)
        .orRefusing()
        .taking(takes)
        .giving(Deploy.class)
        .by((call, body) -> DeployWire.of(Answers.done(what.answer(call, body)), known()));
  }

  private Page<Deploy> list(Call call) {
    var project = Call.projectName(call.queryRequired("project"));
    var known = known();
    var name = call.query("environment");
    if (name.isPresent()) {
      var environment = environment(project, Call.environmentName(name.get()));
      return wire(
          call.paged(clock.instant(), (most, skip) -> records.of(environment.id(), most, skip)),
          known);
    } else if (projects.find(project).isEmpty()) {
      throw Refusal.notFound("project `" + project + "`");
    }
    return wire(
        call.paged(clock.instant(), (most, skip) -> records.of(project, most, skip)), known);
  }

  private Deploy deploy(Call call, Deploy.Request wish) throws IOException {
    var deploy =
        Answers.done(
            operations.deploy(
                start(wish),
                wish.plan().map(DeployRoutes::digest),
                IdempotencyKey.of(call),
                wish.notBefore(),
                wish.reason().orElse(""),
                call.actor()));
    return DeployWire.of(deploy, known());
  }

  private Answer<DeployView> settle(Call call, Deploy.Settle said) {
    var view = find(call);
    var standsAt = view.state() instanceof DeployState.Running running ? running.step() : -1;
    if (standsAt != said.step()) {
      return Answer.refused(
          "not_in_doubt",
          "step %d of this deploy is not in doubt".formatted(said.step()),
          "look at the deploy as it is now");
    }
    var finding =
        switch (said.verdict()) {
          case DONE -> Finding.DONE;
          case NOT_DONE -> Finding.NOT_DONE;
          case REPEAT -> Finding.REPEAT;
        };
    return operations.settleDoubt(view.deploy().id(), finding, call.actor());
  }

  private Wish start(Deploy.Request wish) throws IOException {
    var project = Call.projectName(wish.project());
    var environment = environment(project, Call.environmentName(wish.environment()));
    return new Wish.Start(
        environment.id(),
        release(project, environment, wish).id(),
        new TreeSet<>(wish.only().orElse(List.of())));
  }

  private Release release(ProjectName project, Environment environment, Deploy.Request wish)
      throws IOException {
    if (wish.release().isPresent()) {
      var number = wish.release().get();
      return releases
          .find(project, number)
          .orElseThrow(() -> Refusal.notFound("release r%d of `%s`".formatted(number, project)));
    } else if (wish.ref().isPresent()) {
      var ref = wish.ref().get();
      var sha =
          repositories
              .resolve(project, ref)
              .orElseThrow(() ->
                  Refusal.notFound("branch, tag or commit `%s` of `%s`".formatted(ref, project)));
      return releases
          .ofCommit(project, sha)
          .orElseThrow(() ->
              Refusal.user(
                  409,
                  "no_release",
                  "commit %s of `%s` has no release".formatted(sha.brief(), project),
                  "run its pipeline; a release is made when its jobs have succeeded"));
    }
    return operations
        .newestRelease(environment)
        .orElseThrow(() ->
            Refusal.user(
                409,
                "no_release",
                "project `%s` has no release".formatted(project),
                "run a pipeline; a release is made when its jobs have succeeded"));
  }

  private Environment environment(ProjectName project, EnvironmentName name) {
    return environments
        .find(project, name)
        .orElseThrow(
            () -> Refusal.notFound("environment `%s` of project `%s`".formatted(name, project)));
  }

  private DeployView find(Call call) {
    var id = call.id("deploy");
    return deploys.find(id).orElseThrow(() -> Refusal.notFound("deploy " + id));
  }

  private Page<Deploy> wire(Page<Entry> page, Known known) {
    var places = page.items().stream().map(DeployRecords::environment).distinct().toList();
    lists.find(places).values().forEach(known::add);
    known.addQueues(
        DeployRecords.readable(page.items()).stream()
            .filter(view -> view.finishedAt().isEmpty())
            .map(view -> view.deploy().environment())
            .distinct()
            .toList());
    var deploys = new ArrayList<Deploy>();
    var unreadable = new ArrayList<Unreadable>();
    for (var entry : page.items()) {
      switch (entry) {
        case DeployRecords.Intact(var view) -> deploys.add(DeployWire.of(view, known));
        case DeployRecords.Unreadable(var id, var number, _, var why) ->
            unreadable.add(new Unreadable(id, number, why));
      }
    }
    return new Page<>(
        deploys,
        page.source(),
        page.asOf(),
        page.page(),
        page.perPage(),
        page.more(),
        unreadable.isEmpty() ? Optional.empty() : Optional.of(unreadable));
  }

  private Known known() {
    return new Known(releases, environments, records);
  }

  private static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.malformed(
          "the field `plan` is no hash of a plan", "send the `hash` of the plan that you saw");
    }
  }
}
