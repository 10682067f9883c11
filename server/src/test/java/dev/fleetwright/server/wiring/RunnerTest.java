package dev.fleetwright.server.wiring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Runner;
import dev.fleetwright.api.ServerOptions.Executor;
import dev.fleetwright.api.ServerOptions.Runners;
import dev.fleetwright.server.runner.RunnerDouble;
import dev.fleetwright.server.runner.RunnerJob;
import dev.fleetwright.server.runner.RunnerJob.Ended;
import dev.fleetwright.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Jobs on runners, from the registration to the release: a real server, the real `git`, and a
/// double of GitLab's runner that takes nothing that a stock one would not take.
@Timeout(180)
class RunnerTest {

  private static final String MIXED =
      """
      stages: [build, test, pack]
      variables: { TOOLS: "$CI_PROJECT_DIR/.tools" }
      build:
        stage: build
        tags: [linux]
        script:
          - echo "sources at $(git rev-parse --short HEAD), tools in $TOOLS"
          - mkdir -p out/bin && echo content > out/data.txt
          - printf '#!/bin/sh\\necho run\\n' > out/bin/tool && chmod +x out/bin/tool
          - ln -s data.txt out/link
          - echo "VERSION=1.2.3" > build.env
        artifacts:
          paths: [out/]
          reports: { dotenv: build.env }
      here:
        stage: test
        script:
          - test -x out/bin/tool && test -L out/link
          - echo "here with $VERSION"
          - echo more > out/more.txt
        artifacts: { paths: [out/more.txt] }
      there:
        stage: test
        tags: [linux]
        script:
          - out/bin/tool
          - test "$(cat out/link)" = content
          - echo "there with $VERSION as $CI_JOB_NAME of $CI_PROJECT_NAME"
          - |
            cat > report.xml <<X
            <testsuite name="s"><testcase name="works" classname="c" time="0.5"/></testsuite>
            X
        after_script: [echo "after all"]
        artifacts:
          when: always
          reports: { junit: report.xml }
      pack:
        stage: pack
        tags: [linux]
        script:
          - cat out/data.txt out/more.txt
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void a_pipeline_runs_partly_here_and_partly_on_a_runner() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux", "amd64");
      var pipeline = fleet.project("shop", MIXED);

      var ran = fleet.work(pipeline, runner);

      assertThat(fleet.jobs(pipeline)).extracting(Job::status).containsOnly(Job.Status.SUCCESS);
      assertThat(ran).extracting(RunnerJob::name).containsExactly("build", "there", "pack");
      assertThat(ran.getFirst().printed())
          .contains("tools in " + ran.getFirst().project() + "/.tools");
      var there = fleet.job(pipeline, "there");
      assertThat(fleet.log(there))
          .contains("there with 1.2.3 as there of shop", "after all", "Job succeeded");
      assertThat(fleet.log(fleet.job(pipeline, "here"))).contains("here with 1.2.3");
      assertThat(fleet.log(fleet.job(pipeline, "pack"))).contains("content\nmore");
      var build = fleet.job(pipeline, "build");
      assertThat(build.artifacts())
          .extracting(Job.Artifact::path)
          .contains("out/data.txt", "out/bin/tool");
      assertThat(fleet.server().page("/projects/shop/pipelines/1/tests")).contains("works");
      assertThat(fleet.server().page("/projects/shop/jobs/" + build.id()))
          .contains("runner runner 1", "linux");
      assertThat(fleet.server().page("/runners")).contains("runner 1", "18.4.0", "idle");
    }
  }

  private static final String ONE =
      """
      work:
        tags: [linux]
        script: [echo working]
        artifacts: { paths: [out/] }
      """;

  private static final String LONG =
      """
      work:
        tags: [linux]
        script:
          - echo begun
          - sleep 60
          - echo never
        after_script: [echo "cleaned up"]
      """;

  @Test
  void a_cancelled_job_is_stopped_and_its_after_script_runs() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var pipeline = fleet.project("shop", LONG);
      var job = runner.job();
      var ended = inBackground(job);
      Eventually.within(PATIENCE, "the job to print", () -> job.printed().contains("begun"));
      fleet.await(pipeline, "work", Job.Status.RUNNING);

      var _ = fleet.client().cancelJob(job.id());

      assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(Ended.FAILED);
      assertThat(job.isCancelled()).isTrue();
      assertThat(job.printed()).contains("cleaned up").doesNotContain("never");
      assertThat(fleet.job(pipeline, "work").status()).isEqualTo(Job.Status.CANCELED);
      assertThat(fleet.log(fleet.job(pipeline, "work"))).contains("cleaned up", "canceled");
      assertThat(job.patch(0, new byte[1]).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void a_job_that_nobody_has_taken_is_not_given_out_once_it_is_cancelled() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var other = fleet.runner("other");
      var pipeline = fleet.project("shop", ONE);
      offered(fleet, pipeline, "work");
      assertThat(other.request()).isEmpty();

      var _ = fleet.client().cancelJob(fleet.job(pipeline, "work").id());

      assertThat(runner.request()).isEmpty();
    }
  }

  @Test
  void the_runner_ends_a_job_that_takes_too_long_and_exit_codes_count() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var pipeline =
          fleet.project(
              "shop",
              """
              slow: { tags: [linux], timeout: 1 second, script: [sleep 30] }
              picky:
                tags: [linux]
                script: [exit 7]
                allow_failure: { exit_codes: [7] }
              again:
                tags: [linux]
                retry: { max: 1, when: script_failure }
                script: [exit 3]
              """);

      var ran = fleet.work(pipeline, runner);

      var slow = fleet.job(pipeline, "slow");
      assertThat(slow.failureReason()).contains("job_execution_timeout");
      var picky = fleet.job(pipeline, "picky");
      assertThat(picky.exitCode()).contains(7);
      assertThat(picky.allowFailure()).isTrue();
      assertThat(fleet.job(pipeline, "again").attempt()).isEqualTo(2);
      assertThat(fleet.job(pipeline, "again").exitCode()).contains(3);
      assertThat(ran).filteredOn(j -> j.name().equals("again")).hasSize(2);
      assertThat(fleet.status(pipeline)).isEqualTo(Pipeline.Status.FAILED);
    }
  }

  @Test
  void a_log_goes_on_where_the_server_says_and_is_whole_at_the_end() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var pipeline = fleet.project("shop", ONE);
      var job = runner.job();
      assertThat(job.start()).isTrue();
      job.print("first\n");
      assertThat(job.sendTrace()).isTrue();

      // An answer was lost, and the runner is ahead; or behind.
      var ahead = job.patch(100, "later".getBytes(UTF_8));
      assertThat(ahead.statusCode()).isEqualTo(416);
      assertThat(ahead.headers().firstValue("Range")).contains("0-6");
      var behind = job.patch(0, "first\nsecond\n".getBytes(UTF_8));
      assertThat(behind.statusCode()).isEqualTo(416);
      // The end is told before all has come.
      job.print("second\n");
      assertThat(job.ending("success", "", 0).statusCode()).isEqualTo(412);
      assertThat(job.end("success", "", 0)).isEqualTo(Ended.SUCCESS);

      var work = fleet.await(pipeline, "work", Job.Status.SUCCESS);
      assertThat(fleet.log(work)).isEqualTo("first\nsecond\n");
    }
  }

  @Test
  void secrets_are_masked_here_too_wherever_they_are_cut() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var pipeline = fleet.project("shop", ONE);
      var job = runner.job();
      assertThat(job.start()).isTrue();
      var token = job.token();

      // As if the runner did not mask, in two parts.
      job.print("the token is " + token.substring(0, 12));
      assertThat(job.sendTrace()).isTrue();
      job.print(token.substring(12) + " and more\n");
      assertThat(job.sendTrace()).isTrue();
      assertThat(job.end("success", "", 0)).isEqualTo(Ended.SUCCESS);

      var work = fleet.await(pipeline, "work", Job.Status.SUCCESS);
      assertThat(fleet.log(work)).isEqualTo("the token is [MASKED] and more\n");
    }
  }

  @Test
  void a_job_goes_on_while_the_server_is_restarted() throws Exception {
    var fleet = new RunnerFleet(folder);
    try (fleet) {
      var runner = fleet.runner("linux");
      var pipeline = fleet.project("shop", ONE);
      var job = runner.job();
      assertThat(job.start()).isTrue();
      job.print("before " + job.token().substring(0, 9));
      assertThat(job.sendTrace()).isTrue();
      fleet.await(pipeline, "work", Job.Status.RUNNING);

      fleet.restart();

      // What the dead server held back is asked for once more.
      job.print("\nafter\n");
      assertThat(job.sendTrace()).isTrue();
      assertThat(job.resumedAt()).isEqualTo("before ".length());
      job.fetchSources();
      assertThat(job.end("success", "", 0)).isEqualTo(Ended.SUCCESS);
      var work = fleet.await(pipeline, "work", Job.Status.SUCCESS);
      assertThat(work.attempt()).isEqualTo(1);
      assertThat(fleet.log(work)).isEqualTo("before " + job.token().substring(0, 9) + "\nafter\n");
    }
  }

  @Test
  void the_job_of_a_runner_that_vanished_fails_and_is_run_again_where_the_file_says_so()
      throws Exception {
    var impatient = new Runners(Optional.empty(), 1 << 20, 1 << 20, Duration.ofSeconds(2));
    try (var fleet = new RunnerFleet(folder, Executor.AUTO, impatient)) {
      var gone = fleet.runner("linux");
      var pipeline =
          fleet.project(
              "shop",
              """
              work:
                tags: [linux]
                retry: { max: 1, when: runner_system_failure }
                script: [echo working]
              """);
      var lost = gone.job();
      assertThat(lost.start()).isTrue();

      var again = gone.job();

      assertThat(again.id()).isNotEqualTo(lost.id());
      assertThat(lost.touch()).as("whether the runner may go on").isFalse();
      assertThat(lost.patch(0, new byte[1]).headers().firstValue("Job-Status"))
          .contains("canceled");
      assertThat(again.run()).isEqualTo(Ended.SUCCESS);
      var work = fleet.await(pipeline, "work", Job.Status.SUCCESS);
      assertThat(work.attempt()).isEqualTo(2);
      assertThat(fleet.client().jobLog(lost.id(), 0).text()).contains("was not heard of for 2 s");
    }
  }

  @Test
  void jobs_go_to_runners_by_tags_project_and_protection() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var untagged = fleet.runner();
      var partly = fleet.runner("linux");
      var both = fleet.runner("gpu", "linux", "ssd");
      var pipeline = fleet.project("shop", "work: { tags: [linux, gpu], script: [echo working] }");
      offered(fleet, pipeline, "work");
      var elsewhere = fleet.project("other", "work: { script: [echo here] }");
      fleet.await(elsewhere, "work", Job.Status.SUCCESS);
      var foreign = fleet.runner(make("foreign", Optional.of("other"), false));

      assertThat(untagged.request()).isEmpty();
      assertThat(partly.request()).isEmpty();
      assertThat(foreign.request()).isEmpty();
      var paused =
          fleet.client().runners().stream()
              .filter(r -> r.tags().contains("ssd"))
              .findFirst()
              .orElseThrow();
      var _ = fleet.client().pauseRunner(paused.id(), true);
      assertThat(both.request()).isEmpty();
      var _ = fleet.client().pauseRunner(paused.id(), false);
      assertThat(both.job().run()).isEqualTo(Ended.SUCCESS);
    }
  }

  @Test
  void a_runner_for_protected_branches_gets_no_others() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var careful = fleet.runner(make("careful", Optional.empty(), true));
      var pipeline = fleet.project("shop", "work: { tags: [linux, gpu], script: [echo working] }");
      assertThat(careful.job().run()).isEqualTo(Ended.SUCCESS);
      fleet.await(pipeline, "work", Job.Status.SUCCESS);
      var repository = fleet.repository("shop");
      repository.run("checkout", "-q", "-b", "feature");
      repository.write("page.html", "x").commit("Try something");
      var feature = fleet.fetched("shop", 2);
      offered(fleet, feature, "work");

      assertThat(careful.request()).isEmpty();
      assertThat(fleet.server().page("/projects/shop/jobs/" + fleet.job(feature, "work").id()))
          .contains("are for protected branches only");
    }
  }

  @Test
  void projects_take_turns_however_many_jobs_one_of_them_has() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var many =
          fleet.project("many", "work: { parallel: 5, tags: [linux], script: [echo working] }");
      for (var i = 1; i <= 5; i++) {
        offered(fleet, many, "work %d/5".formatted(i));
      }
      var few = fleet.project("few", ONE);
      offered(fleet, few, "work");

      var first = runner.job();
      var second = runner.job();

      assertThat(first.payload().at("/job_info/project_name").asText()).isEqualTo("many");
      assertThat(second.payload().at("/job_info/project_name").asText()).isEqualTo("few");
    }
  }

  @Test
  void a_job_that_no_runner_fits_says_so_on_its_page() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var _ = fleet.runner("linux");
      var pipeline = fleet.project("shop", "work: { tags: [windows, x64], script: [dir] }");
      offered(fleet, pipeline, "work");

      var page = fleet.server().page("/projects/shop/jobs/" + fleet.job(pipeline, "work").id());

      assertThat(page).contains("stuck", "there is no runner with all of the tags");
      assertThat(fleet.job(pipeline, "work").message().orElse(""))
          .contains("there is no runner with all of the tags `windows`, `x64`");
    }
  }

  @Test
  void without_any_runner_tags_are_not_in_the_way() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var pipeline = fleet.project("shop", ONE.replace("echo working", "mkdir out"));

      fleet.await(pipeline, "work", Job.Status.SUCCESS);
    }
  }

  @Test
  void where_the_operator_says_so_all_jobs_go_to_runners() throws Exception {
    try (var fleet = new RunnerFleet(folder, Executor.RUNNERS, Runners.USUAL)) {
      var pipeline = fleet.project("shop", "work: { script: [echo working] }");
      offered(fleet, pipeline, "work");
      assertThat(fleet.server().page("/projects/shop/jobs/" + fleet.job(pipeline, "work").id()))
          .contains("there is no runner for project");

      assertThat(fleet.runner().job().run()).isEqualTo(Ended.SUCCESS);
      fleet.await(pipeline, "work", Job.Status.SUCCESS);
    }
  }

  /// S39 (CVE-2021-43287 and CVE-2026-50141): who is who is told by tokens alone.
  @Test
  void a_token_opens_what_it_is_for_and_nothing_else() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var shop = fleet.project("shop", ONE);
      var other = fleet.project("other", ONE);
      var mine = runner.job();
      var theirs = runner.job();
      assertThat(mine.start()).isTrue();
      assertThat(theirs.start()).isTrue();

      var wrong = new RunnerDouble(fleet.server().uri(), "glrt-" + "x".repeat(43), folder);
      assertThat(wrong.verifyStatus()).isEqualTo(403);
      assertThat(wrong.requestStatus()).isEqualTo(403);
      // The token of a job is none of a runner, and that of a runner none of a job.
      assertThat(new RunnerDouble(fleet.server().uri(), mine.token(), folder).requestStatus())
          .isEqualTo(403);
      assertThat(mine.as(runner.token()).patch(0, new byte[1]).statusCode()).isEqualTo(403);
      assertThat(mine.as(theirs.token()).patch(0, new byte[1]).statusCode()).isEqualTo(403);
      assertThat(mine.as(theirs.token()).ending("success", "", 0).statusCode()).isEqualTo(403);
      assertThat(mine.download(theirs.id(), mine.token()).statusCode()).isEqualTo(403);
      assertThat(fetch(fleet, "shop", mine.token())).isEqualTo(200);
      assertThat(fetch(fleet, "shop", theirs.token())).isEqualTo(404);
      assertThat(fetch(fleet, "other", mine.token())).isEqualTo(404);
      assertThat(fetch(fleet, "shop", runner.token())).isEqualTo(401);
      assertThat(fetch(fleet, "shop", fleet.server().token())).isEqualTo(401);
      var answer =
          fleet
              .server()
              .send("GET", "/api/v1/projects", "", "Authorization", "Bearer " + mine.token());
      assertThat(answer.statusCode()).isEqualTo(401);

      assertThat(mine.end("success", "", 0)).isEqualTo(Ended.SUCCESS);
      assertThat(mine.patch(0, new byte[1]).statusCode()).isEqualTo(403);
      assertThat(mine.ending("failed", "script_failure", 1).statusCode()).isEqualTo(403);
      assertThat(fetch(fleet, "shop", mine.token())).isEqualTo(401);
      assertThat(fleet.await(shop, "work", Job.Status.SUCCESS).status())
          .isEqualTo(Job.Status.SUCCESS);
      assertThat(fleet.job(other, "work").status()).isEqualTo(Job.Status.RUNNING);
      try (var files = Files.walk(folder.resolve("server"))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
              .as(file.toString())
              .doesNotContain(theirs.token())
              .doesNotContain(runner.token());
        }
      }
    }
  }

  private static int fetch(RunnerFleet fleet, String project, String token) throws Exception {
    return fleet
        .server()
        .send(
            "GET",
            "/git/" + project + ".git/info/refs?service=git-upload-pack",
            "",
            "Authorization",
            "Basic "
                + Base64.getEncoder().encodeToString(("gitlab-ci-token:" + token).getBytes(UTF_8)))
        .statusCode();
  }

  @Test
  void a_repository_can_be_read_and_nothing_else() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var _ = fleet.project("shop", ONE);
      assertThat(runner.job().start()).isTrue();
      var repository = fleet.repository("shop");
      for (var i = 0; i < 30; i++) {
        repository.write("page.html", "v" + i).commit("Commit " + i);
      }
      var _ = fleet.fetched("shop", 2);
      var job = runner.job();
      job.fetchSources();
      assertThat(job.git("rev-parse", "HEAD").strip())
          .isEqualTo(job.payload().at("/git_info/sha").asText());
      assertThat(job.git("rev-list", "--count", "HEAD").strip()).isEqualTo("20");
      // Both versions of the protocol; shallow, and then all of it.
      job.git("-c", "protocol.version=0", "fetch", "-q", "--unshallow", "origin");
      job.git("-c", "protocol.version=2", "fetch", "-q", "origin");
      assertThat(job.git("-c", "protocol.version=2", "ls-remote", "origin"))
          .contains("refs/heads/main", "refs/pipelines/");
      assertThatThrownBy(() -> job.git("push", "origin", "HEAD:refs/heads/evil"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("403");
      var basic =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString(("gitlab-ci-token:" + job.token()).getBytes(UTF_8));
      for (var path :
          List.of(
              "/git/shop.git/info/refs",
              "/git/shop.git/info/refs?service=git-receive-pack",
              "/git/shop.git/info/refs?service=git-upload-archive")) {
        assertThat(fleet.server().send("GET", path, "", "Authorization", basic).statusCode())
            .as(path)
            .isEqualTo(403);
      }
      for (var path :
          List.of(
              "/git/shop.git/HEAD", "/git/shop.git/config", "/git/shop.git/objects/info/packs")) {
        assertThat(fleet.server().send("GET", path, "", "Authorization", basic).statusCode())
            .as(path)
            .isEqualTo(404);
      }
      var noise =
          fleet
              .server()
              .send(
                  "POST",
                  "/git/shop.git/git-upload-pack",
                  "0032want " + "0".repeat(40) + "\nffff",
                  "Authorization",
                  basic,
                  "Content-Type",
                  "application/x-git-upload-pack-request");
      assertThat(noise.body()).doesNotContain("PACK");
      assertThat(
              fleet
                  .server()
                  .send("GET", "/git/shop.git/info/refs?service=git-upload-pack", "")
                  .headers()
                  .firstValue("WWW-Authenticate"))
          .contains("Basic realm=\"fleetwright\"");
    }
  }

  @Test
  void a_branch_that_is_gone_does_not_keep_its_job_from_its_commit() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var pipeline =
          fleet.project("shop", "workflow: { auto_cancel: { on_new_commit: none } }\n" + ONE);
      offered(fleet, pipeline, "work");
      var repository = fleet.repository("shop");
      repository.run("commit", "-q", "--amend", "-m", "Rewritten");
      var _ = fleet.fetched("shop", 2);
      var _ = fleet.client().cancelPipeline(fleet.fetched("shop", 2).id());

      var job = runner.job();

      job.fetchSources();
      assertThat(job.git("rev-parse", "HEAD").strip()).isEqualTo(pipeline.sha());
    }
  }

  /// S12 (CVE-2025-62156, CVE-2025-66626).
  @Test
  void what_leads_out_of_the_tree_or_is_too_much_is_not_kept() throws Exception {
    var small = new Runners(Optional.empty(), 100_000, 10_000, Duration.ofMinutes(5));
    try (var fleet = new RunnerFleet(folder, Executor.AUTO, small)) {
      var runner = fleet.runner("linux");
      var pipeline = fleet.project("shop", ONE);
      var job = runner.job();
      assertThat(job.start()).isTrue();
      var large = folder.resolve("large");
      Files.write(large, new byte[200_000]);
      assertThat(job.upload("archive", "raw", large).statusCode()).isEqualTo(413);
      var bomb = folder.resolve("bomb.zip");
      zip(bomb, "zeros", new byte[3_000_000]);
      assertThat(Files.size(bomb)).isLessThan(100_000);
      assertThat(job.upload("archive", "zip", bomb).statusCode()).isEqualTo(413);
      for (var name : List.of("../evil", "/evil", "a/../../evil")) {
        var slip = folder.resolve("slip.zip");
        zip(slip, name, "evil".getBytes(UTF_8));
        var answer = job.upload("archive", "zip", slip);
        assertThat(answer.statusCode()).as(name).isEqualTo(400);
        assertThat(answer.body()).contains("not a path inside a file tree");
      }
      assertThat(job.upload("archive", "zip", Files.writeString(large, "no zip")).statusCode())
          .isEqualTo(400);
      assertThat(job.end("success", "", 0)).isEqualTo(Ended.SUCCESS);

      var work = fleet.await(pipeline, "work", Job.Status.FAILED);
      assertThat(work.message().orElse("")).contains("not a path inside a file tree");
      assertThat(work.artifacts()).isEmpty();
      try (var left = Files.list(folder.resolve("server/uploads"))) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void a_job_that_prints_too_much_is_ended() throws Exception {
    var small = new Runners(Optional.empty(), 100_000, 10_000, Duration.ofMinutes(5));
    try (var fleet = new RunnerFleet(folder, Executor.AUTO, small)) {
      var runner = fleet.runner("linux");
      var pipeline = fleet.project("shop", ONE);
      var job = runner.job();
      assertThat(job.start()).isTrue();
      job.print("x".repeat(9_000));
      assertThat(job.sendTrace()).isTrue();

      job.print("x".repeat(2_000));
      assertThat(job.sendTrace()).as("whether the runner may go on").isFalse();

      var work = fleet.await(pipeline, "work", Job.Status.FAILED);
      assertThat(work.failureReason()).contains("trace_size_exceeded");
      assertThat(work.message().orElse("")).contains("10,000 bytes");
    }
  }

  @Test
  void a_dotenv_report_that_cannot_be_read_fails_the_job() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var pipeline =
          fleet.project(
              "shop",
              """
              work:
                tags: [linux]
                script: [echo "no key" > a.env]
                artifacts: { reports: { dotenv: a.env } }
              """);

      var _ = fleet.work(pipeline, runner);

      assertThat(fleet.job(pipeline, "work").message().orElse(""))
          .contains("dotenv report `a.env`, line 1");
    }
  }

  @Test
  void old_runners_register_themselves_where_the_operator_lets_them() throws Exception {
    var token = "a-registration-token-of-32-bytes";
    var file = Files.writeString(folder.resolve("registration"), token + "\n");
    var open = new Runners(Optional.of(file), 1 << 20, 1 << 20, Duration.ofMinutes(5));
    try (var fleet = new RunnerFleet(folder, Executor.AUTO, open)) {
      var uri = fleet.server().uri();
      assertThat(RunnerDouble.register(uri, "wrong", "linux").statusCode()).isEqualTo(403);
      assertThat(RunnerDouble.register(uri, "", "linux").statusCode()).isEqualTo(403);

      var answer = RunnerDouble.register(uri, token, "linux, old");

      assertThat(answer.statusCode()).isEqualTo(201);
      var given = new ObjectMapper().readTree(answer.body()).path("token").asText();
      var runner = new RunnerDouble(uri, given, folder);
      assertThat(runner.verify()).isPositive();
      assertThat(runner.discover()).isEqualTo(501);
      runner.renewToken();
      assertThat(new RunnerDouble(uri, given, folder).verifyStatus()).isEqualTo(403);
      assertThat(fleet.client().runners().getFirst().tags()).containsExactly("linux", "old");
      runner.unregister();
      assertThat(runner.verifyStatus()).isEqualTo(403);
      assertThat(fleet.client().runners()).isEmpty();
    }
  }

  @Test
  void nobody_registers_himself_where_there_is_no_registration_token() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      for (var guess : List.of("", "null", "GR1348941")) {
        assertThat(RunnerDouble.register(fleet.server().uri(), guess, "linux").statusCode())
            .isEqualTo(403);
      }
    }
  }

  @Test
  void what_a_runner_leaves_becomes_the_release() throws Exception {
    try (var fleet = new RunnerFleet(folder)) {
      var runner = fleet.runner("linux");
      var repository = GitFolder.of(folder.resolve("repository-shop"));
      repository
          .write(
              ".gitlab-ci.yml",
              """
              build:
                tags: [linux]
                script: [mkdir -p build/site, cp page.html build/site/]
                artifacts: { paths: [build/] }
              """)
          .commit("Build on runners");
      var _ =
          fleet
              .client()
              .addProject(
                  new Project.Add("shop", repository.folder().toString(), Optional.empty()));

      assertThat(runner.job().run()).isEqualTo(Ended.SUCCESS);

      Eventually.within(PATIENCE, "staging to have it", () -> fleet.isLive("shop", "staging"));
    }
  }

  private static Runner.Make make(String name, Optional<String> project, boolean protectedOnly) {
    return new Runner.Make(
        name,
        project,
        Optional.of(List.of("linux", "gpu")),
        Optional.of(true),
        Optional.of(protectedOnly),
        Optional.empty(),
        Optional.empty());
  }

  /// Wait until a job waits for a runner.
  private static void offered(RunnerFleet fleet, Pipeline pipeline, String name) {
    var job = fleet.await(pipeline, name, Job.Status.PENDING);
    Eventually.within(
        PATIENCE,
        "job %s to wait for a runner".formatted(name),
        () ->
            fleet
                .pageOf(pipeline.project(), job.id())
                .matches("(?s).*(waits for a runner|is stuck).*"));
  }

  private static CompletableFuture<Ended> inBackground(RunnerJob job) {
    var ended = new CompletableFuture<Ended>();
    var _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                ended.complete(job.run());
              } catch (Throwable e) {
                ended.completeExceptionally(e);
              }
            });
    return ended;
  }

  private static void zip(Path archive, String name, byte[] content) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
      zip.closeEntry();
    }
  }
}
