package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Jobs that need something of other pipelines, with real ones.
@Timeout(120)
class ForeignNeedsTest {

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

  private Pipeline add(String project, String file) throws Exception {
    var repository = GitFolder.empty(data.resolve(project));
    repository.write(".gitlab-ci.yml", file).commit("A pipeline");
    client.addProject(new Project.Add(project, repository.folder().toString(), Optional.empty()));
    return newest(project);
  }

  private Pipeline newest(String project) throws InterruptedException {
    return client.pipelines(project, 1).items().getFirst();
  }

  private Job job(Pipeline pipeline, String name) throws InterruptedException {
    return Runs.job(client, pipeline, name);
  }

  private void await(String project, Pipeline pipeline, String state) throws InterruptedException {
    Runs.await(client, project, "pipeline", pipeline.id(), state);
  }

  @Test
  void a_job_takes_what_the_last_success_of_another_project_left() throws Exception {
    var lib =
        add(
            "lib",
            """
            pack:
              script: [echo packed > lib.txt, echo LIB_VERSION=7 > lib.env]
              artifacts: { paths: [lib.txt], reports: { dotenv: lib.env } }
            hidden:
              script: touch hidden.txt
              artifacts: { paths: [hidden.txt], access: none }
            """);
    await("lib", lib, "success");
    var app =
        add(
            "app",
            """
            use:
              script: test "$(cat lib.txt) $LIB_VERSION" = "packed 7"
              needs: [{ project: lib, ref: main, job: pack }]
            without:
              script: test ! -e lib.txt
              needs: [{ project: lib, ref: main, job: pack, artifacts: false }]
            never:
              script: "true"
              needs: [{ project: lib, ref: other, job: pack }]
            hidden:
              script: "true"
              needs: [{ project: lib, ref: main, job: hidden }]
            stranger:
              script: "true"
              needs: [{ project: nobody/knows, ref: main, job: pack }]
            """);
    await("app", app, "failed");

    assertThat(job(app, "use").status()).isEqualTo(Job.Status.SUCCESS);
    assertThat(job(app, "without").status()).isEqualTo(Job.Status.SUCCESS);
    assertThat(job(app, "never").failureReason()).contains("missing_dependency_failure");
    assertThat(job(app, "never").message())
        .contains("no job `pack` has succeeded on `other` of lib yet");
    assertThat(job(app, "hidden").message().orElseThrow()).contains("`access: none`");
    assertThat(job(app, "stranger").message().orElseThrow())
        .contains("no project of this server is called `nobody/knows`");
  }

  @Test
  void a_child_takes_what_its_parent_made_and_nothing_of_strangers() throws Exception {
    var repository = GitFolder.empty(data.resolve("app"));
    repository.write(
        "child.yml",
        """
        use: { script: test "$(cat made.txt)" = made, needs: [{ pipeline: $PARENT, job: make }] }
        stranger: { script: "true", needs: [{ pipeline: "4711", job: make }] }
        """);
    repository
        .write(
            ".gitlab-ci.yml",
            """
            make: { script: echo made > made.txt, artifacts: { paths: [made.txt] } }
            down:
              stage: deploy
              variables: { PARENT: $CI_PIPELINE_ID }
              trigger: { include: child.yml, strategy: depend }
            """)
        .commit("A family");
    client.addProject(new Project.Add("app", repository.folder().toString(), Optional.empty()));
    var upper = newest("app");
    await("app", upper, "failed");
    var child =
        client.pipelines("app", 1).items().stream().filter(p -> p.id() != upper.id()).findFirst();

    assertThat(job(child.orElseThrow(), "use").status()).isEqualTo(Job.Status.SUCCESS);
    assertThat(job(child.orElseThrow(), "stranger").message())
        .contains("pipeline 4711 is neither above nor beside this one");
  }

  @Test
  void a_job_without_a_script_ends_as_the_pipeline_that_it_follows() throws Exception {
    var go = data.resolve("go");
    var lib =
        add("lib", "test:\n  script: 'while [ ! -e %s ]; do sleep 0.1; done'\n".formatted(go));
    var app =
        add(
            "app",
            """
            upstream: { needs: [{ pipeline: lib }] }
            after: { script: "true", needs: [upstream] }
            """);
    await("app", app, "running");
    assertThat(job(app, "upstream").status()).isEqualTo(Job.Status.RUNNING);
    Files.createFile(go);
    await("lib", lib, "success");
    await("app", app, "success");

    assertThat(job(app, "after").status()).isEqualTo(Job.Status.SUCCESS);
  }
}
