package dev.fleetwright.server.http;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment.GoBack;
import dev.fleetwright.api.Environment.Held;
import dev.fleetwright.api.Environment.SetAlarm;
import dev.fleetwright.api.Environment.SetHold;
import dev.fleetwright.api.Environment.Stop;
import dev.fleetwright.api.Environment.TargetObservation;
import dev.fleetwright.api.Environment.Version;
import dev.fleetwright.api.Environment.WayBack;
import dev.fleetwright.api.Page;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.EnvironmentLists;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.server.operations.DeployOperations;
import dev.fleetwright.server.operations.DeployOperations.Wish;
import dev.fleetwright.server.operations.EnvironmentOperations;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// Environments: what runs there by the record and in truth, taking them down and going back.
final class EnvironmentRoutes {

  /// How long targets may think about whether they can go back.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// Of the deploys under way in an environment of a list; there may be fifty in each.
  private static final int FEW = 10;

  private static final int MANY = 100;

  private final Projects projects;
  private final Environments environments;
  private final EnvironmentLists lists;
  private final Releases releases;
  private final DeployRecords records;
  private final Targets targets;
  private final LiveRevisions revisions;
  private final DeployOperations operations;
  private final EnvironmentOperations holding;
  private final KeptAnswers kept;
  private final Clock clock;

  EnvironmentRoutes(
      Projects projects,
      Environments environments,
      EnvironmentLists lists,
      Releases releases,
      DeployRecords records,
      Targets targets,
      LiveRevisions revisions,
      DeployOperations operations,
      EnvironmentOperations holding,
      KeptAnswers kept,
      Clock clock) {
    this.projects = projects;
    this.environments = environments;
    this.lists = lists;
    this.releases = releases;
    this.records = records;
    this.targets = targets;
    this.revisions = revisions;
    this.operations = operations;
    this.holding = holding;
    this.kept = kept;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/projects/{project}/environments",
                Access.SIGNED_IN,
                "A project's environments, by name; of the deploys under way in each, ten at most.")
            .with(Parameter.PAGE, Parameter.PER_PAGE)
            .givingPageOf(dev.fleetwright.api.Environment.class)
            .by(
                kept,
                call -> {
                  var name = call.projectName();
                  if (projects.find(name).isEmpty()) {
                    throw Refusal.notFound("project `" + name + "`");
                  }
                  var known = new Known(releases, environments, records);
                  var part =
                      call.paged(clock.instant(), (most, skip) -> lists.byName(name, most, skip));
                  known.addQueues(part.items().stream().map(Environment::id).toList());
                  return new Page<>(
                      part.items().stream().map(e -> wire(e, known, FEW)).toList(),
                      part.source(),
                      part.asOf(),
                      part.page(),
                      part.perPage(),
                      part.more());
                }),
        Route.get(
                "/api/v1/projects/{project}/environments/{environment}",
                Access.SIGNED_IN,
                "One environment: what runs there by the record, and deploys under way, a hundred at most.")
            .giving(dev.fleetwright.api.Environment.class)
            .by(kept, call -> wire(find(call), new Known(releases, environments, records))),
        Route.get(
                "/api/v1/projects/{project}/environments/{environment}/observation",
                Access.SIGNED_IN,
                "What the environment's targets really run, asked now.")
            .giving(dev.fleetwright.api.Environment.Observation.class)
            .by(call -> observe(find(call))),
        Route.get(
                "/api/v1/projects/{project}/environments/{environment}/ways-back",
                Access.SIGNED_IN,
                "The versions that an environment ran, and whether it can go back to each now.")
            .with(
                Parameter.optional(
                    "check",
                    "string",
                    "`live` asks the targets and waits for them, 5 s at most; else what is known."))
            .givingPageOf(WayBack.class)
            .by(this::waysBack),
        Route.get(
                "/api/v1/projects/{project}/environments/{environment}/versions",
                Access.SIGNED_IN,
                "Which release each component of an environment came from; they differ after deploys of some components.")
            .givingPageOf(Version.class)
            .by(call -> {
              var known = new Known(releases, environments, records);
              return call.whole(
                  clock.instant(),
                  "record",
                  operations.versions(find(call)).entrySet().stream()
                      .map(v -> new Version(v.getKey(), known.release(Optional.of(v.getValue()))))
                      .toList());
            }),
        Route.get(
                "/api/v1/holds",
                Access.SIGNED_IN,
                "Environments that take nothing by themselves, oldest hold first.")
            .givingPageOf(Held.class)
            .by(
                kept,
                call ->
                    call.whole(
                        clock.instant(),
                        "record",
                        holding.holds().stream().map(this::held).toList())),
        Route.post(
                "/api/v1/projects/{project}/environments/{environment}/alarms",
                Access.SIGNED_IN,
                "Tell that an alarm fires, or fires no more.")
            .orRefusing()
            .taking(SetAlarm.class)
            .giving(dev.fleetwright.api.Environment.class)
            .by((call, wish) -> {
              var environment = find(call);
              Answers.done(
                  holding.alarm(
                      environment,
                      wish.name(),
                      wish.reason().orElse(""),
                      wish.firing(),
                      call.actor()));
              return wire(environment, new Known(releases, environments, records));
            }),
        Route.post(
                "/api/v1/projects/{project}/environments/{environment}/hold",
                Access.SIGNED_IN,
                "Take nothing by itself any more until the hold is lifted.")
            .orRefusing()
            .taking(SetHold.class)
            .giving(dev.fleetwright.api.Environment.class)
            .by((call, wish) -> {
              var environment = find(call);
              Answers.done(holding.hold(environment, wish.reason().orElse(""), call.actor()));
              return wire(environment, new Known(releases, environments, records));
            }),
        Route.post(
                "/api/v1/projects/{project}/environments/{environment}/hold/lift",
                Access.SIGNED_IN,
                "Take again what it would have taken, also what was there before the hold.")
            .orRefusing()
            .giving(dev.fleetwright.api.Environment.class)
            .by(call -> {
              var environment = find(call);
              Answers.done(holding.lift(environment, call.actor()));
              return wire(environment, new Known(releases, environments, records));
            }),
        Route.post(
                "/api/v1/projects/{project}/environments/{environment}/stop",
                Access.SIGNED_IN,
                "Take an environment down. That is a deploy too.")
            .orRefusing()
            .taking(Stop.class)
            .giving(Deploy.class)
            .as(201)
            .by((call, wish) ->
                ask(call, new Wish.Stop(find(call).id()), wish.reason().orElse(""))),
        Route.post(
                "/api/v1/projects/{project}/environments/{environment}/rollback",
                Access.SIGNED_IN,
                "Go back to what an earlier deploy brought.")
            .orRefusing()
            .taking(GoBack.class)
            .giving(Deploy.class)
            .as(201)
            .by(this::goBack));
  }

  private Page<WayBack> waysBack(Call call) throws InterruptedException {
    var environment = find(call);
    var live = call.query("check").filter("live"::equals).isPresent();
    var known = new Known(releases, environments, records);
    return call.whole(
        clock.instant(),
        live ? "targets" : "record",
        operations.waysBack(environment, live ? PATIENCE : Duration.ZERO).stream()
            .map(checked -> {
              var way = checked.way();
              return new WayBack(
                  way.deploy().deploy().id(),
                  known.release(way.plan().release()),
                  way.plan().label(),
                  way.deploy().updatedAt(),
                  checked.whyNot().isEmpty(),
                  way.left(),
                  checked.whyNot(),
                  checked.asked());
            })
            .toList());
  }

  private Deploy goBack(Call call, GoBack wish) {
    var environment = find(call);
    var deploy =
        wish.deploy()
            .or(() -> operations.lastGood(environment).map(w -> w.deploy().deploy().id()))
            .orElseThrow(() ->
                environment.targets().isEmpty()
                    ? Refusal.user(
                        409,
                        "no_way_back",
                        "only scripts deploy to `%s`: what they did cannot be seen, nor taken back"
                            .formatted(environment.name()),
                        "say whose script shall run again: the id of an earlier deploy (`--to`)")
                    : Refusal.user(
                        409,
                        "no_way_back",
                        "there is nothing that this environment can go back to now",
                        "see its ways back for why not"));
    return ask(call, new Wish.GoBack(environment.id(), deploy), wish.reason().orElse(""));
  }

  private Deploy ask(Call call, Wish wish, String reason) {
    var deploy =
        Answers.done(
            operations.deploy(
                wish,
                Optional.empty(),
                IdempotencyKey.of(call),
                Optional.empty(),
                reason,
                call.actor()));
    return DeployWire.of(deploy, new Known(releases, environments, records));
  }

  private Held held(EnvironmentHold hold) {
    var environment = environments.find(hold.environment()).orElseThrow();
    return new Held(
        environment.project().value(), environment.name().value(), EnvironmentWire.hold(hold));
  }

  private Environment find(Call call) {
    var project = call.projectName();
    var name = call.environmentName();
    return environments
        .find(project, name)
        .orElseThrow(
            () -> Refusal.notFound("environment `%s` of project `%s`".formatted(name, project)));
  }

  private dev.fleetwright.api.Environment wire(Environment environment, Known known) {
    return wire(environment, known, MANY);
  }

  /// @param most how many of the deploys under way
  private dev.fleetwright.api.Environment wire(Environment environment, Known known, int most) {
    known.add(environment);
    return EnvironmentWire.of(
        environment,
        environments.live(environment.id()),
        DeployRecords.readable(records.unfinished(environment.id(), most)).stream()
            .map(d -> DeployWire.of(d, known))
            .toList(),
        holding.hold(environment),
        holding.alarms(environment),
        known);
  }

  /// Asks all targets at once.
  private dev.fleetwright.api.Environment.Observation observe(Environment environment)
      throws InterruptedException {
    var at = clock.instant();
    var live = environments.live(environment.id());
    var questions = new ArrayList<Callable<TargetObservation>>();
    for (var binding : environment.targets()) {
      questions.add(() -> observe(environment, binding, live));
    }
    var seen = new ArrayList<TargetObservation>();
    try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : each.invokeAll(questions)) {
        seen.add(answer.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("observing " + environment.stream(), e.getCause());
    }
    return new dev.fleetwright.api.Environment.Observation(at, seen);
  }

  private TargetObservation observe(
      Environment environment, TargetBinding binding, List<Live> live) {
    try {
      var seen = targets.open(binding).observe(environment.placeOn(binding.name()));
      return new TargetObservation(
          binding.name(),
          Optional.empty(),
          drifted(seen, binding, live),
          EnvironmentWire.instances(seen));
    } catch (TargetUnreachable | IllegalArgumentException e) {
      return new TargetObservation(
          binding.name(), Optional.of(String.valueOf(e.getMessage())), false, List.of());
    }
  }

  private boolean drifted(Observation seen, TargetBinding binding, List<Live> live) {
    return live.stream()
        .filter(l -> l.target().equals(binding.name()) && !l.mixed())
        .findFirst()
        .flatMap(l -> revisions.find(l.revision()))
        .filter(r -> !seen.shows(r, dev.fleetwright.core.target.Slice.all()))
        .isPresent();
  }
}
