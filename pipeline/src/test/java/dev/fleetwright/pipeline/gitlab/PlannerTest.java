package dev.fleetwright.pipeline.gitlab;

import static dev.fleetwright.pipeline.gitlab.Contexts.job;
import static dev.fleetwright.pipeline.gitlab.Contexts.outcome;
import static dev.fleetwright.pipeline.gitlab.Contexts.push;
import static dev.fleetwright.pipeline.gitlab.Contexts.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.pipeline.variable.Variable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {

  /// Contract 2a.5, row by row. With `allow_failure` true a manual job does not hold the pipeline.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{script: x} | ON_SUCCESS | false",
        "{script: x, when: manual} | MANUAL | true",
        "{script: x, when: manual, allow_failure: false} | MANUAL | false",
        "{script: x, rules: [{when: manual}]} | MANUAL | false",
        "{script: x, rules: [{when: manual, allow_failure: true}]} | MANUAL | true",
        "{script: x, when: manual, rules: [{if: $CI}]} | MANUAL | true",
        "{script: x, allow_failure: true, rules: [{when: manual}]} | MANUAL | true",
        "{script: x, allow_failure: true, rules: [{allow_failure: false}]} | ON_SUCCESS | false",
        "{script: x, when: delayed, start_in: 5 min} | DELAYED | false",
        "{script: x, when: on_failure} | ON_FAILURE | false",
        "{script: x, when: always} | ALWAYS | false",
        "{script: x, allow_failure: true} | ON_SUCCESS | true",
        "{script: x, rules: [{if: $NONE}, {when: on_failure}]} | ON_FAILURE | false",
      })
  void when_and_allow_failure_follow_the_table(String text, When when, boolean allowed) {
    var spec = job("a: " + text, push("main"));

    assertThat(spec.when()).isEqualTo(when);
    assertThat(spec.allowFailure().allowed()).isEqualTo(allowed);
  }

  @Test
  void exit_codes_may_be_forgiven() {
    var one = job("a: {script: x, allow_failure: {exit_codes: 137}}", push("main"));
    var two = job("a: {script: x, allow_failure: {exit_codes: [1, 2]}}", push("main"));

    assertThat(one.allowFailure().forgives(137)).isTrue();
    assertThat(one.allowFailure().forgives(1)).isFalse();
    assertThat(two.allowFailure().exitCodes()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$CI_COMMIT_BRANCH == \"main\" | main | a",
        "$CI_COMMIT_BRANCH == \"main\" | other | none: the rules of all jobs leave them out",
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH | main | a",
        "$CI_COMMIT_REF_SLUG == \"feature-x\" | Feature/X | a",
        "$CI_PIPELINE_ID | main | none: the rules of all jobs leave them out",
        "$CI_ENVIRONMENT_NAME | main | none: the rules of all jobs leave them out",
        "$OWN == \"1\" | main | a",
        "$GLOBAL == \"g\" | main | a",
      })
  void rules_see_what_is_known_before_the_pipeline(String condition, String branch, String jobs) {
    var text =
        "variables: {GLOBAL: g}\n"
            + "a:\n  script: x\n  environment: x\n  variables: {OWN: 1}\n  rules:\n    - if: '"
            + condition
            + "'\n";

    assertThat(outcome(text, push(branch))).isEqualTo(jobs);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "src/Main.java | a",
        "README.md | none: the rules of all jobs leave them out",
        "src/deep/X.java | a",
      })
  void changes_hold_when_a_path_matches(String changed, String jobs) {
    var text = "a: {script: x, variables: {D: src}, rules: [{changes: [\"$D/**/*.java\"]}]}";

    assertThat(outcome(text, push("main", Optional.of(List.of(changed))))).isEqualTo(jobs);
  }

  @Test
  void changes_hold_when_there_is_nothing_to_compare_with() {
    assertThat(outcome("a: {script: x, rules: [{changes: [nothing]}]}", push("main")))
        .isEqualTo("a");
  }

  @Test
  void exists_looks_at_the_files_of_the_commit() {
    assertThat(outcome("a: {script: x, rules: [{exists: [src/*.java]}]}", push("main")))
        .isEqualTo("a");
    assertThat(outcome("a: {script: x, rules: [{exists: [pom.xml]}]}", push("main")))
        .startsWith("none");
    assertThat(outcome("a: {script: x, rules: [{exists: {regexp: \"Main\"}}]}", push("main")))
        .isEqualTo("a");
  }

  @Test
  void the_first_rule_that_holds_brings_its_attributes() {
    var spec =
        job(
            """
            a:
              script: x
              variables: {A: job, B: job}
              rules:
                - if: $CI_COMMIT_TAG
                  when: always
                - if: $CI_COMMIT_BRANCH
                  when: delayed
                  start_in: 90 s
                  interruptible: true
                  variables: {A: rule}
                - when: manual
            """,
            push("main"));

    assertThat(spec.when()).isEqualTo(When.DELAYED);
    assertThat(spec.startIn()).contains(Duration.ofSeconds(90));
    assertThat(spec.interruptible()).isTrue();
    assertThat(spec.variables()).isEqualTo(Map.of("A", "rule", "B", "job"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "main | PUSH | deploy both",
        "other | PUSH | both",
        "main | SCHEDULE | deploy both nightly",
        "v1 | PUSH | both",
      })
  void only_and_except_are_judged_as_they_always_were(String branch, Source source, String jobs) {
    var text =
        """
        deploy: {script: x, only: [main]}
        both: {script: x}
        nightly: {script: x, only: [schedules]}
        never: {script: x, only: [branches], except: [/.*/, tags]}
        """;

    assertThat(outcome(text, push(branch).startedBy(source))).isEqualTo(jobs);
  }

  @Test
  void only_knows_tags_patterns_variables_and_changes() {
    var text =
        """
        tagged: {script: x, only: [tags]}
        versions: {script: x, only: ['/^v\\d+/']}
        switched: {script: x, only: {variables: [$SWITCH]}}
        changed: {script: x, only: {refs: [branches], changes: [src/*]}}
        elsewhere: {script: x, only: [main@other/project]}
        """;

    assertThat(outcome(text, tag("v1"))).isEqualTo("tagged versions");
    assertThat(outcome(text, push("main", Optional.of(List.of("src/a"))))).isEqualTo("changed");
    assertThat(
            outcome(text, push("main", Optional.of(List.of("x"))).withGiven(Map.of("SWITCH", "1"))))
        .isEqualTo("switched");
  }

  @Test
  void a_job_without_rules_is_left_out_of_merge_request_pipelines_unless_workflow_lets_it_in() {
    var request = push("main").startedBy(Source.MERGE_REQUEST_EVENT);

    assertThat(outcome("a: {script: x}", request)).startsWith("none");
    assertThat(outcome("workflow: {rules: [{when: always}]}\na: {script: x}", request))
        .isEqualTo("a");
  }

  @Test
  void workflow_decides_whether_there_is_a_pipeline_at_all() {
    var text =
        """
        workflow:
          name: Pipeline for $CI_COMMIT_BRANCH
          rules:
            - if: $CI_COMMIT_BRANCH == "skip"
              when: never
            - if: $CI_COMMIT_BRANCH
              variables: {FROM: workflow}
        variables: {FROM: global}
        a: {script: x}
        b: {script: x, variables: {FROM: job}}
        """;

    assertThat(outcome(text, push("skip")))
        .isEqualTo("none: a rule of `workflow` says `when: never`");
    assertThat(outcome(text, tag("v1"))).isEqualTo("none: no rule of `workflow` holds");
    var graph = Contexts.graph(Contexts.file(text), push("main"));
    assertThat(graph.name()).isEqualTo("Pipeline for main");
    assertThat(graph.jobs())
        .extracting(job -> job.variables().get("FROM"))
        .containsExactly("workflow", "job");
  }

  @Test
  void only_pre_and_post_make_no_pipeline() {
    assertThat(outcome("a: {script: x, stage: .pre}", push("main")))
        .isEqualTo("none: only jobs of the stages .pre and .post are left");
  }

  @Test
  void needs_name_jobs_that_are_there() {
    var text =
        """
        build: {stage: build, script: x, rules: [{if: $CI_COMMIT_TAG}]}
        test: {script: x, needs: [%s]}
        """;

    assertThat(outcome(text.formatted("build"), push("main")))
        .contains("'test' job needs 'build' job, but 'build' does not exist in the pipeline");
    var optional = job(text.formatted("{job: build, optional: true}"), push("main"));
    assertThat(optional.needs()).contains(List.of());
  }

  @Test
  void artifacts_come_from_needs_from_dependencies_or_from_all_before() {
    var graph =
        Contexts.graph(
            Contexts.file(
                """
                a: {stage: build, script: x}
                b: {stage: build, script: x}
                needing: {script: x, needs: [a, {job: b, artifacts: false}]}
                depending: {script: x, dependencies: [b]}
                all: {script: x}
                none: {script: x, dependencies: []}
                """),
            push("main"));

    assertThat(graph.jobs().stream().skip(2))
        .extracting(JobSpec::artifactsFrom)
        .containsExactly(
            Optional.of(List.of("a")),
            Optional.of(List.of("b")),
            Optional.empty(),
            Optional.of(List.of()));
    assertThat(graph.jobs().get(2).needs())
        .contains(List.of(new Need("a", true, false), new Need("b", false, false)));
  }

  @Test
  void parallel_jobs_are_multiplied_and_needed_all_together() {
    var graph =
        Contexts.graph(
            Contexts.file(
                """
                build: {stage: build, script: x, parallel: 3}
                test: {script: x, needs: [build]}
                one: {script: x, needs: ["build 2/3"]}
                """),
            push("main"));

    assertThat(graph.jobs())
        .extracting(JobSpec::name)
        .containsExactly("build 1/3", "build 2/3", "build 3/3", "test", "one");
    assertThat(graph.jobs().get(1).variables())
        .containsEntry("CI_NODE_INDEX", "2")
        .containsEntry("CI_NODE_TOTAL", "3");
    assertThat(graph.jobs().get(3).needs().orElseThrow())
        .extracting(Need::job)
        .containsExactly("build 1/3", "build 2/3", "build 3/3");
    assertThat(graph.jobs().get(4).needs().orElseThrow())
        .extracting(Need::job)
        .containsExactly("build 2/3");
  }

  @Test
  void a_matrix_gives_each_combination_its_variables_rules_and_environment() {
    var graph =
        Contexts.graph(
            Contexts.file(
                """
                deploy:
                  stage: deploy
                  script: x
                  environment: $REGION/$APP
                  parallel:
                    matrix:
                      - REGION: [eu, us]
                        APP: [web, api]
                      - REGION: asia
                        APP: web
                  rules:
                    - if: $REGION != "us"
                """),
            push("main"));

    assertThat(graph.jobs())
        .extracting(job -> job.name() + " " + job.environment().orElseThrow().name())
        .containsExactly(
            "deploy: [eu, web] eu/web", "deploy: [eu, api] eu/api", "deploy: [asia, web] asia/web");
  }

  @Test
  void a_need_may_choose_from_a_matrix() {
    var graph =
        Contexts.graph(
            Contexts.file(
                """
                build: {stage: build, script: x, parallel: {matrix: [{OS: [linux, mac], V: [1, 2]}]}}
                mac: {script: x, needs: [{job: build, parallel: {matrix: [{OS: mac, V: 2}]}}]}
                same:
                  script: x
                  parallel: {matrix: [{OS: [linux, mac]}]}
                  needs: [{job: build, parallel: {matrix: [{OS: "$[[ matrix.OS ]]", V: 1}]}}]
                """),
            push("main"));

    assertThat(graph.jobs().stream().skip(4))
        .extracting(job -> job.name() + " needs " + job.needs().orElseThrow().getFirst().job())
        .containsExactly(
            "mac needs build: [mac, 2]",
            "same: [linux] needs build: [linux, 1]",
            "same: [mac] needs build: [mac, 1]");
  }

  @Test
  void an_environment_is_read_in_full() {
    var environment =
        job(
                """
                review:
                  script: x
                  variables: {HOST: "$CI_COMMIT_REF_SLUG.example.org"}
                  environment:
                    name: review/$CI_COMMIT_REF_NAME
                    url: https://$HOST
                    action: prepare
                    auto_stop_in: 2 days
                    deployment_tier: development
                """,
                push("Feature_1"))
            .environment()
            .orElseThrow();

    assertThat(environment.name()).isEqualTo("review/Feature_1");
    assertThat(environment.url()).contains("https://feature-1.example.org");
    assertThat(environment.action()).isEqualTo(JobSpec.EnvironmentSpec.Action.PREPARE);
    assertThat(environment.autoStopIn()).contains(Duration.ofDays(2));
    assertThat(environment.deploymentTier()).contains("development");
  }

  @Test
  void an_environment_in_short_form_starts() {
    var environment =
        job("a: {script: x, environment: staging}", push("main")).environment().orElseThrow();

    assertThat(environment.action()).isEqualTo(JobSpec.EnvironmentSpec.Action.START);
    assertThat(environment.autoStopIn()).isEmpty();
  }

  @Test
  void what_only_the_end_of_the_job_knows_stays_in_the_url() {
    var environment =
        job("a: {script: x, environment: {name: a, url: $DYNAMIC_URL}}", push("main"))
            .environment()
            .orElseThrow();

    assertThat(environment.url()).contains("$DYNAMIC_URL");
  }

  @Test
  void artifacts_and_reports_are_kept_apart() {
    var artifacts =
        job(
                """
                a:
                  script: x
                  artifacts:
                    name: files
                    paths: [build/, "*.log"]
                    exclude: [build/tmp]
                    untracked: true
                    when: on_failure
                    expire_in: 1 week
                    reports: {dotenv: a.env, junit: [r/*.xml, s/*.xml]}
                """,
                push("main"))
            .artifacts();

    assertThat(artifacts)
        .extracting(a -> a.report().orElse("files") + " " + a.paths() + " " + a.when())
        .containsExactly(
            "files [build/, *.log] ON_FAILURE",
            "dotenv [a.env] ALWAYS",
            "junit [r/*.xml, s/*.xml] ALWAYS");
    assertThat(artifacts.getFirst().expiry())
        .isEqualTo(new ArtifactSpec.Expiry.After(Duration.ofDays(7)));
    assertThat(artifacts.getFirst().untracked()).isTrue();
    assertThat(artifacts.getFirst().exclude()).containsExactly("build/tmp");
  }

  @Test
  void the_rest_of_a_job_is_read() {
    var spec =
        job(
            """
            a:
              before_script: [one]
              script: [two, three]
              after_script: [four]
              image: {name: "img:$CI_COMMIT_SHORT_SHA", entrypoint: [""]}
              tags: [docker, $CI_PROJECT_NAME]
              retry: {max: 2, when: [script_failure], exit_codes: [7]}
              timeout: 1h 30m
              resource_group: prod/$CI_COMMIT_BRANCH
              interruptible: true
              services: [postgres]
              identity: google_cloud
            """,
            push("main"));

    assertThat(spec.script()).containsExactly("one", "two", "three");
    assertThat(spec.afterScript()).containsExactly("four");
    assertThat(spec.workplace().image()).map(Workplace.Image::name).contains("img:1a2b3c4d");
    assertThat(spec.tags()).containsExactly("docker", "shop");
    assertThat(spec.retry()).isEqualTo(new JobSpec.Retry(2, List.of("script_failure"), List.of(7)));
    assertThat(spec.timeout()).contains(Duration.ofMinutes(90));
    assertThat(spec.resourceGroup()).contains("prod/main");
    assertThat(spec.interruptible()).isTrue();
    assertThat(spec.workplace().services())
        .extracting(service -> service.image().name())
        .containsExactly("postgres");
    assertThat(spec.otherKeywords()).containsOnly(Map.entry("identity", "\"google_cloud\""));
  }

  @Test
  void what_is_given_with_the_run_counts_most_when_names_are_written_in() {
    var text = "variables: {STAGE: file}\na: {script: x, environment: $STAGE}\n";

    assertThat(job(text, push("main")).environment().orElseThrow().name()).isEqualTo("file");
    assertThat(
            job(text, push("main").withGiven(Map.of("STAGE", "given")))
                .environment()
                .orElseThrow()
                .name())
        .isEqualTo("given");
  }

  @Test
  void a_secret_can_be_asked_for_and_is_never_written_in() {
    var push = push("main");
    var context =
        new PipelineContext(
            push.repository(),
            push.commit(),
            push.source(),
            push.person(),
            push.server(),
            new TreeMap<>(Map.of("PLAIN", Variable.of("PLAIN", "p"))),
            push.given(),
            Set.of("TOKEN"),
            push.changed());
    var spec =
        job(
            """
            a:
              script: x
              variables: {URL: "https://$PLAIN:$TOKEN@x"}
              environment: env-$TOKEN
              rules: [{if: $TOKEN && $TOKEN != ""}]
            """,
            context);

    assertThat(spec.variables()).containsEntry("URL", "https://p:$TOKEN@x");
    assertThat(spec.environment().orElseThrow().name()).isEqualTo("env-$TOKEN");
  }

  @Test
  void a_raw_variable_reaches_the_job_as_it_was_written() {
    var spec =
        job(
            "a: {script: x, variables: {A: {value: \"$B $$C\", expand: false}, B: b}}",
            push("main"));

    assertThat(Layers.environment(Map.of(), spec.variables(), Map.of(), Map.of(), Map.of()))
        .containsEntry("A", "$B $$C");
  }

  @Test
  void layers_of_variables_lie_over_each_other_in_gitlabs_order() {
    var environment =
        Layers.environment(
            Map.of("A", "predefined", "B", "predefined", "SLUG", "main"),
            Map.of("B", "file", "C", "file", "URL", "$SLUG-$TOKEN-$NONE"),
            Map.of("C", "dotenv", "D", "dotenv"),
            Map.of("D", "project", "E", "project", "TOKEN", "s3cret"),
            Map.of("E", "given"));

    assertThat(environment)
        .containsEntry("A", "predefined")
        .containsEntry("B", "file")
        .containsEntry("C", "dotenv")
        .containsEntry("D", "project")
        .containsEntry("E", "given")
        .containsEntry("URL", "main-s3cret-");
  }

  @Test
  void what_cannot_be_run_is_refused_rather_than_left_out() {
    assertThat(outcome("a: {run: [{name: s, script: x}]}", push("main")))
        .contains("`run` is not supported yet, so the job a cannot be run");
    assertThat(
            outcome(
                "a: {run: [{name: s, script: x}], rules: [{if: $CI_COMMIT_TAG}]}\nb: {script: x}",
                push("main")))
        .isEqualTo("b");
  }

  @Test
  void what_a_person_wrote_into_a_commit_is_text_and_no_reference() {
    var push = push("$CI_PROJECT_NAME");
    var spec =
        job("a: {script: x, environment: \"e-$CI_COMMIT_REF_NAME\", only: [branches]}", push);

    assertThat(spec.environment().orElseThrow().name()).isEqualTo("e-$CI_PROJECT_NAME");
  }

  @Test
  void the_same_push_gives_the_same_graph() {
    var file =
        Contexts.file("a: {script: x, variables: {B: $A, A: 1}}\nb: {script: x, needs: [a]}\n");

    assertThat(file.plan(push("main"))).isEqualTo(file.plan(push("main")));
  }
}
