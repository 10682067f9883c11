package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// R2: a real server is killed while a script of a deploy runs, which has children in its own
/// group, in a session of their own, and without a parent. Every second time everything that the
/// server started is killed with it, so that nobody is left who could clear up but the next server.
@Tag("R2")
@Timeout(1_800)
class KilledTreeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration GONE_WITHIN = Duration.ofSeconds(5);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path data;
  private Path begun;

  @BeforeEach
  void a_folder() throws IOException {
    data = folder.resolve("data");
    begun = Files.createFile(folder.resolve("begun"));
  }

  @Test
  void nothing_is_left_of_a_script_whose_server_was_killed_and_it_is_not_run_twice()
      throws Exception {
    Needs.that(Files.isDirectory(Path.of("/proc/self")), "a /proc to look for processes in");
    var runs = Recipe.times(2, 50);
    repository();
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      var _ =
          client.addProject(
              new Project.Add("app", folder.resolve("app").toString(), Optional.of(false)));
    }
    var slowest = Duration.ZERO;
    for (var run = 0; run < runs; run++) {
      var took = run % 2 == 0 ? serverAlone(run) : wholeTree(run);
      slowest = took.compareTo(slowest) > 0 ? took : slowest;
    }
    Recipe.report(
        "R2",
        "violations=0 runs=%d orphans=0 gone_after_max=%d ms".formatted(runs, slowest.toMillis()));
    assertThat(slowest).isLessThan(GONE_WITHIN);
  }

  /// Whoever was put beside the script ends it.
  private Duration serverAlone(int run) throws Exception {
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      awaitScript(client, run);
    }
    var took = untilNobodyIsLeft();
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      settle(client, run);
    }
    return took;
  }

  /// The next server ends what it finds.
  private Duration wholeTree(int run) throws Exception {
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      awaitScript(client, run);
      var tree =
          Stream.concat(
                  ProcessHandle.of(server.pid()).stream(),
                  ProcessHandle.of(server.pid()).stream().flatMap(ProcessHandle::descendants))
              .toList();
      tree.forEach(ProcessHandle::destroyForcibly);
    }
    assertThat(left()).as("the one without a parent").isNotEmpty();
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      var took = untilNobodyIsLeft();
      settle(client, run);
      return took;
    }
  }

  private void awaitScript(FleetwrightClient client, int run) throws InterruptedException {
    var _ =
        client.runPipeline(
            "app", new Pipeline.Run(Optional.empty(), Optional.empty(), Optional.empty()));
    Eventually.within(
        PATIENCE,
        () -> "the script of run " + run + " is at work: " + deploys(client),
        () -> lines() == run + 1 && left().size() >= 4);
  }

  private Duration untilNobodyIsLeft() {
    var killed = System.nanoTime();
    Eventually.within(
        GONE_WITHIN.plusSeconds(5), () -> "nobody is left: " + left(), () -> left().isEmpty());
    return Duration.ofNanos(System.nanoTime() - killed);
  }

  /// The step is in doubt, and stays it until a person has said what happened.
  private void settle(FleetwrightClient client, int run) throws InterruptedException {
    Eventually.within(
        PATIENCE,
        () -> "it is in doubt: " + deploys(client),
        () -> deploys(client).getFirst().inDoubt());
    var deploy = deploys(client).getFirst();
    assertThat(lines()).as("nobody has begun it again").isEqualTo(run + 1);
    var _ = client.settle(deploy.id(), new Deploy.Settle(0, Deploy.Verdict.NOT_DONE));
    Eventually.within(
        PATIENCE,
        () -> "it has ended: " + deploys(client),
        () -> deploys(client).getFirst().state().finished());
    assertThat(lines()).isEqualTo(run + 1);
    assertThat(client.checkLedger().intact()).isTrue();
  }

  private static List<Deploy> deploys(FleetwrightClient client) {
    try {
      return client.deploys("app", Optional.of("production"), 1).items();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private int lines() {
    try {
      return Files.readAllLines(begun).size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Processes that have the mark of a job of this server in their environment; proc(5).
  private List<String> left() {
    var found = new ArrayList<String>();
    ProcessHandle.allProcesses()
        .forEach(process -> {
          try {
            var environment =
                Files.readString(
                    Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1);
            if (environment.contains("FLEETWRIGHT_JOB=" + data)) {
              found.add(process.pid() + " " + process.info().commandLine().orElse(""));
            }
          } catch (IOException e) {
            // It has ended, or is another user's.
          }
        });
    return found;
  }

  private void repository() throws IOException, GitAPIException {
    var repository = folder.resolve("app");
    try (var git = Git.init().setInitialBranch("main").setDirectory(repository.toFile()).call()) {
      Files.createDirectories(repository);
      Files.writeString(
          repository.resolve(".gitlab-ci.yml"),
          """
          ship:
            environment: production
            script:
              - sleep 1001 &
              - setsid sleep 1002 &
              - (setsid sleep 1003 &)
              - echo begun >>%s
              - sleep 1004
          """
              .formatted(begun));
      Files.writeString(repository.resolve("fleetwright.yml"), "project: app\n");
      git.add().addFilepattern(".").call();
      git.commit()
          .setMessage("One")
          .setAuthor("Dana", "dana@example.com")
          .setCommitter("Dana", "dana@example.com")
          .setSign(false)
          .call();
    }
  }
}
