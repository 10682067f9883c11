package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.ServerUnreachable;
import dev.fleetwright.api.Train;
import dev.fleetwright.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A train of two projects whose server is killed, at steps of its members and while it goes back:
/// it must end as if nothing had happened, with every effect once and in its order.
@Tag("R1")
class TrainCrashTest {

  private static final List<String> PLACES =
      List.of("step-0.before-effect", "step-0.after-effect", "step-0.after-commit");

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @Test
  void a_train_ends_the_same_wherever_its_server_is_killed()
      throws IOException, InterruptedException, GitAPIException {
    var data = folder.resolve("data");
    var marks = folder.resolve("marks");
    Files.createFile(marks);
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      for (var name : List.of("api", "shop")) {
        project(client, name, marks, "");
      }
    }
    for (var place : PLACES) {
      var before = Files.readAllLines(marks).size();
      try (var server = ServerInAProcess.start(data, "-Dfleetwright.killpoint=" + place);
          var client = server.client()) {
        try {
          var _ = start(client, Train.OnFailure.HOLD);
        } catch (ServerUnreachable _) {
          // It came to the place before it came to answering.
        }
        assertThat(server.awaitDeath()).isEqualTo(137);
      }
      // Once more, at the same member or the next.
      try (var server = ServerInAProcess.begin(data, "-Dfleetwright.killpoint=" + place)) {
        assertThat(server.awaitDeath()).isEqualTo(137);
      }
      try (var server = ServerInAProcess.start(data);
          var client = server.client()) {
        var train = client.trains(1).items().getFirst().id();
        var over = await(client, train, state -> state.finished());
        assertThat(over.state()).as(place).isEqualTo(Train.State.SUCCEEDED);
        var lines = Files.readAllLines(marks);
        assertThat(lines.subList(before, lines.size())).as(place).containsExactly("api", "shop");
        takeDown(client);
        assertThat(client.checkLedger().intact()).isTrue();
      }
    }
  }

  @Test
  void the_train_in_the_guide_can_be_started_as_it_stands_there()
      throws IOException, InterruptedException, GitAPIException {
    var line =
        Files.readAllLines(Path.of("../docs/guide/trains.md")).stream()
            .filter(l -> l.strip().startsWith("./fleetwright train start"))
            .findFirst()
            .orElseThrow();
    var marks = folder.resolve("marks");
    Files.createFile(marks);
    var data = folder.resolve("data");
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      project(client, "api", marks, "");
      project(client, "shop", marks, "");
      var command = new ArrayList<>(List.of(line.strip().split(" +")));
      command.removeFirst();
      command.addAll(
          List.of(
              "--yes",
              "--server",
              server.address().toString(),
              "--token-file",
              data.resolve("admin-token").toString()));
      var out = new ByteArrayOutputStream();
      var error = new ByteArrayOutputStream();

      var code =
          Main.run(command.toArray(String[]::new), new PrintStream(out), new PrintStream(error));

      assertThat(error.toString(StandardCharsets.UTF_8)).isEmpty();
      assertThat(code).isEqualTo(ExitCode.DONE);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("shop/production, after api/production")
          .contains("Train 1 by root: succeeded");
      assertThat(Files.readAllLines(marks)).containsExactly("api", "shop");
      takeDown(client);
    }
  }

  @Test
  void a_train_that_goes_back_does_so_also_after_its_server_was_killed()
      throws IOException, InterruptedException, GitAPIException {
    var data = folder.resolve("data");
    var marks = folder.resolve("marks");
    Files.createFile(marks);
    long train;
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      project(client, "api", marks, "");
      project(client, "shop", marks, ", approvals: 1");
      train = start(client, Train.OnFailure.HOLD);
      awaitFirst(client, train);
      // Killed as soon as that is stored.
      var _ = client.takeTrainBack(train, Optional.of("not today"));
    }

    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      assertThat(await(client, train, Train.State::finished).state())
          .isEqualTo(Train.State.TAKEN_BACK);
      for (var name : List.of("api", "shop")) {
        assertThat(client.observe(name, "production").targets())
            .allSatisfy(target -> assertThat(target.instances()).isEmpty());
      }
      assertThat(client.checkLedger().intact()).isTrue();
    }
  }

  private static void awaitFirst(FleetwrightClient client, long train) throws InterruptedException {
    Eventually.within(
        PATIENCE,
        "its first member is there",
        () -> client.train(train).members().getFirst().deploy().state() == Deploy.State.SUCCEEDED);
  }

  private static long start(FleetwrightClient client, Train.OnFailure onFailure)
      throws InterruptedException {
    return client
        .startTrain(
            new Train.Request(
                List.of(
                    new Train.Wanted("api", "production", Optional.empty(), Optional.empty()),
                    new Train.Wanted(
                        "shop",
                        "production",
                        Optional.empty(),
                        Optional.of(List.of("api/production")))),
                Optional.of(onFailure),
                Optional.empty(),
                Optional.empty()),
            UUID.randomUUID().toString())
        .id();
  }

  private static Train await(FleetwrightClient client, long id, Predicate<Train.State> is)
      throws InterruptedException {
    var seen = new AtomicReference<>(client.train(id));
    Eventually.within(
        PATIENCE,
        () -> "the train goes on from " + seen.get(),
        () -> {
          seen.set(client.train(id));
          return is.test(seen.get().state());
        });
    return seen.get();
  }

  private static void takeDown(FleetwrightClient client) throws InterruptedException {
    for (var name : List.of("shop", "api")) {
      var id = client.stop(name, "production", new Environment.Stop(Optional.empty())).id();
      Eventually.within(
          PATIENCE, name + " is taken down", () -> client.deploy(id).deploy().state().finished());
      assertThat(client.deploy(id).deploy().state()).isEqualTo(Deploy.State.SUCCEEDED);
    }
  }

  private void project(FleetwrightClient client, String name, Path marks, String gates)
      throws IOException, GitAPIException, InterruptedException {
    var repository = folder.resolve(name);
    try (var git = Git.init().setInitialBranch("main").setDirectory(repository.toFile()).call()) {
      Files.createDirectories(repository.resolve("app"));
      Files.writeString(
          repository.resolve("app/run.sh"),
          "echo \"" + name + "\" >> \"" + marks + "\"\nexec sleep 100000\n");
      Files.writeString(
          repository.resolve(".gitlab-ci.yml"), "check: { script: [test -f app/run.sh] }\n");
      Files.writeString(
          repository.resolve("fleetwright.yml"),
          """
          project: %s
          targets: { here: { local: {} } }
          release:
            app: { files: app/, run: { command: [sh, run.sh] } }
          environments:
            production: { target: here%s }
          """
              .formatted(name, gates));
      git.add().addFilepattern(".").call();
      git.commit()
          .setMessage("v1")
          .setAuthor("Dana", "dana@example.com")
          .setCommitter("Dana", "dana@example.com")
          .setSign(false)
          .call();
    }
    var _ = client.addProject(new Project.Add(name, repository.toString(), Optional.empty()));
    Eventually.within(
        PATIENCE, name + " has a release", () -> !client.releases(name, 1).items().isEmpty());
  }
}
