package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec.Action;
import dev.fleetwright.core.pipeline.JobSpec.Retry;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.TargetBinding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A project in a database, and how to make what belongs to it.
final class Shop {

  static final ProjectName NAME = new ProjectName("shop");
  static final Actor ANNA = new Actor("anna");
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456Z");
  static final CommitSha SHA = new CommitSha("1a2b3c4d".repeat(5));

  private final Database database;

  Shop(Database database) {
    this.database = database;
    database.projects().add(new Project(NAME, "https://git.example/shop.git", "main", NOON), ANNA);
  }

  Environment environment(String name, String... targets) {
    return database
        .environments()
        .define(
            NAME,
            new EnvironmentName(name),
            Tier.guess(name),
            Optional.empty(),
            Policy.NONE,
            Arrays.stream(targets).map(Shop::binding).toList(),
            ANNA,
            NOON);
  }

  static TargetBinding binding(String name) {
    return new TargetBinding(name, "fake", Settings.of(Map.of("hosts.0", "a", "user", "deploy")));
  }

  Pipeline pipeline(JobSpec... jobs) {
    return database
        .pipelines()
        .add(
            new NewPipeline(
                NAME,
                SHA,
                "main",
                false,
                "push",
                "Fix the till",
                "Anna",
                List.of("build", "deploy"),
                List.of(jobs),
                List.of(),
                new TreeMap<>(Map.of("COLOUR", "blue"))),
            ANNA,
            NOON);
  }

  Release release() {
    return release(pipeline(job("build", "build")).id());
  }

  Release release(long pipeline) {
    return database
        .releases()
        .add(
            NAME,
            SHA,
            "main",
            "Fix the till",
            "Anna",
            pipeline,
            List.of(component("web", "v1"), component("worker", "v1")),
            ANNA,
            NOON);
  }

  static Component component(String name, String word) {
    return new Component(
        name,
        List.of(
            new TreeEntry.File(
                "bin/run", Digest.of(word.getBytes(StandardCharsets.UTF_8)), 2, true),
            new TreeEntry.Link("current", "bin/run")),
        Settings.of(Map.of("run.command.0", word)));
  }

  static Revision revision(String word) {
    return new Revision(List.of(component("web", word)));
  }

  static JobSpec job(String name, String stage) {
    return job(name, stage, When.ON_SUCCESS, Optional.empty());
  }

  static JobSpec deployJob(String name, Optional<Duration> autoStopIn) {
    return job(
        name,
        "deploy",
        When.ON_SUCCESS,
        Optional.of(
            new EnvironmentSpec(
                "staging",
                Optional.of("https://staging.example"),
                Action.START,
                Optional.of("stop"),
                autoStopIn,
                Optional.of("staging"),
                new TreeMap<>())));
  }

  static JobSpec job(String name, String stage, When when, Optional<EnvironmentSpec> environment) {
    return new JobSpec(
        name,
        stage,
        List.of("make"),
        List.of(),
        new TreeMap<>(),
        Optional.empty(),
        Optional.empty(),
        when,
        AllowFailure.NO,
        Retry.NEVER,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        environment,
        Workplace.BARE,
        new TreeSet<>(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Aftermath.NONE,
        new TreeMap<>());
  }

  /// A plan from `v1` to `v2` with one observable step for each target.
  static Plan plan(Environment environment, Optional<Release> release, int approvals) {
    var targets = new ArrayList<Plan.TargetPlan>();
    var steps = new ArrayList<Step>();
    var kind = release.isPresent() ? DeployKind.START : DeployKind.STOP;
    var from = revision("v1").digest();
    var to = release.isPresent() ? revision("v2").digest() : Revision.EMPTY.digest();
    for (var binding : environment.targets()) {
      targets.add(
          new Plan.TargetPlan(
              binding,
              from,
              to,
              Digest.of(new byte[] {1}),
              List.of(new Change(Change.Kind.UPDATE, "web", List.of("-v1", "+v2")))));
      steps.add(
          release.isPresent()
              ? new Step.Apply(binding.name(), Slice.all(), from, to, true, true)
              : new Step.Remove(binding.name(), from, true));
    }
    return new Plan(
        NAME,
        environment.name(),
        EnvironmentSlug.of(environment.name()),
        kind,
        release.map(Release::id),
        release.map(Release::label).orElse("nothing"),
        targets,
        steps,
        approvals);
  }

  static DeployRequest start(Environment environment, Release release) {
    return DeployRequest.start(environment.id(), release.id()).because("because");
  }

  static DeployRequest stop(Environment environment) {
    return DeployRequest.stop(environment.id()).because("because");
  }

  static DeployRequest of(DeployRequest request, Optional<Plan> plan, Optional<String> key) {
    return of(request, plan, key, Optional.empty());
  }

  static DeployRequest of(
      DeployRequest request, Optional<Plan> plan, Optional<String> key, Optional<Long> job) {
    var script = component("script", "deploy.sh");
    var asked =
        job.map(id -> request.ofJob(id, script)).orElseGet(() -> request.with(Optional.of(script)));
    var planned = plan.map(asked::by).orElse(asked);
    return key.map(planned::once).orElse(planned);
  }

  /// A new deploy of a new release.
  DeployView deploy(Environment environment) {
    return database.deploys().add(start(environment, release()), ANNA, NOON);
  }

  /// Store events, each of which must be stored.
  DeployView after(Deploy deploy, DeployEvent... events) {
    return after(deploy, Optional.empty(), events);
  }

  DeployView after(Deploy deploy, Optional<Lease> lease, DeployEvent... events) {
    var view = database.deploys().find(deploy.id()).orElseThrow();
    for (var event : events) {
      var answer =
          database.deploys().append(deploy.id(), view.sequence(), event, ANNA, NOON, lease);
      if (!(answer instanceof Appended.Stored(var now))) {
        throw new AssertionError(event + ": " + answer);
      }
      view = now;
    }
    return view;
  }
}
