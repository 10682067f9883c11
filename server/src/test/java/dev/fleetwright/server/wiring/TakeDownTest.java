package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.EventStream;
import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Watch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Environments that end by themselves, contract 2a.8, with real jobs.
@Timeout(120)
class TakeDownTest {

  private static final String PIPELINE =
      """
      start:
        script: echo "up $CI_ENVIRONMENT_NAME" >> %1$s
        environment: { name: review/$CI_COMMIT_REF_SLUG, on_stop: down, auto_stop_in: %2$s }
      down:
        script: echo "down $CI_ENVIRONMENT_NAME" >> %1$s
        when: manual
        environment: { name: review/$CI_COMMIT_REF_SLUG, action: stop }
      """;

  @TempDir Path data;

  /// "auto_stop_at = deployment finished + period", and "branch delete auto-stops envs whose last
  /// deployment ref is that branch".
  @Test
  void an_environment_goes_when_its_time_is_over_and_when_its_branch_is_deleted() throws Exception {
    var notes = data.resolve("notes");
    var repository = GitFolder.empty(data.resolve("repository"));
    repository.write(".gitlab-ci.yml", PIPELINE.formatted(notes, "2 seconds")).commit("Soon");
    try (var server = ServerUnderTest.first(data.resolve("server"));
        var client = server.client();
        var events = client.events(Watch.project("shop"), 0)) {
      client.addProject(new Project.Add("shop", repository.folder().toString(), Optional.empty()));
      await(events, "review/main", 2);
      assertThat(Files.readAllLines(notes)).containsExactly("up review/main", "down review/main");
      assertThat(client.environment("shop", "review/main").state())
          .isEqualTo(Environment.State.STOPPED);
      var stop = client.deploys("shop", Optional.of("review/main"), 1).items().getFirst();
      assertThat(stop.kind()).isEqualTo(Deploy.Kind.STOP);
      assertThat(stop.by()).isEqualTo("auto stop");

      repository.run("checkout", "-q", "-b", "feature");
      repository.write(".gitlab-ci.yml", PIPELINE.formatted(notes, "never")).commit("Stays");
      client.sync("shop");
      await(events, "review/feature", 1);
      repository.run("checkout", "-q", "main");
      repository.run("branch", "-q", "-D", "feature");
      client.sync("shop");
      await(events, "review/feature", 1);

      assertThat(Files.readAllLines(notes)).endsWith("up review/feature", "down review/feature");
      assertThat(client.environment("shop", "review/feature").state())
          .isEqualTo(Environment.State.STOPPED);
    }
  }

  /// Wait until so many deploys of an environment have succeeded.
  private static void await(EventStream<FeedEvent> events, String environment, int times)
      throws InterruptedException {
    for (var left = times; left > 0; ) {
      var event = events.next().orElseThrow();
      if (event.topic().equals("deploy")
          && environment.equals(event.keys().get("environment"))
          && "succeeded".equals(event.keys().get("state"))) {
        left--;
      }
    }
  }
}
