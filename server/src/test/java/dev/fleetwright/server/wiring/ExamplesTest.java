package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.api.Watch;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The repositories of `examples/` in other languages than Java: pushed, built, tested, deployed to
/// this machine, and taken down again. Where the jobs run is one argument, so that another executor
/// is one constant more.
@Timeout(300)
class ExamplesTest {

  private static final Path EXAMPLES = Path.of("..", "examples");

  /// An example, what it needs to be built and run, how many tests it reports, and the greeting
  /// that it answers with, where it answers.
  enum Example {
    NOTES("python3", 3, "Notes of staging"),
    BOARD("node", 2, "Board of staging"),
    WORDS("make", 3, "");

    private final String tool;
    private final long tests;
    private final String greeting;

    Example(String tool, long tests, String greeting) {
      this.tool = tool;
      this.tests = tests;
      this.greeting = greeting;
    }

    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @TempDir Path data;

  @ParameterizedTest
  @EnumSource
  void runs_from_its_push_to_its_end_in_the_shell(Example example) throws Exception {
    Needs.tool(example.tool);
    endToEnd(example, ServerOptions.Executor.SHELL);
  }

  private void endToEnd(Example example, ServerOptions.Executor executor) throws Exception {
    var port = freePort();
    var repository = copy(example, port);
    try (var server = ServerUnderTest.first(data.resolve("server"), executor);
        var client = server.client()) {
      client.addProject(
          new Project.Add(example.folder(), repository.folder().toString(), Optional.empty()));
      var pipeline = client.pipelines(example.folder(), 1).items().getFirst();
      await(client, example, "pipeline", "success");

      assertThat(client.jobs(pipeline.id()))
          .extracting(Job::status)
          .containsOnly(Job.Status.SUCCESS);
      var tests = client.tests(pipeline.id()).counts();
      assertThat(tests.total()).isEqualTo(example.tests);
      assertThat(tests.success()).isEqualTo(example.tests);
      assertThat(client.jobs(pipeline.id())).anyMatch(job -> !job.artifacts().isEmpty());

      await(client, example, "deploy", "succeeded");
      assertThat(client.deploys(example.folder(), Optional.of("staging"), 1).items())
          .first()
          .extracting(Deploy::state)
          .isEqualTo(Deploy.State.SUCCEEDED);
      if (!example.greeting.isEmpty()) {
        assertThat(get(port)).contains(example.greeting);
      }

      var stop = client.stop(example.folder(), "staging", new Environment.Stop(Optional.empty()));
      await(client, example, "deploy " + stop.number(), "succeeded");
      assertThat(client.environment(example.folder(), "staging").state())
          .isEqualTo(Environment.State.STOPPED);
    }
  }

  /// @param what a topic, and perhaps which one
  private static void await(FleetwrightClient client, Example example, String what, String state)
      throws InterruptedException {
    var topic = what.split(" ", 2)[0];
    var id = what.substring(topic.length()).strip();
    try (var events = client.events(Watch.project(example.folder()), 0)) {
      while (true) {
        var event = events.next().orElseThrow();
        if (event.topic().equals(topic)
            && (id.isEmpty() || id.equals(event.keys().get(topic)))
            && state.equals(event.keys().get("state"))) {
          return;
        }
        assertThat(event.keys().getOrDefault("state", ""))
            .as("%s of %s", event.topic(), example)
            .isNotIn("failed", "rolled_back", "stuck", "refused");
      }
    }
  }

  private GitFolder copy(Example example, int port) throws Exception {
    var repository = GitFolder.empty(data.resolve("repository"));
    var from = EXAMPLES.resolve(example.folder());
    try (var files = Files.walk(from)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var to = repository.folder().resolve(from.relativize(file).toString());
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        Files.deleteIfExists(to);
        Files.copy(file, to);
      }
    }
    var configuration = repository.folder().resolve("fleetwright.yml");
    Files.writeString(
        configuration,
        Files.readString(configuration).replaceAll("830[12]", Integer.toString(port)));
    repository.commit("The example");
    return repository;
  }

  private static String get(int port) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
