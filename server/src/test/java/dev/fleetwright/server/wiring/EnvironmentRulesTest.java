package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Lint;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules of `environment:` in `.gitlab-ci.yml`, contract 2a.8, one by one, with real jobs. Each
/// test says which rule it is.
///
/// Environments that end by themselves: `TakeDownTest`. Slugs: `EnvironmentSlugTest` and tiers:
/// `TierTest`, both in core.
@Timeout(120)
class EnvironmentRulesTest {

  private static final String SHOP = "shop";

  @TempDir Path data;
  private GitFolder repository;
  private ServerUnderTest server;
  private FleetwrightClient client;

  @BeforeEach
  void start() throws Exception {
    repository = GitFolder.empty(data.resolve("repository"));
    server = ServerUnderTest.first(data.resolve("server"));
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private Pipeline run(String file, String end) throws Exception {
    repository.write(".gitlab-ci.yml", file).commit("A pipeline");
    client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    var pipeline = client.pipelines(SHOP, 1).items().getFirst();
    await("pipeline", pipeline.id(), end);
    return pipeline;
  }

  private void await(String topic, long id, String state) throws InterruptedException {
    Runs.await(client, SHOP, topic, id, state);
  }

  private Job job(Pipeline pipeline, String name) throws InterruptedException {
    return Runs.job(client, pipeline, name);
  }

  private void play(Pipeline pipeline, String name, String end) throws InterruptedException {
    var job = job(pipeline, name).id();
    client.playJob(job, new Job.Play(Optional.empty()));
    await("job", job, end);
  }

  private Environment environment(String name) throws InterruptedException {
    return client.environment(SHOP, name);
  }

  private List<Deploy> deploys(String environment) throws InterruptedException {
    return client.deploys(SHOP, Optional.of(environment), 1).items();
  }

  private List<String> errors(String file) throws InterruptedException {
    return client.lint(new Lint(Map.of(".gitlab-ci.yml", file))).problems().stream()
        .map(problem -> problem.message())
        .toList();
  }

  /// 2a.8: a text alone is the name, with the action `start`; that creates a deployment.
  @Test
  void a_text_alone_names_an_environment_and_deploys_to_it() throws Exception {
    run("ship: { script: echo shipped, environment: staging }", "success");

    assertThat(environment("staging").state()).isEqualTo(Environment.State.AVAILABLE);
    assertThat(deploys("staging"))
        .singleElement()
        .satisfies(deploy -> {
          assertThat(deploy.kind()).isEqualTo(Deploy.Kind.START);
          assertThat(deploy.state()).isEqualTo(Deploy.State.SUCCEEDED);
        });
  }

  /// 2a.8: the keys are exactly `name`, `url`, `action`, `on_stop`, `auto_stop_in`, `kubernetes`
  /// and `deployment_tier`; any other is an error, and so is a missing `name`.
  @Test
  void any_other_key_is_an_error_and_the_name_is_required() throws Exception {
    assertThat(errors("ship: { script: x, environment: { name: a, folder: b } }"))
        .anyMatch(message -> message.contains("folder"));
    assertThat(errors("ship: { script: x, environment: { url: https://a.example } }"))
        .anyMatch(message -> message.contains("name"));
  }

  /// 2a.8: a name may have letters, digits, `-`, `_`, `/`, `$`, `{`, `}`, `.` and spaces, no `/` at
  /// either end and at most 255 characters. If it is bad only after its variables are expanded, the
  /// job fails with `environment_creation_failure`.
  @Test
  void a_name_that_is_bad_only_once_expanded_fails_the_job() throws Exception {
    assertThat(errors("ship: { script: x, environment: /a }")).isNotEmpty();
    var pipeline =
        run(
            """
            variables: { WHERE: "two:words", LONG: "%s" }
            ship: { script: touch shipped, environment: "review/$WHERE" }
            long: { script: "true", environment: "$LONG" }
            look:
              script: "true"
              allow_failure: true
              environment: { name: "a/$NOTHING", action: verify }
            fine: { script: "true", environment: "with space/and.more_-" }
            """
                .formatted("x".repeat(256)),
            "failed");

    for (var bad : List.of("ship", "long", "look")) {
      assertThat(job(pipeline, bad).failureReason())
          .as(bad)
          .contains("environment_creation_failure");
      assertThat(job(pipeline, bad).message().orElseThrow())
          .contains("would create an environment with an invalid parameter")
          .contains("it cannot start or end with '/'");
    }
    assertThat(job(pipeline, "fine").status()).isEqualTo(Job.Status.SUCCESS);
  }

  /// 2a.8: dynamic names. Name and address are expanded with the job's variables, and the job sees
  /// what became of them.
  @Test
  void names_and_addresses_are_expanded_and_the_job_sees_them() throws Exception {
    var pipeline =
        run(
            """
            ship:
              script: echo "$CI_ENVIRONMENT_NAME $CI_ENVIRONMENT_SLUG $CI_ENVIRONMENT_URL $CI_ENVIRONMENT_TIER $CI_ENVIRONMENT_ACTION"
              environment:
                name: review/$CI_COMMIT_REF_NAME
                url: https://$CI_ENVIRONMENT_SLUG.example.org
                deployment_tier: testing
            """,
            "success");
    var there = environment("review/main");

    assertThat(there.url()).contains("https://" + there.slug() + ".example.org");
    assertThat(there.tier()).isEqualTo(Environment.Tier.TESTING);
    var deploy = deploys("review/main").getFirst();
    assertThat(client.deployLog(deploy.id(), 0).text())
        .contains(
            "review/main %s https://%s.example.org testing start"
                .formatted(there.slug(), there.slug()));
    assertThat(job(pipeline, "ship").environment()).contains("review/main");
  }

  /// 2a.8: the address is expanded again at the end of the job with the variables of its dotenv
  /// report; one that is malformed then leaves the one before.
  @Test
  void an_address_may_come_from_what_the_job_reports() throws Exception {
    var pipeline =
        run(
            """
            ship:
              script: echo "WHERE=https://7.example.org/a" > ship.env
              environment: { name: dynamic, url: $WHERE }
              artifacts: { reports: { dotenv: ship.env } }
            again:
              script: echo "WHERE=nowhere at all" > ship.env
              when: manual
              environment: { name: dynamic, url: $WHERE }
              artifacts: { reports: { dotenv: ship.env } }
            """,
            "success");

    assertThat(environment("dynamic").url()).contains("https://7.example.org/a");
    play(pipeline, "again", "success");
    assertThat(environment("dynamic").url()).contains("https://7.example.org/a");
  }

  /// 2a.8: `start` sets the auto-stop time, counted from the end of the deployment; each new
  /// deployment sets it anew; `prepare` and `access` reset it to the period of the last successful
  /// deployment, `verify` does not; and none of the three is a deployment.
  @Test
  void the_time_to_stop_is_set_anew_by_start_prepare_and_access_and_not_by_verify()
      throws Exception {
    var pipeline =
        run(
            """
            ship: { script: "true", environment: { name: review, auto_stop_in: 2 hours } }
            prepare: { script: "true", when: manual, environment: { name: review, action: prepare } }
            access: { script: "true", when: manual, environment: { name: review, action: access } }
            verify: { script: "true", when: manual, environment: { name: review, action: verify } }
            """,
            "success");
    var end = deploys("review").getFirst().finishedAt().orElseThrow();
    var first = environment("review").autoStopAt().orElseThrow();
    assertThat(Duration.between(end, first)).isEqualTo(Duration.ofHours(2));

    play(pipeline, "verify", "success");
    assertThat(environment("review").autoStopAt()).contains(first);
    play(pipeline, "prepare", "success");
    var second = environment("review").autoStopAt().orElseThrow();
    assertThat(second).isAfter(first);
    play(pipeline, "access", "success");
    var third = environment("review").autoStopAt().orElseThrow();
    assertThat(third).isAfter(second).isBefore(Instant.now().plus(Duration.ofHours(2)));
    assertThat(deploys("review")).hasSize(1);

    client.retryJob(job(pipeline, "ship").id());
    await("deploy", 2, "succeeded");
    assertThat(environment("review").autoStopAt().orElseThrow()).isAfter(third);
  }

  /// 2a.8: `auto_stop_in: never` is no time to stop.
  @Test
  void never_is_no_time_to_stop() throws Exception {
    run("ship: { script: x=1, environment: { name: a, auto_stop_in: never } }", "success");

    assertThat(environment("a").autoStopAt()).isEmpty();
  }

  /// 2a.8: `action: stop` runs the teardown, and its success stops the environment; a stop job is
  /// played when the environment is stopped by a person; a failure leaves it available.
  @Test
  void a_stop_job_takes_the_environment_down_when_it_succeeds() throws Exception {
    var notes = data.resolve("notes");
    var pipeline =
        run(
            """
            ship: { script: echo up >> %1$s, environment: { name: review, on_stop: down } }
            down:
              script: [echo down >> %1$s, test ! -e %1$s.broken]
              when: manual
              environment: { name: review, action: stop }
            """
                .formatted(notes),
            "success");
    Files.createFile(Path.of(notes + ".broken"));
    play(pipeline, "down", "failed");
    assertThat(environment("review").state()).isEqualTo(Environment.State.AVAILABLE);

    Files.delete(Path.of(notes + ".broken"));
    var stop = client.stop(SHOP, "review", new Environment.Stop(Optional.empty()));
    await("deploy", stop.number(), "succeeded");
    assertThat(environment("review").state()).isEqualTo(Environment.State.STOPPED);
    assertThat(Files.readAllLines(notes)).containsExactly("up", "down", "down");
    assertThat(deploys("review").getFirst().kind()).isEqualTo(Deploy.Kind.STOP);
  }

  /// 2a.8: without a stop job an environment goes from available to stopped directly.
  @Test
  void without_a_stop_job_it_is_just_stopped() throws Exception {
    run("ship: { script: x=1, environment: review }", "success");
    assertThat(environment("review").state()).isEqualTo(Environment.State.AVAILABLE);
    var stop = client.stop(SHOP, "review", new Environment.Stop(Optional.empty()));
    await("deploy", stop.number(), "succeeded");

    assertThat(environment("review").state()).isEqualTo(Environment.State.STOPPED);
  }

  /// 2a.8: the job that `on_stop` names has to exist, to have an environment of the same name, and
  /// `action: stop`; else the configuration is an error.
  @Test
  void on_stop_names_a_job_that_stops_this_very_environment() throws Exception {
    var ship = "ship: { script: x, environment: { name: review, on_stop: down } }\n";
    assertThat(errors(ship)).anyMatch(m -> m.contains("on_stop job down is not defined"));
    assertThat(errors(ship + "down: { script: x }"))
        .anyMatch(m -> m.contains("does not have environment defined"));
    assertThat(errors(ship + "down: { script: x, environment: { name: other, action: stop } }"))
        .anyMatch(m -> m.contains("has a different environment name"));
    assertThat(errors(ship + "down: { script: x, environment: review }"))
        .anyMatch(m -> m.contains("needs to have action stop defined"));
  }

  /// 2a.8: the slug is made when the environment is, and stays; vectors of the contract, as a job
  /// sees them.
  @ParameterizedTest
  @CsvSource({
    "production, production",
    "review/fix-foo, review-fix-foo-v25cyx",
    "PRODUCTION, production-vl4voz",
    "9-staging-123456789012345, env-9-staging-123-f6hm7j",
  })
  void the_slug_is_that_of_the_contract(String name, String slug) throws Exception {
    run("ship: { script: x=1, environment: \"%s\" }".formatted(name), "success");

    assertThat(environment(name).slug()).isEqualTo(slug);
  }

  /// 2a.8: the tier is guessed from the name where none is given.
  @ParameterizedTest
  @CsvSource({
    "review/a, DEVELOPMENT",
    "qa, TESTING",
    "stage-2, STAGING",
    "live, PRODUCTION",
    "x, OTHER"
  })
  void the_tier_is_guessed_from_the_name(String name, Environment.Tier tier) throws Exception {
    run("ship: { script: x=1, environment: \"%s\" }".formatted(name), "success");

    assertThat(environment(name).tier()).isEqualTo(tier);
  }
}
