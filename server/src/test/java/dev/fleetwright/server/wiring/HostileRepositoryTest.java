package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Watch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody who can push may try, numbered as in docs/how-to/hostile-input.md, against a whole
/// server: each is refused with a message, and nothing outside is read, run or written.
@Timeout(120)
class HostileRepositoryTest {

  private static final String SHOP = "shop";
  private static final Duration SOON = Duration.ofSeconds(10);

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

  private Pipeline push(String file) throws Exception {
    repository.write(".gitlab-ci.yml", file).commit("Hostile");
    client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    return client.pipelines(SHOP, 1).items().getFirst();
  }

  private Pipeline run(String file, String end) throws Exception {
    var pipeline = push(file);
    try (var events = client.events(Watch.project(SHOP), 0)) {
      while (true) {
        var event = events.next().orElseThrow();
        if (event.topic().equals("pipeline") && end.equals(event.keys().get("state"))) {
          return pipeline;
        }
      }
    }
  }

  private Job only(Pipeline pipeline) throws InterruptedException {
    return client.jobs(pipeline.id()).getFirst();
  }

  private static void assertSoon(long began) {
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../etc/passwd.yml",
        "/../../etc/passwd.yml",
        "a/../../b.yml",
        "..\\..\\etc\\passwd.yml",
        "%2e%2e/%2e%2e/etc/passwd.yml",
        "file:///etc/passwd.yml",
      })
  void s1_a_path_that_leaves_the_repository_is_an_error_that_names_it(String path)
      throws Exception {
    var pipeline = push("include: { local: '%s' }\na: { script: x }\n".formatted(path));

    assertThat(pipeline.problems()).singleElement().asString().contains(":1:");
    assertThat(pipeline.problems().toString()).doesNotContain("root:x:0");
    assertThat(client.jobs(pipeline.id())).isEmpty();
  }

  @Test
  void s2_a_link_out_of_the_checkout_stops_the_job_before_its_script() throws Exception {
    Files.createSymbolicLink(repository.folder().resolve("out"), Path.of("/etc/passwd"));
    var pipeline = run("a: { script: cat out }\n", "failed");

    assertThat(only(pipeline).failureReason()).contains("runner_system_failure");
    assertThat(client.jobLog(only(pipeline).id(), 0).text())
        .contains("out")
        .doesNotContain("root:x:0");
  }

  @Test
  void s2_an_included_file_that_is_a_link_is_not_followed() throws Exception {
    Files.createSymbolicLink(repository.folder().resolve("out.yml"), Path.of("/etc/passwd"));
    var pipeline = push("include: { local: out.yml }\na: { script: x }\n");

    assertThat(pipeline.problems()).isNotEmpty();
    assertThat(pipeline.problems().toString()).doesNotContain("root:x:0");
  }

  @Test
  void s5_a_submodule_is_an_empty_folder_whatever_its_address() throws Exception {
    var proof = data.resolve("proof");
    repository.write(
        ".gitmodules",
        "[submodule \"a\"]\n\tpath = a\n\turl = ext::sh -c touch%% %s\n".formatted(proof));
    run(
        "a: { script: test ! -e a/x, variables: { GIT_SUBMODULE_STRATEGY: recursive } }",
        "success");

    assertThat(proof).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--upload-pack=touch /tmp/fleetwright-s6",
        "--output=/tmp/fleetwright-s6",
        "main\n--exec=x",
        "@{upstream}",
        "main~1",
        ":/text",
        "refs/heads/../../x",
      })
  void s6_a_reference_that_is_an_option_or_an_expression_is_nothing(String ref) throws Exception {
    push("a: { script: x }\n");
    assertThatThrownBy(() ->
            client.runPipeline(
                SHOP, new Pipeline.Run(Optional.of(ref), Optional.empty(), Optional.empty())))
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("there is no branch, tag or commit");
    assertThat(Path.of("/tmp/fleetwright-s6")).doesNotExist();
  }

  @Test
  void s9_a_yaml_bomb_is_refused_at_once_by_its_limit() throws Exception {
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (var i = 1; i < 12; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(10)));
    }
    var began = System.nanoTime();
    var pipeline = push(bomb + "job: { script: x }\n");

    assertSoon(began);
    assertThat(pipeline.problems()).isNotEmpty();
    assertThat(pipeline.problems().toString()).contains("aliases");
  }

  @Test
  void s9_ten_thousand_jobs_and_more_are_refused_by_the_limit() throws Exception {
    var jobs = new StringBuilder();
    for (var i = 0; i < 5001; i++) {
      jobs.append("job-%d: { script: x }\n".formatted(i));
    }
    var began = System.nanoTime();
    var pipeline = push(jobs.toString());

    assertSoon(began);
    assertThat(pipeline.problems().toString()).contains("jobs");
    assertThat(client.jobs(pipeline.id())).isEmpty();
  }

  @Test
  void s9_includes_in_a_circle_are_named_and_end() throws Exception {
    repository.write("a.yml", "include: b.yml\n").write("b.yml", "include: a.yml\n");
    var pipeline = push("include: a.yml\njob: { script: x }\n");

    assertThat(pipeline.problems()).isNotEmpty();
  }

  @Test
  void s10_json_without_end_is_refused_by_its_depth() throws Exception {
    var began = System.nanoTime();
    var answer = server.sendAsRoot("POST", "/api/v1/lint", "[".repeat(100_000));

    assertSoon(began);
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void s11_a_test_report_with_a_document_type_fetches_nothing_and_says_so() throws Exception {
    repository.write(
        "report.xml",
        """
        <!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]>
        <testsuite><testcase name="&e;"/></testsuite>
        """);
    var pipeline =
        run("a: { script: x=1, artifacts: { reports: { junit: report.xml } } }\n", "success");
    var report = client.tests(pipeline.id());

    assertThat(report.suites().getFirst().problems()).isNotEmpty();
    assertThat(report.toString()).doesNotContain("root:x:0");
  }

  @Test
  void s12_artifacts_keep_nothing_from_outside_and_no_name_that_leaves() throws Exception {
    var pipeline =
        run(
            """
            a:
              script:
                - ln -s /etc/passwd link
                - ln -s ../../.. up
                - mkdir kept && echo fine > kept/file
                - mkfifo kept/pipe
              artifacts: { paths: [link, up, ../../, /etc/passwd, "up/**", kept] }
            """,
            "success");

    assertThat(only(pipeline).artifacts())
        .extracting(Job.Artifact::path)
        .containsExactly("kept/file");
    assertThat(client.jobLog(only(pipeline).id(), 0).text())
        .contains("is a link that leaves the work tree")
        .contains("is not below the work tree");
  }

  @Test
  void s12_a_dotenv_report_with_lines_that_are_no_variables_fails_the_job() throws Exception {
    var pipeline =
        run(
            """
            a:
              script: printf 'GOOD=1\\nPATH; touch /tmp/x=2\\n' > a.env
              artifacts: { reports: { dotenv: a.env } }
            """,
            "failed");

    assertThat(only(pipeline).message().orElseThrow()).contains("dotenv report `a.env`, line 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${T(java.lang.Runtime).getRuntime().exec('touch /tmp/x')}",
        "{{7*7}}",
        "#{7*7}",
        "${jndi:ldap://127.0.0.1/a}",
        "$(touch /tmp/fleetwright-s13)`touch /tmp/fleetwright-s13`;",
      })
  void s13_s14_texts_stay_texts(String text) throws Exception {
    push("a:\n  script: printf '%s' \"$GIVEN\"\n");
    var pipeline =
        client.runPipeline(
            SHOP,
            new Pipeline.Run(
                Optional.of("main"), Optional.of(Map.of("GIVEN", text)), Optional.empty()));
    var job = only(pipeline).id();
    try (var events = client.events(Watch.project(SHOP), 0)) {
      while (!client.job(job).status().finished()) {
        var _ = events.next();
      }
    }

    assertThat(client.jobLog(job, 0).text()).contains(text);
    assertThat(Path.of("/tmp/fleetwright-s13")).doesNotExist();
  }

  @Test
  void s15_a_pattern_made_to_be_slow_is_not() throws Exception {
    var began = System.nanoTime();
    var pipeline =
        push(
            """
            variables: { LONG: "%s!" }
            a: { script: x=1, rules: [{ if: '$LONG =~ /^(a+)+$/', when: never }, { when: on_success }] }
            """
                .formatted("a".repeat(50_000)));

    assertSoon(began);
    assertThat(pipeline.problems()).isEmpty();
  }
}
