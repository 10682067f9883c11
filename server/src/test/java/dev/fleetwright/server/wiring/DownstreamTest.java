package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Watch;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Jobs that start pipelines: children of the same commit, and pipelines of other projects. What is
/// quoted is https://docs.gitlab.com/ci/pipelines/downstream_pipelines/.
@Timeout(120)
class DownstreamTest {

  @TempDir Path data;
  private ServerUnderTest server;
  private FleetwrightClient client;

  @BeforeEach
  void start() {
    server = ServerUnderTest.first(data.resolve("server"));
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private GitFolder repository(String name) throws Exception {
    return GitFolder.empty(data.resolve("group").resolve(name));
  }

  private Pipeline add(GitFolder repository, String name) throws Exception {
    repository.commit("A pipeline");
    client.addProject(new Project.Add(name, repository.folder().toString(), Optional.empty()));
    return client.pipelines(name, 1).items().getLast();
  }

  private Pipeline ended(Pipeline pipeline, String state) throws InterruptedException {
    Runs.await(client, pipeline.project(), "pipeline", pipeline.id(), state);
    return client.pipeline(pipeline.id());
  }

  private Job job(Pipeline pipeline, String name) throws InterruptedException {
    return Runs.job(client, pipeline, name);
  }

  private Pipeline downstream(Pipeline pipeline, String job) throws InterruptedException {
    return client.pipeline(job(pipeline, job).downstream().orElseThrow());
  }

  private String log(Pipeline pipeline, String job) throws InterruptedException {
    return client.jobLog(job(pipeline, job).id(), 0).text();
  }

  @Test
  void a_child_from_a_file_and_from_an_artifact_and_what_waits_for_them() throws Exception {
    var repository = repository("shop");
    repository.write(
        ".gitlab-ci.yml",
        """
        stages: [make, start, after]
        make:
          stage: make
          script: |
            echo 'made: { script: "echo made by $CI_PIPELINE_SOURCE with $HOW" }' > made.yml
          artifacts: { paths: [made.yml] }
        local:
          stage: start
          variables: { HOW: care }
          trigger: { include: child.yml, strategy: depend }
        dynamic:
          stage: start
          variables: { HOW: "$CI_COMMIT_BRANCH art" }
          trigger: { include: [{ artifact: made.yml, job: make }], strategy: depend }
        after: { stage: after, script: echo after }
        """);
    repository.write(
        "child.yml",
        """
        inner: { script: echo "inner $HOW in $CI_COMMIT_BRANCH" }
        outer: { trigger: { include: grandchild.yml, strategy: depend } }
        """);
    repository.write(
        "grandchild.yml",
        """
        deep: { script: echo deep }
        deeper: { trigger: { include: child.yml, strategy: depend }, allow_failure: true }
        """);
    var pipeline = ended(add(repository, "shop"), "success");

    var local = downstream(pipeline, "local");
    assertThat(local.source()).isEqualTo("parent_pipeline");
    assertThat(local.parent()).contains(job(pipeline, "local").id());
    assertThat(local.sha()).isEqualTo(pipeline.sha());
    assertThat(log(local, "inner")).contains("inner care in main");
    assertThat(log(downstream(pipeline, "dynamic"), "made"))
        .contains("made by parent_pipeline with main art");
    assertThat(job(pipeline, "after").startedAt().orElseThrow())
        .isAfterOrEqualTo(local.finishedAt().orElseThrow());
    var grandchild = downstream(local, "outer");
    assertThat(job(grandchild, "deep").status()).isEqualTo(Job.Status.SUCCESS);
    // "A parent pipeline can trigger many child pipelines, and these child pipelines can trigger
    // their own child pipelines. It's not possible to trigger another level of child pipelines."
    assertThat(job(grandchild, "deeper").failureReason())
        .contains("reached_max_descendant_pipelines_depth");
    assertThat(client.releases("shop", 1).items()).as("one for the family").hasSize(1);

    var page = server.sendAsRoot("GET", "/projects/shop/pipelines/" + local.number(), "");
    assertThat(page.statusCode()).isIn(200, 303);
  }

  @Test
  void a_failure_below_fails_the_job_above_and_a_retry_below_lets_both_go_on() throws Exception {
    var repository = repository("shop");
    repository.write(
        ".gitlab-ci.yml",
        """
        stages: [start, after]
        start: { stage: start, trigger: { include: child.yml, strategy: depend } }
        after: { stage: after, script: echo after }
        """);
    repository.write(
        "child.yml",
        "flaky: { script: 'test -e %1$s || { touch %1$s; exit 1; }' }\n"
            .formatted(data.resolve("tried")));
    var pipeline = ended(add(repository, "shop"), "failed");
    var child = downstream(pipeline, "start");
    assertThat(job(pipeline, "start").message().orElseThrow())
        .isEqualTo("pipeline #%d of shop failed".formatted(child.number()));
    assertThat(job(pipeline, "after").status()).isEqualTo(Job.Status.SKIPPED);

    client.retryJob(job(child, "flaky").id());

    ended(pipeline, "success");
    assertThat(job(pipeline, "after").status()).isEqualTo(Job.Status.SUCCESS);
  }

  @Test
  void what_is_cancelled_above_ends_below() throws Exception {
    var repository = repository("shop");
    repository.write(
        ".gitlab-ci.yml", "start: { trigger: { include: child.yml, strategy: depend } }\n");
    repository.write("child.yml", "slow: { script: sleep 600 }\n");
    var pipeline = add(repository, "shop");
    try (var events = client.events(Watch.project("shop"), 0)) {
      FeedEvent event;
      do {
        event = events.next().orElseThrow();
      } while (!"slow".equals(event.keys().get("name"))
          || !"running".equals(event.keys().get("state")));
    }

    client.cancelPipeline(pipeline.id());

    ended(downstream(pipeline, "start"), "canceled");
    ended(pipeline, "canceled");
  }

  @Test
  void another_projects_pipeline_gets_what_is_forwarded_and_no_circle_is_run() throws Exception {
    var library = repository("library");
    library.write(
        ".gitlab-ci.yml",
        """
        spec: { inputs: { size: { type: number } } }
        ---
        show: { script: 'echo "$[[ inputs.size ]] $FROM $CI_PIPELINE_SOURCE [$GIVEN]"' }
        back:
          trigger: { project: group/shop, strategy: depend }
          rules: [{ if: $FROM }]
        """);
    library.commit("A pipeline");
    client.addProject(new Project.Add("library", library.folder().toString(), Optional.of(false)));
    var shop = repository("shop");
    shop.write(
        ".gitlab-ci.yml",
        """
        start:
          variables: { FROM: shop }
          trigger: { project: group/library, strategy: depend, inputs: { size: 3 } }
        nowhere: { trigger: group/nothing, allow_failure: true }
        branch: { trigger: { project: group/library, branch: gone }, allow_failure: true }
        needless: { trigger: { project: group/library, inputs: { size: x } }, allow_failure: true }
        """);
    var pipeline = ended(add(shop, "shop"), "failed");

    var below = downstream(pipeline, "start");
    assertThat(below.project()).isEqualTo("library");
    assertThat(below.source()).isEqualTo("pipeline");
    assertThat(log(below, "show")).contains("3 shop pipeline []");
    assertThat(job(below, "back").failureReason()).contains("pipeline_loop_detected");
    assertThat(job(pipeline, "nowhere").failureReason())
        .contains("downstream_bridge_project_not_found");
    assertThat(job(pipeline, "branch").message().orElseThrow())
        .isEqualTo("there is no branch or tag `gone` in library");
    assertThat(job(pipeline, "needless").failureReason())
        .contains("downstream_pipeline_creation_failed");
    assertThat(job(pipeline, "needless").message().orElseThrow())
        .contains("`size` input: provided value is not a number");
  }
}
