package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Artifacts whose time is over (`artifacts:expire_in`), with real jobs.
@Timeout(180)
class ArtifactLifeTest {

  private static final String PIPELINE =
      """
      build:
        script: [mkdir -p out site, cp page.html site/, "echo notes of $CI_PIPELINE_IID > out/notes"]
        artifacts: { paths: [out, site], expire_in: 1 second }
      secret:
        script: touch secret.txt
        artifacts: { paths: [secret.txt], access: none, expire_in: never }
      ship: { stage: deploy, script: cat out/notes, needs: [build], when: manual }
      """;

  private static final String CONFIGURATION = "release: { site: { files: site/ } }\n";

  @TempDir Path data;

  /// GitLab: "artifacts are kept for the most recent successful pipeline of each ref"
  /// (docs.gitlab.com/ci/jobs/job_artifacts).
  @Test
  void what_is_over_goes_but_not_what_the_last_success_or_a_release_or_a_person_has()
      throws Exception {
    var repository = GitFolder.empty(data.resolve("repository"));
    repository.write(".gitlab-ci.yml", PIPELINE).write("fleetwright.yml", CONFIGURATION);
    repository.write("page.html", "one\n").commit("One");
    String token;
    Pipeline first;
    Pipeline second;
    Pipeline third;
    try (var server = ServerUnderTest.first(data.resolve("server"));
        var client = server.client()) {
      token = server.token();
      client.addProject(new Project.Add("shop", repository.folder().toString(), Optional.empty()));
      first = newest(client);
      second = push(client, repository, "two\n");
      third = push(client, repository, "three\n");
      var kept = Runs.job(client, second, "build");
      assertThat(kept.artifactsExpireAt()).isPresent();
      assertThat(client.keepArtifacts(kept.id()).artifactsExpireAt()).isEmpty();
      assertThat(Runs.job(client, first, "secret").artifactsExpireAt()).isEmpty();
      var over = Runs.job(client, third, "build").artifactsExpireAt().orElseThrow();
      Eventually.within(
          Duration.ofSeconds(10), "their time is over", () -> Instant.now().isAfter(over));
    }
    age(data.resolve("server/blobs"));

    try (var server = ServerUnderTest.again(data.resolve("server"), token);
        var client = server.client()) {
      var over = Runs.job(client, first, "build").id();
      Eventually.within(
          Duration.ofSeconds(60),
          "the content that nothing names goes",
          () -> !has("notes of 1\n"));

      assertThat(client.job(over).artifactsExpired()).isTrue();

      assertThat(has("one\n")).as("what release 1 is made of").isTrue();
      assertThat(has("notes of 2\n")).as("what a person keeps").isTrue();
      assertThat(Runs.job(client, third, "build").artifacts()).hasSize(2);
      assertThat(server.page("/projects/shop/jobs/" + over)).contains("artifacts expired");
      assertThat(server.page("/projects/shop/jobs/" + Runs.job(client, third, "build").id()))
          .contains("artifacts expire", "Keep artifacts");
      assertThatThrownBy(() -> client.saveArtifacts(over, data.resolve("all.zip")))
          .isInstanceOf(RequestFailed.class)
          .hasMessageContaining("dropped when they expired");
      assertThatThrownBy(() -> client.keepArtifacts(over))
          .hasMessageContaining("dropped when they expired");
      var ship = Runs.job(client, first, "ship").id();
      client.playJob(ship, new Job.Play(Optional.empty()));
      Runs.await(client, "shop", "job", ship, "failed");
      assertThat(client.job(ship).failureReason()).contains("missing_dependency_failure");
    }
  }

  @Test
  void what_is_for_jobs_only_is_given_to_no_person() throws Exception {
    var repository = GitFolder.empty(data.resolve("repository"));
    repository.write(".gitlab-ci.yml", PIPELINE).write("page.html", "one\n").commit("One");
    try (var server = ServerUnderTest.first(data.resolve("server"));
        var client = server.client()) {
      client.addProject(new Project.Add("shop", repository.folder().toString(), Optional.empty()));
      Runs.await(client, "shop", "pipeline", newest(client).id(), "success");
      var secret = Runs.job(client, newest(client), "secret").id();

      assertThatThrownBy(() -> client.saveArtifact(secret, "secret.txt", data.resolve("secret")))
          .hasMessageContaining("for other jobs only");
      assertThat(server.page("/projects/shop/jobs/" + secret)).doesNotContain("/artifacts");
    }
  }

  private static Pipeline push(FleetwrightClient client, GitFolder repository, String page)
      throws Exception {
    Runs.await(client, "shop", "pipeline", newest(client).id(), "success");
    repository.write("page.html", page).commit(page);
    client.sync("shop");
    Runs.await(client, "shop", "pipeline", newest(client).id(), "success");
    return newest(client);
  }

  private static Pipeline newest(FleetwrightClient client) throws InterruptedException {
    return client.pipelines("shop", 1).items().getFirst();
  }

  private boolean has(String content) {
    var digest = Digest.of(content.getBytes(StandardCharsets.UTF_8)).hex();
    return Files.exists(
        data.resolve("server/blobs/sha256/" + digest.substring(0, 2) + "/" + digest.substring(2)));
  }

  /// As if all of it had been put yesterday.
  private static void age(Path blobs) throws Exception {
    try (var files = Files.walk(blobs)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
      }
    }
  }
}
