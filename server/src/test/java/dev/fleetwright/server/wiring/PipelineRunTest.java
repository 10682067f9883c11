package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.EventStream;
import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.ResourceGroup;
import dev.fleetwright.api.TestReport;
import dev.fleetwright.api.Watch;
import dev.fleetwright.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of jobs at run time, with real repositories and a real executor: tried again,
/// delayed, superseded, one at a time, played by hand.
@Timeout(120)
class PipelineRunTest {

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

  private Pipeline add(String file) throws Exception {
    repository.write(".gitlab-ci.yml", file).commit("A pipeline");
    client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    return newest();
  }

  private Pipeline push(String what) throws Exception {
    repository.write("page.html", what).commit(what);
    client.sync(SHOP);
    return newest();
  }

  private Pipeline newest() throws InterruptedException {
    return client.pipelines(SHOP, 1).items().getFirst();
  }

  private Job job(Pipeline pipeline, String name) throws InterruptedException {
    return Runs.job(client, pipeline, name);
  }

  /// Wait until a job, or the pipeline when there is no name, is in a state.
  private void await(Pipeline pipeline, String name, String state) throws InterruptedException {
    try (var events = client.events(Watch.project(SHOP), 0)) {
      await(events, pipeline, name, state);
    }
  }

  private static void await(
      EventStream<FeedEvent> events, Pipeline pipeline, String name, String state)
      throws InterruptedException {
    FeedEvent event;
    do {
      event = events.next().orElseThrow();
    } while (!event.topic().equals(name.isEmpty() ? "pipeline" : "job")
        || !Long.toString(pipeline.id()).equals(event.keys().get("pipeline"))
        || !name.equals(event.keys().getOrDefault("name", ""))
        || !state.equals(event.keys().get("state")));
  }

  @Test
  void tests_that_jobs_report_are_shown_by_job_whatever_else_they_left() throws Exception {
    repository.write(
        "report.xml",
        """
        <testsuite><testcase classname="shop.BasketTest" name="adds" time="0.5"/>
        <testcase classname="shop.BasketTest" name="totals"><failure message="3 is not 4"/></testcase>
        </testsuite>
        """);
    var pipeline =
        add(
            """
            unit:
              script: [mkdir -p out/a, cp report.xml out/a/TEST-1.xml, "echo '<a/>' > out/note.xml", exit 1]
              artifacts: { when: always, paths: [out/note.xml], reports: { junit: "out/**/TEST-*.xml" } }
            lint: { script: "true" }
            """);
    await(pipeline, "", "failed");
    var report = client.tests(pipeline.id());

    assertThat(report.counts()).isEqualTo(new TestReport.Counts(2, 1, 1, 0, 0));
    assertThat(report.suites()).hasSize(1);
    var unit = report.suites().getFirst();
    assertThat(unit.name()).isEqualTo("unit");
    assertThat(unit.problems()).isEmpty();
    assertThat(unit.cases().get(1).output()).contains("3 is not 4");
    var page = "/projects/shop/pipelines/" + pipeline.number() + "/tests";
    assertThat(server.page(page)).contains("2 tests, 1 failed", "totals", "3 is not 4");
  }

  @Test
  void a_job_is_tried_again_for_the_exit_codes_it_names_and_for_no_other() throws Exception {
    var pipeline =
        add(
            """
            flaky:
              script: test -e %1$s || { touch %1$s; exit 42; }
              retry: { max: 2, exit_codes: 42 }
            broken:
              script: exit 7
              retry: { max: 2, exit_codes: [42] }
            forgiven:
              script: exit 3
              allow_failure: { exit_codes: 3 }
            """
                .formatted(data.resolve("tried")));
    await(pipeline, "", "failed");

    assertThat(job(pipeline, "flaky").status()).isEqualTo(Job.Status.SUCCESS);
    assertThat(job(pipeline, "flaky").attempt()).isEqualTo(2);
    assertThat(job(pipeline, "broken").attempt()).isEqualTo(1);
    assertThat(job(pipeline, "broken").exitCode()).contains(7);
    assertThat(job(pipeline, "forgiven").allowFailure()).isTrue();

    var again = client.retryPipeline(pipeline.id());
    assertThat(again.status().finished()).isFalse();
    await(pipeline, "broken", "failed");
    assertThat(client.jobs(pipeline.id()))
        .extracting(j -> j.name() + " " + j.attempt())
        .contains("flaky 2")
        .anyMatch(words -> words.equals("broken 2"));
  }

  @Test
  void what_is_no_exit_code_of_a_script_is_not_forgiven_as_one() throws Exception {
    var pipeline =
        add(
            """
            late:
              script: sleep 60
              timeout: 1 second
              allow_failure: { exit_codes: [1] }
              retry: { max: 1, exit_codes: [1] }
            """);
    await(pipeline, "", "failed");

    assertThat(job(pipeline, "late").failureReason()).contains("job_execution_timeout");
    assertThat(job(pipeline, "late").exitCode()).isEmpty();
    assertThat(job(pipeline, "late").attempt()).isEqualTo(1);
  }

  /// Contract 2a.6, and at most once: the script was seen to fail, so nothing is in doubt.
  @Test
  void a_deploy_whose_script_failed_is_tried_again_as_a_new_deploy() throws Exception {
    var pipeline =
        add(
            """
            ship:
              script:
                - test -e %1$s || { touch %1$s; exit 42; }
                - echo WHERE=there > ship.env
              retry: { max: 2, exit_codes: 42 }
              environment: staging
              artifacts: { reports: { dotenv: ship.env } }
            broken:
              script: exit 7
              retry: { max: 2, exit_codes: [42] }
              environment: other
              allow_failure: { exit_codes: 7 }
            look: { stage: .post, script: test "$WHERE" = there, needs: [ship] }
            """
                .formatted(data.resolve("tried")));
    await(pipeline, "", "success");

    assertThat(job(pipeline, "ship").attempt()).isEqualTo(2);
    assertThat(job(pipeline, "broken").attempt()).isEqualTo(1);
    assertThat(job(pipeline, "broken").exitCode()).contains(7);
    assertThat(client.deploys(SHOP, Optional.of("staging"), 1).items())
        .extracting(Deploy::state)
        .containsExactly(Deploy.State.SUCCEEDED, Deploy.State.ROLLED_BACK);
  }

  @Test
  void a_pipeline_that_waits_for_an_approval_holds_no_lease_and_goes_on_when_it_comes()
      throws Exception {
    repository.write(
        "fleetwright.yml",
        "environments: { production: { approvals: { required: 1, deployer: counts } } }\n");
    var pipeline =
        add(
            """
            ship: { script: echo shipped, environment: production }
            after: { stage: .post, script: echo after }
            """);
    await(pipeline, "ship", "waiting_for_resource");
    Eventually.within(
        Duration.ofSeconds(30), "the lease is given back", () -> lease(pipeline).equals("0 0"));

    // The deploy is planned by the environment's loop, which the pipeline does not wait for.
    var deploy = client.deploys(SHOP, Optional.of("production"), 1).items().getFirst().id();
    Eventually.within(
        Duration.ofSeconds(30),
        "there is a plan to approve",
        () -> client.deploy(deploy).deploy().planHash().isPresent());
    client.approve(deploy, client.deploy(deploy).deploy().planHash().orElseThrow());
    await(pipeline, "", "success");
    assertThat(job(pipeline, "after").status()).isEqualTo(Job.Status.SUCCESS);
  }

  /// Whether there is work, and until when somebody has it.
  private String lease(Pipeline pipeline) {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("server/fleetwright.db"));
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT has_work, held_until FROM lease WHERE kind = 'pipeline' AND id = "
                        + pipeline.id())) {
      return rows.getLong(1) + " " + rows.getLong(2);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void reports_are_found_where_the_variables_of_their_pattern_say() throws Exception {
    repository.write("report.xml", "<testsuite><testcase name=\"adds\"/></testsuite>");
    var pipeline =
        add(
            """
            unit:
              variables: { WHERE: out/$CI_JOB_NAME }
              script: [mkdir -p $WHERE/deep other, cp report.xml $WHERE/deep/a.xml, cp report.xml other/b.xml]
              artifacts: { paths: [other], reports: { junit: "$CI_PROJECT_DIR/$WHERE" } }
            """);
    await(pipeline, "", "success");

    assertThat(client.job(job(pipeline, "unit").id()).artifacts()).hasSize(2);
    assertThat(client.tests(pipeline.id()).counts().total()).isEqualTo(1);
  }

  @Test
  void a_delayed_job_waits_over_a_restart_and_a_person_may_start_it_at_once() throws Exception {
    var pipeline =
        add(
            """
            soon: { script: echo soon, when: delayed, start_in: 1 second }
            late: { script: echo late, when: delayed, start_in: 1 day }
            """);
    await(pipeline, "soon", "success");
    assertThat(job(pipeline, "soon").startedAt().orElseThrow())
        .isAfterOrEqualTo(job(pipeline, "soon").scheduledAt().orElseThrow());
    var due = job(pipeline, "late").scheduledAt();
    assertThat(newest().status()).isEqualTo(Pipeline.Status.SCHEDULED);
    client.close();
    server.close();

    server = ServerUnderTest.again(data.resolve("server"), server.token());
    client = server.client();

    assertThat(job(pipeline, "late").status()).isEqualTo(Job.Status.SCHEDULED);
    assertThat(job(pipeline, "late").scheduledAt()).isEqualTo(due);
    client.playJob(job(pipeline, "late").id(), new Job.Play(Optional.empty()));
    await(pipeline, "late", "success");
    assertThat(newest().status()).isEqualTo(Pipeline.Status.SUCCESS);
  }

  @Test
  void a_newer_commit_ends_what_may_be_interrupted_and_nothing_that_has_begun_and_may_not()
      throws Exception {
    var first =
        add(
            """
            workflow: { name: "run of $CI_COMMIT_BRANCH" }
            slow: { script: sleep 600, interruptible: true }
            """);
    await(first, "slow", "running");
    assertThat(first.name()).isEqualTo("run of main");
    var second = push("two");
    await(first, "", "canceled");
    assertThat(client.ledger(SHOP, 1).items())
        .anySatisfy(entry -> {
          assertThat(entry.kind()).isEqualTo("pipeline.cancelled");
          assertThat(entry.actor()).isEqualTo("newer pipeline #" + second.number());
        });

    repository.write(".gitlab-ci.yml", "steady: { script: sleep 600 }\n");
    var third = push("three");
    await(second, "", "canceled");
    await(third, "steady", "running");
    var fourth = push("four");
    await(fourth, "steady", "running");
    assertThat(job(third, "steady").status()).isEqualTo(Job.Status.RUNNING);
    client.cancelPipeline(third.id());
    client.cancelPipeline(fourth.id());
    await(third, "", "canceled");
    await(fourth, "", "canceled");
  }

  @Test
  void one_failure_ends_the_others_where_the_file_says_so() throws Exception {
    var pipeline =
        add(
            """
            workflow: { auto_cancel: { on_job_failure: all } }
            slow: { script: touch %1$s && sleep 600 }
            bad: { script: 'until test -e %1$s; do sleep 0.1; done; exit 1' }
            """
                .formatted(data.resolve("begun")));
    await(pipeline, "", "failed");
    assertThat(job(pipeline, "slow").status()).isEqualTo(Job.Status.CANCELED);
  }

  @Test
  void jobs_of_one_resource_group_are_under_way_one_after_the_other() throws Exception {
    var notes = data.resolve("notes");
    var first =
        add(
            """
            a: { script: [echo begin >> %1$s, sleep 0.5, echo end >> %1$s], resource_group: line }
            b: { script: [echo begin >> %1$s, sleep 0.5, echo end >> %1$s], resource_group: line }
            """
                .formatted(notes));
    var second = push("another commit, started meanwhile");
    await(first, "", "success");
    await(second, "", "success");

    assertThat(Files.readAllLines(notes))
        .containsExactly("begin", "end", "begin", "end", "begin", "end", "begin", "end");
    assertThat(client.resourceGroups(SHOP))
        .containsExactly(new ResourceGroup("line", ResourceGroup.Mode.UNORDERED, Optional.empty()));
    var order = new ResourceGroup.Order(ResourceGroup.Mode.OLDEST_FIRST);
    assertThat(client.orderResourceGroup(SHOP, "line", order).mode()).isEqualTo(order.mode());
    assertThatThrownBy(() -> client.orderResourceGroup(SHOP, "none", order))
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  @Test
  void a_manual_job_is_played_with_variables_and_what_needs_it_follows() throws Exception {
    var pipeline =
        add(
            """
            ask:
              script: echo "to $WHERE"
              variables: { WHERE: nowhere }
              when: manual
              manual_confirmation: Really there?
            after: { script: echo after, needs: [ask] }
            always: { script: echo always, needs: [{ job: missing, optional: true }] }
            """);
    await(pipeline, "after", "skipped");
    await(pipeline, "always", "success");
    var ask = job(pipeline, "ask");
    assertThat(ask.status()).isEqualTo(Job.Status.MANUAL);
    assertThat(ask.confirmation()).contains("Really there?");
    assertThatThrownBy(
            () -> client.playJob(ask.id(), new Job.Play(Optional.of(Map.of("a b", "c")))))
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> assertThat(e.failure().message()).isEqualTo("`a b` cannot be a variable's name"));

    client.playJob(ask.id(), new Job.Play(Optional.of(Map.of("WHERE", "the moon"))));
    await(pipeline, "after", "success");

    assertThat(client.jobLog(ask.id(), 0).text()).contains("to the moon");
    var again = client.retryJob(ask.id());
    await(pipeline, "ask", "success");
    try (var log = client.followJobLog(again.id(), 0)) {
      var printed = new StringBuilder();
      for (var part = log.next(); part.isPresent(); part = log.next()) {
        printed.append(part.get().text());
      }
      assertThat(printed.toString()).contains("to the moon");
    }
  }

  @Test
  void a_pipeline_is_run_by_hand_with_variables_and_inputs() throws Exception {
    add(
        """
        spec:
          inputs:
            size: { type: number }
            names: { type: array, default: [x] }
        ---
        show:
          script: echo "size $[[ inputs.size ]] of $[[ inputs.names ]] in $COLOUR"
          variables: { COLOUR: grey }
        """);
    var run = run(Map.of("COLOUR", "red"), Map.of("size", "3", "names", "[a, b]"));
    await(run, "", "success");
    assertThat(run.source()).isEqualTo("api");
    assertThat(client.jobLog(job(run, "show").id(), 0).text())
        .containsPattern("size 3 of \\[\"?a\"?, ?\"?b\"?\\] in red");

    var problems = new ArrayList<String>();
    for (var inputs :
        List.of(Map.<String, String>of(), Map.of("size", "big"), Map.of("size", "1", "x", "y"))) {
      assertThatThrownBy(() -> run(Map.of(), inputs))
          .isInstanceOfSatisfying(
              RequestFailed.class,
              e -> problems.add(e.status() + " " + e.failure().problems().getFirst().message()));
    }
    assertThat(problems)
        .containsExactly(
            "422 `size` input: required value has not been provided",
            "422 `size` input: provided value is not a number",
            "422 unknown input arguments: x");
  }

  private Pipeline run(Map<String, String> variables, Map<String, String> inputs)
      throws InterruptedException {
    return client.runPipeline(
        SHOP, new Pipeline.Run(Optional.empty(), Optional.of(variables), Optional.of(inputs)));
  }
}
