package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.Aftermath.ReleaseSpec;
import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.core.pipeline.AutoCancel.OnNewCommit;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.JobSpec.Retry;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.PipelineStatus;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.pipeline.ProcessMode;
import dev.fleetwright.core.pipeline.ResourceGroups.ResourceGroup;
import dev.fleetwright.core.pipeline.ResourceGroups.Slot;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.pipeline.Workplace.Cache;
import dev.fleetwright.core.pipeline.Workplace.Foreign;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.SecretRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.pipeline.Pipelines] promises.
abstract class PipelinesContract extends StoreContract {

  private static final Instant LATER = Shop.NOON.plusSeconds(60);

  private Pipeline twoJobs() {
    return shop.pipeline(
        Shop.job("build", "build"), Shop.job("deploy", "deploy", When.MANUAL, Optional.empty()));
  }

  private Job job(Pipeline pipeline, String name) {
    return database.pipelines().jobs(pipeline.id()).stream()
        .filter(job -> job.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Job with(Job job, JobStatus status) {
    return new Job(
        job.id(),
        job.pipeline(),
        job.spec(),
        status,
        job.attempt(),
        status == JobStatus.FAILED ? 3 : job.exitCode(),
        status == JobStatus.FAILED ? "script_failure" : "",
        job.message(),
        job.artifacts(),
        job.keeping(),
        job.dotenv(),
        job.given(),
        job.deploy(),
        job.scheduledAt(),
        job.startedAt(),
        job.finishedAt());
  }

  private boolean change(Job job, JobStatus status) {
    return database
        .pipelines()
        .change(with(job, status), job.status(), Actor.ENGINE, LATER, Optional.empty());
  }

  private Pipeline now(Pipeline pipeline) {
    return database.pipelines().find(pipeline.id()).orElseThrow();
  }

  @Test
  void a_pipeline_is_found_as_it_was_made() {
    var made = twoJobs();

    assertThat(made.number()).isEqualTo(1);
    assertThat(made.status()).isEqualTo(PipelineStatus.CREATED);
    assertThat(made.stages()).containsExactly("build", "deploy");
    assertThat(made.variables()).isEqualTo(Map.of("COLOUR", "blue"));
    assertThat(made.by()).isEqualTo("anna");
    assertThat(now(made)).isEqualTo(made);
    assertThat(database.pipelines().jobs(made.id()))
        .extracting(job -> job.spec().name() + " " + job.status() + " " + job.attempt())
        .containsExactly("build CREATED 1", "deploy CREATED 1");
    var second = twoJobs();
    assertThat(database.pipelines().of(Shop.NAME, 10, 0)).containsExactly(second, made);
    assertThat(database.pipelines().of(Shop.NAME, 1, 1)).containsExactly(made);
  }

  @Test
  void one_whose_file_cannot_be_used_has_failed() {
    var failed =
        database
            .pipelines()
            .add(
                new NewPipeline(
                    Shop.NAME,
                    Shop.SHA,
                    "main",
                    true,
                    "push",
                    "",
                    "",
                    List.of(),
                    List.of(),
                    List.of("line 3: `scirpt` is not a keyword"),
                    new TreeMap<>()),
                Shop.ANNA,
                Shop.NOON);

    assertThat(failed.status()).isEqualTo(PipelineStatus.FAILED);
    assertThat(failed.finishedAt()).contains(Shop.NOON);
    assertThat(failed.problems()).containsExactly("line 3: `scirpt` is not a keyword");
    assertThat(failed.tag()).isTrue();
  }

  private static Workplace workplace() {
    var image =
        new Image(
            "debian:12",
            List.of("/bin/sh", ""),
            List.of(PullPolicy.IF_NOT_PRESENT, PullPolicy.NEVER),
            Optional.of("linux/arm64"),
            Optional.of("app"),
            Optional.of("1000:1000"));
    return new Workplace(
        Optional.of(image),
        List.of(
            new Workplace.Service(
                Image.named("postgres:17"),
                List.of("db", "pg"),
                List.of("-c", "fsync=off"),
                new TreeMap<>(Map.of("POSTGRES_DB", "shop")))),
        List.of(
            new Cache(
                new Cache.Key.OfFiles(List.of("a.lock"), true, Optional.of("a")),
                List.of("node_modules/"),
                true,
                false,
                Cache.Policy.PULL,
                ArtifactSpec.Keep.ALWAYS,
                List.of("older")),
            new Cache(
                new Cache.Key.Fixed("default"),
                List.of(),
                false,
                true,
                Cache.Policy.PULL_PUSH,
                ArtifactSpec.Keep.ON_SUCCESS,
                List.of())),
        List.of("git config --global x y"),
        new TreeMap<>(Map.of("TOKEN", List.of("https://vault.example", "b"))),
        new TreeMap<>(
            Map.of(
                "PASSWORD",
                new SecretRequest(
                    new SecretRequest.Provider.Vault("kv-v2", "ops", "production/db", "password"),
                    true,
                    Optional.of("$TOKEN")),
                "KEY",
                new SecretRequest(
                    new SecretRequest.Provider.Other(
                        "azure_key_vault", new TreeMap<>(Map.of("name", "k"))),
                    false,
                    Optional.empty()))),
        List.of(
            new Foreign.OfProject("group/lib", "main", "build", true),
            new Foreign.OfPipeline("$PARENT_ID", "build", false),
            new Foreign.Status("group/other")));
  }

  private static Trigger trigger() {
    return new Trigger(
        new Trigger.Downstream.Child(
            List.of(
                new Trigger.Part(
                    new Trigger.Source.Local("a.yml"), new TreeMap<>(Map.of("n", "1"))),
                new Trigger.Part(new Trigger.Source.Artifact("b.yml", "make"), new TreeMap<>()),
                new Trigger.Part(
                    new Trigger.Source.OfProject("g/p", "c.yml", Optional.of("v1")),
                    new TreeMap<>()),
                new Trigger.Part(new Trigger.Source.Template("Docker"), new TreeMap<>()),
                new Trigger.Part(new Trigger.Source.Remote("https://x/d.yml"), new TreeMap<>()),
                new Trigger.Part(new Trigger.Source.Component("h/g/p/c@1"), new TreeMap<>()))),
        Trigger.Follow.MIRROR,
        true,
        false);
  }

  private static Aftermath aftermath() {
    return new Aftermath(
        Optional.of(
            new ReleaseSpec(
                "v1",
                "notes.md",
                Optional.of("the tag"),
                Optional.of("One"),
                Optional.of("main"),
                List.of("m1"),
                Optional.of("2026-01-01T00:00:00Z"),
                List.of(
                    new ReleaseSpec.Link("a", "https://x/a", Optional.of("/bin/a"), "package"),
                    new ReleaseSpec.Link("b", "https://x/b", Optional.empty(), "other")))),
        Optional.of("/Coverage: (\\d+)/"),
        Optional.of(new Aftermath.Pages("public", "next", Optional.of("1 week"))));
  }

  @Test
  void the_start_of_another_projects_pipeline_is_kept() {
    var plain = Shop.job("downstream", "build");
    var spec =
        JobSpecJson.read(
            "a job",
            JobSpecJson.text(
                new JobSpec(
                    plain.name(),
                    plain.stage(),
                    List.of(),
                    List.of(),
                    plain.variables(),
                    plain.needs(),
                    plain.artifactsFrom(),
                    plain.when(),
                    plain.allowFailure(),
                    plain.retry(),
                    plain.timeout(),
                    plain.startIn(),
                    plain.artifacts(),
                    plain.environment(),
                    plain.workplace(),
                    plain.tags(),
                    plain.resourceGroup(),
                    plain.interruptible(),
                    Optional.of(DOWNSTREAM),
                    plain.confirmation(),
                    plain.aftermath(),
                    plain.otherKeywords())));

    assertThat(spec.trigger()).contains(DOWNSTREAM);
  }

  private static final Trigger DOWNSTREAM =
      new Trigger(
          new Trigger.Downstream.OtherProject(
              "g/p", Optional.of("main"), new TreeMap<>(Map.of("a", "[1]"))),
          Trigger.Follow.DEPEND,
          false,
          true);

  /// Rows of before had the name of an image and nothing else.
  @Test
  void a_job_of_an_older_release_is_read() {
    var text =
        JobSpecJson.text(Shop.job("old", "build"))
            .replaceFirst("\"workplace\":\\{}", "\"image\":\"debian:12\"")
            .replaceFirst(",\"aftermath\":\\{}", "");

    var spec = JobSpecJson.read("a job", text);

    assertThat(spec.workplace().image()).contains(Image.named("debian:12"));
    assertThat(spec.aftermath()).isEqualTo(Aftermath.NONE);
  }

  @Test
  void every_field_of_a_job_is_kept() {
    var spec =
        new JobSpec(
            "everything 1/2",
            "build",
            List.of("echo \"a\"", "make"),
            List.of("echo bye"),
            new TreeMap<>(Map.of("A", "1", "B", "x\ny")),
            Optional.of(List.of(new Need("one", true, false), new Need("two", false, true))),
            Optional.of(List.of("one")),
            When.DELAYED,
            new AllowFailure(false, List.of(3, 137)),
            new Retry(2, List.of("script_failure"), List.of(1)),
            Optional.of(Duration.ofMinutes(90)),
            Optional.of(Duration.ofSeconds(5)),
            List.of(
                new ArtifactSpec(
                    Optional.of("all"),
                    List.of("build/**"),
                    List.of("*.tmp"),
                    true,
                    ArtifactSpec.Keep.ALWAYS,
                    new ArtifactSpec.Expiry.After(Duration.ofDays(7)),
                    ArtifactSpec.Access.DEVELOPER,
                    Optional.of("the build"),
                    Optional.of("dotenv")),
                new ArtifactSpec(
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    false,
                    ArtifactSpec.Keep.ON_FAILURE,
                    new ArtifactSpec.Expiry.Never(),
                    ArtifactSpec.Access.ALL,
                    Optional.empty(),
                    Optional.empty())),
            Optional.of(
                new EnvironmentSpec(
                    "review/$CI_COMMIT_REF_SLUG",
                    Optional.of("https://$HOST"),
                    EnvironmentSpec.Action.STOP,
                    Optional.of("stop"),
                    Optional.of(Duration.ofDays(3)),
                    Optional.of("development"),
                    new TreeMap<>(Map.of("agent", "group/agents:main")))),
            workplace(),
            new TreeSet<>(List.of("linux", "big")),
            Optional.of("$CI_ENVIRONMENT"),
            true,
            Optional.of(trigger()),
            Optional.of("really?"),
            aftermath(),
            new TreeMap<>(Map.of("identity", "google_cloud")));
    var pipeline = shop.pipeline(spec, Shop.job("plain", "build"));
    var deploy = shop.deploy(shop.environment("staging")).deploy();
    var before = job(pipeline, "everything 1/2");
    var full =
        new Job(
            before.id(),
            before.pipeline(),
            spec.withVariables(Map.of("C", "3")),
            JobStatus.FAILED,
            1,
            137,
            "runner_system_failure",
            "killed – \"9\"",
            List.of(
                new TreeEntry.File("build/a", Digest.of(new byte[0]), 0, true),
                new TreeEntry.Link("build/b", "a")),
            new Job.Keeping.Until(LATER.plusSeconds(7)),
            Map.of("URL", "https://x"),
            Map.of("DRY", "yes"),
            Optional.of(deploy.id()),
            Optional.of(Shop.NOON),
            Optional.of(LATER),
            Optional.of(LATER.plusNanos(1000)));

    assertThat(before.spec()).isEqualTo(spec);
    assertThat(
            database
                .pipelines()
                .change(full, JobStatus.CREATED, Actor.ENGINE, LATER, Optional.empty()))
        .isTrue();
    assertThat(database.pipelines().job(before.id())).contains(full);
    assertThat(job(pipeline, "plain").spec()).isEqualTo(Shop.job("plain", "build"));
  }

  @Test
  void the_pipeline_follows_its_jobs() {
    var pipeline = twoJobs();
    change(job(pipeline, "build"), JobStatus.PENDING);
    assertThat(now(pipeline).status()).isEqualTo(PipelineStatus.PENDING);
    assertThat(now(pipeline).startedAt()).isEmpty();
    change(job(pipeline, "build"), JobStatus.RUNNING);
    assertThat(now(pipeline).status()).isEqualTo(PipelineStatus.RUNNING);
    assertThat(now(pipeline).startedAt()).contains(LATER);
    change(job(pipeline, "build"), JobStatus.FAILED);
    change(job(pipeline, "deploy"), JobStatus.SKIPPED);
    assertThat(now(pipeline).status()).isEqualTo(PipelineStatus.FAILED);
    assertThat(now(pipeline).finishedAt()).contains(LATER);
    assertThat(now(pipeline).changes()).isEqualTo(pipeline.changes() + 4);
  }

  @Test
  void a_change_that_was_decided_on_another_status_is_turned_down() {
    var pipeline = twoJobs();
    var build = job(pipeline, "build");
    change(build, JobStatus.PENDING);
    var before = now(pipeline);

    assertThat(change(build, JobStatus.SKIPPED)).isFalse();

    assertThat(job(pipeline, "build").status()).isEqualTo(JobStatus.PENDING);
    assertThat(now(pipeline)).isEqualTo(before);
  }

  @Test
  void a_change_from_an_older_generation_is_turned_down() {
    var pipeline = twoJobs();
    var old = database.pipelineLeases().claim("one", Duration.ZERO).orElseThrow();
    var current = database.pipelineLeases().claim("two", Duration.ofMinutes(1)).orElseThrow();
    var build = job(pipeline, "build");
    var pending = with(build, JobStatus.PENDING);

    assertThat(engineChange(pending, old)).isFalse();
    assertThat(database.pipelines().settle(pipeline.id(), now(pipeline).changes(), old)).isFalse();
    database.pipelines().addProblems(pipeline.id(), List.of("late"), Shop.NOON, old);
    assertThat(now(pipeline)).isEqualTo(pipeline);
    assertThat(engineChange(pending, current)).isTrue();
  }

  private boolean engineChange(Job job, Lease lease) {
    return database
        .pipelines()
        .change(job, JobStatus.CREATED, Actor.ENGINE, LATER, Optional.of(lease));
  }

  @Test
  void problems_are_added_once() {
    var pipeline = twoJobs();
    var lease = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();

    database
        .pipelines()
        .addProblems(pipeline.id(), List.of("no files", "no name"), Shop.NOON, lease);
    var after = now(pipeline);
    database.pipelines().addProblems(pipeline.id(), List.of("no name"), Shop.NOON, lease);

    assertThat(after.problems()).containsExactly("no files", "no name");
    assertThat(after.status()).isEqualTo(PipelineStatus.CREATED);
    assertThat(now(pipeline)).isEqualTo(after);
  }

  @Test
  void a_finished_job_runs_again_as_a_new_attempt_and_what_was_skipped_gets_its_turn_anew() {
    var pipeline = twoJobs();
    change(job(pipeline, "build"), JobStatus.FAILED);
    change(job(pipeline, "deploy"), JobStatus.SKIPPED);
    var failed = job(pipeline, "build");

    var again = database.pipelines().retry(failed.id(), Shop.ANNA, LATER).orElseThrow();

    assertThat(again.id()).isNotEqualTo(failed.id());
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.status()).isEqualTo(JobStatus.PENDING);
    assertThat(again.exitCode()).isEqualTo(-1);
    assertThat(database.pipelines().jobs(pipeline.id()))
        .extracting(job -> job.spec().name() + " " + job.status() + " " + job.attempt())
        .containsExactly("build PENDING 2", "deploy CREATED 1");
    assertThat(database.pipelines().job(failed.id())).contains(failed);
    assertThat(now(pipeline).status()).isEqualTo(PipelineStatus.PENDING);
    assertThat(now(pipeline).finishedAt()).isEmpty();
    assertThat(database.pipelines().retry(failed.id(), Shop.ANNA, LATER))
        .as("only the newest attempt")
        .isEmpty();
    assertThat(database.pipelines().retry(again.id(), Shop.ANNA, LATER))
        .as("only when it has ended")
        .isEmpty();
    assertThat(change(failed, JobStatus.SUCCESS)).as("an old attempt is history").isFalse();
  }

  @Test
  void the_ledger_tells_what_people_did() {
    var pipeline = twoJobs();
    var lease = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();
    var deploy = job(pipeline, "deploy");
    engineChange(with(deploy, JobStatus.MANUAL), lease);
    var manual = job(pipeline, "deploy");

    database
        .pipelines()
        .change(
            with(manual, JobStatus.PENDING), JobStatus.MANUAL, Shop.ANNA, LATER, Optional.empty());
    var pending = job(pipeline, "deploy");
    database
        .pipelines()
        .change(
            with(pending, JobStatus.CANCELED),
            JobStatus.PENDING,
            Shop.ANNA,
            LATER,
            Optional.empty());
    database.pipelines().retry(pending.id(), Shop.ANNA, LATER);

    assertThat(database.ledger().read("shop", 1, 100))
        .extracting(kept -> kept.content().kind())
        .containsExactly(
            "project.added", "pipeline.added", "job.played", "job.cancelled", "job.retried");
    assertThat(database.ledger().fault("shop")).isEmpty();
  }

  @Test
  void whoever_watches_is_told_of_each_change() {
    var pipeline = twoJobs();
    var before = database.feed().newest();

    change(job(pipeline, "build"), JobStatus.RUNNING);

    assertThat(database.feed().after(before, 10))
        .extracting(entry -> entry.topic() + " " + entry.keys().get("state"))
        .containsExactly("job running", "pipeline running");
  }

  @Test
  void a_failure_and_the_attempt_after_it_are_one_step() {
    var pipeline = twoJobs();
    var lease = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();
    change(job(pipeline, "build"), JobStatus.RUNNING);
    var running = job(pipeline, "build");
    var failed = with(running, JobStatus.FAILED).withGiven(Map.of("A", "b"));

    assertThat(
            database
                .pipelines()
                .failAndRetry(failed, JobStatus.RUNNING, LATER, new Lease(lease.id(), 0)))
        .as("by an older generation")
        .isFalse();
    assertThat(database.pipelines().failAndRetry(failed, JobStatus.RUNNING, LATER, lease)).isTrue();

    var again = job(pipeline, "build");
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.status()).isEqualTo(JobStatus.PENDING);
    assertThat(again.given()).isEqualTo(Map.of("A", "b"));
    assertThat(database.pipelines().job(running.id())).contains(failed);
    assertThat(now(pipeline).status()).isEqualTo(PipelineStatus.PENDING);
  }

  @Test
  void when_a_person_plays_a_job_what_was_skipped_gets_its_turn_anew() {
    var pipeline = shop.pipeline(Shop.job("ask", "build"), Shop.job("after", "deploy"));
    change(job(pipeline, "ask"), JobStatus.MANUAL);
    change(job(pipeline, "after"), JobStatus.SKIPPED);

    change(job(pipeline, "ask"), JobStatus.PENDING);

    assertThat(job(pipeline, "after").status()).isEqualTo(JobStatus.CREATED);
  }

  @Test
  void what_is_to_be_cancelled_is_chosen_and_cancelled_at_one_moment() {
    var pipeline = twoJobs();
    change(job(pipeline, "build"), JobStatus.RUNNING);

    var chosen =
        database
            .pipelines()
            .cancel(
                pipeline.id(),
                jobs -> jobs.stream().filter(j -> j.status() == JobStatus.CREATED).toList(),
                Shop.ANNA,
                LATER);

    assertThat(chosen).extracting(j -> j.spec().name()).containsExactly("deploy");
    assertThat(job(pipeline, "deploy").status()).isEqualTo(JobStatus.CANCELED);
    assertThat(job(pipeline, "deploy").finishedAt()).contains(LATER);
    assertThat(job(pipeline, "build").status()).isEqualTo(JobStatus.RUNNING);
    assertThat(database.ledger().read("shop", 1, 100))
        .extracting(kept -> kept.content().kind())
        .contains("pipeline.cancelled");
  }

  @Test
  void one_job_starts_one_pipeline_however_often_it_is_asked_to() {
    var parent = twoJobs();
    var bridge = job(parent, "build");
    var before = now(parent).changes();

    var child = child(bridge, Shop.job("inner", "build"));

    assertThat(child.parent()).contains(bridge.id());
    assertThat(child.name()).isEqualTo("the child");
    assertThat(child.autoCancel()).isEqualTo(new AutoCancel(OnNewCommit.NONE, true));
    assertThat(child(bridge, Shop.job("other", "build"))).isEqualTo(child);
    assertThat(database.pipelines().startedBy(bridge.id())).contains(child);
    assertThat(database.pipelines().unfinished(Shop.NAME, "main"))
        .as("children are not superseded, their parents are")
        .containsExactly(now(parent));
    var lease = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();
    assertThat(lease.id()).isEqualTo(parent.id());
    var settledOn = now(parent).changes();
    change(job(child, "inner"), JobStatus.RUNNING);
    assertThat(now(parent).changes()).as("the parent hears of it").isGreaterThan(before);
    assertThat(database.pipelines().settle(parent.id(), settledOn, lease)).isFalse();
  }

  private Pipeline child(Job bridge, JobSpec... jobs) {
    return database
        .pipelines()
        .add(
            new NewPipeline(
                Shop.NAME,
                Shop.SHA,
                "main",
                false,
                "parent_pipeline",
                "",
                "",
                List.of("build"),
                List.of(jobs),
                List.of(),
                new TreeMap<>(),
                "the child",
                new AutoCancel(OnNewCommit.NONE, true),
                Optional.of(bridge.id())),
            Shop.ANNA,
            LATER);
  }

  private static JobSpec grouped(String name) {
    return grouped(name, Optional.empty());
  }

  private static JobSpec grouped(String name, Optional<Trigger> trigger) {
    var plain = Shop.job(name, "build");
    return new JobSpec(
        plain.name(),
        plain.stage(),
        plain.script(),
        plain.afterScript(),
        plain.variables(),
        plain.needs(),
        plain.artifactsFrom(),
        plain.when(),
        plain.allowFailure(),
        plain.retry(),
        plain.timeout(),
        plain.startIn(),
        plain.artifacts(),
        plain.environment(),
        plain.workplace(),
        plain.tags(),
        Optional.of("production"),
        plain.interruptible(),
        trigger,
        plain.confirmation(),
        plain.aftermath(),
        plain.otherKeywords());
  }

  /// Two pipelines with a job of the same group, each with its lease.
  private record Race(Pipeline first, Pipeline second, Lease one, Lease two) {}

  private Race race() {
    var first = shop.pipeline(grouped("deploy"));
    var second = shop.pipeline(grouped("deploy"));
    var one = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();
    var two = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();
    return new Race(first, second, one, two);
  }

  private Slot take(Pipeline pipeline, Lease lease) {
    return database.resourceGroups().take(job(pipeline, "deploy"), lease);
  }

  @Test
  void of_a_resource_group_one_job_at_a_time_has_the_slot() {
    var race = race();

    assertThat(take(race.second(), race.two())).isEqualTo(new Slot.Taken());
    assertThat(take(race.second(), race.two())).as("asked again").isEqualTo(new Slot.Taken());
    var holder = job(race.second(), "deploy");
    assertThat(take(race.first(), race.one())).isEqualTo(new Slot.Busy(holder.id()));
    assertThat(database.resourceGroups().of(Shop.NAME))
        .containsExactly(
            new ResourceGroup("production", ProcessMode.UNORDERED, Optional.of(holder.id())));

    change(holder, JobStatus.FAILED);
    assertThat(database.resourceGroups().of(Shop.NAME))
        .extracting(ResourceGroup::holder)
        .containsExactly(Optional.empty());
    assertThat(take(race.first(), new Lease(race.one().id(), 0)))
        .as("by an older generation")
        .isInstanceOf(Slot.Busy.class);
    assertThat(take(race.first(), race.one())).isEqualTo(new Slot.Taken());
  }

  @Test
  void a_group_gives_its_slot_in_the_order_that_was_set() {
    var race = race();
    var first = job(race.first(), "deploy").id();
    var second = job(race.second(), "deploy").id();
    take(race.first(), race.one());
    change(job(race.first(), "deploy"), JobStatus.PENDING);
    database.pipelines().retry(ended(race.first()), Shop.ANNA, LATER);
    var groups = database.resourceGroups();

    assertThat(groups.order(Shop.NAME, "elsewhere", ProcessMode.OLDEST_FIRST, Shop.ANNA, LATER))
        .isFalse();
    assertThat(groups.order(Shop.NAME, "production", ProcessMode.OLDEST_FIRST, Shop.ANNA, LATER))
        .isTrue();
    var again = job(race.first(), "deploy").id();
    assertThat(again).isGreaterThan(first);
    assertThat(take(race.second(), race.two()))
        .as("the older pipeline goes first")
        .isEqualTo(new Slot.Busy(again));

    groups.order(Shop.NAME, "production", ProcessMode.NEWEST_FIRST, Shop.ANNA, LATER);
    assertThat(take(race.first(), race.one()))
        .as("the newer pipeline goes first, though its job is not ready")
        .isEqualTo(new Slot.Busy(second));

    groups.order(Shop.NAME, "production", ProcessMode.NEWEST_READY_FIRST, Shop.ANNA, LATER);
    assertThat(take(race.first(), race.one())).isEqualTo(new Slot.Taken());
  }

  /// The job that had the slot ends; its id.
  private long ended(Pipeline pipeline) {
    var job = job(pipeline, "deploy");
    change(job, JobStatus.FAILED);
    return job.id();
  }

  @Test
  void a_child_that_waits_for_what_waits_for_it_is_told_so() {
    var parent = shop.pipeline(grouped("deploy", Optional.of(DOWNSTREAM)));
    var one = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();
    var bridge = job(parent, "deploy");
    var child = child(bridge, grouped("deploy"));
    var two = database.pipelineLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();

    assertThat(take(parent, one)).isEqualTo(new Slot.Taken());

    assertThat(take(child, two)).isEqualTo(new Slot.Circular(bridge.id()));
  }
}
