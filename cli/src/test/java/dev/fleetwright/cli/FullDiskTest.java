package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// R12: the disk of a real server's data folder fills up to the last byte. The disk is a small file
/// system of its own, in memory.
@Tag("R12")
@Timeout(900)
class FullDiskTest {

  private static final int MEGABYTES = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private Path disk;
  private Path data;
  private long readTo;
  private String logEnd = "";

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    var mount = Needs.tool("mount");
    Needs.that(
        ProcessHandle.current().info().user().filter("root"::equals).isPresent(),
        "root, for mounting a small disk");
    disk = Files.createDirectory(folder.resolve("disk"));
    var mounted =
        run(
            mount.toString(),
            "-t",
            "tmpfs",
            "-o",
            "size=" + MEGABYTES + "m",
            "tmpfs",
            disk.toString());
    Needs.that(mounted == 0, "to be allowed to mount a small disk");
    data = disk.resolve("data");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    // What the local target runs lives in the folder too, and may take a moment to end.
    assertThat(run("umount", "-l", disk.toString())).isZero();
  }

  @Test
  void a_full_disk_stops_what_is_new_and_nothing_else_until_there_is_room() throws Exception {
    var rounds = Recipe.times(1, 20);
    var slowest = Duration.ZERO;
    repository();
    var server = ServerInAProcess.start(data);
    var client = server.client();
    var _ =
        client.addProject(
            new Project.Add("app", folder.resolve("app").toString(), Optional.empty()));
    Eventually.within(PATIENCE, "a release", () -> releases(server) == 1);
    deploy(client);
    awaitSucceeded(server, 1);
    Eventually.within(
        PATIENCE,
        "the reserve is laid up",
        () -> data.resolve("reserve").toFile().length() >> 20 >= 16);
    client.close();
    server.close();

    for (var round = 0; round < rounds; round++) {
      slowest = longer(slowest, fill(round));
    }

    try (var last = ServerInAProcess.start(data);
        var people = last.client()) {
      var _ = people.stop("app", "production", new Environment.Stop(Optional.empty()));
      awaitSucceeded(last, rounds + 2);
    }
    Recipe.report(
        "R12",
        "violations=0 runs=%d intact=%d/%d reserve=16 MB recovered_within=%d ms"
            .formatted(rounds, rounds, rounds, slowest.toMillis()));
    assertThat(slowest).isLessThan(Duration.ofSeconds(10));
  }

  /// Fill the disk, look, kill the server and start it on the full disk, make room.
  ///
  /// @return from the room that is there until a deploy is taken
  private Duration fill(int round) throws Exception {
    var ballast = disk.resolve("ballast");
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      awaitReserve();
      // Up to the last byte, and a moment later again: the reserve is given up in between.
      while (fillUp(ballast) > 0 || Files.exists(data.resolve("reserve"))) {
        TimeUnit.MILLISECONDS.sleep(300);
        if (Files.notExists(data.resolve("reserve"))) {
          // What the reserve leaves is for the server alone.
          break;
        }
      }

      assertThatThrownBy(() -> deploy(client))
          .isInstanceOfSatisfying(
              RequestFailed.class,
              no -> {
                assertThat(no.status()).isEqualTo(507);
                assertThat(no).hasMessageContaining("the disk of " + data + " has only");
              });
      assertThatThrownBy(() -> client.runPipeline("app", run()))
          .isInstanceOfSatisfying(
              RequestFailed.class, no -> assertThat(no.status()).isEqualTo(507));
      readable(client, round);
    }

    // Killed on a full disk, and started on it.
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      readable(client, round);
      var freed = System.nanoTime();
      Files.delete(ballast);
      while (true) {
        try {
          deploy(client);
          break;
        } catch (RequestFailed no) {
          assertThat(no.status()).isEqualTo(507);
          TimeUnit.MILLISECONDS.sleep(50);
        }
      }
      var took = Duration.ofNanos(System.nanoTime() - freed);
      awaitSucceeded(server, round + 2);
      assertThat(client.checkLedger().intact()).isTrue();
      return took;
    }
  }

  private void awaitReserve() {
    Eventually.within(
        PATIENCE,
        "the reserve is there",
        () -> data.resolve("reserve").toFile().length() >> 20 >= 16);
  }

  private static void readable(FleetwrightClient client, int round) throws InterruptedException {
    assertThat(client.projects(1).items()).hasSize(1);
    assertThat(client.deploys("app", Optional.of("production"), 1).items()).hasSize(round + 1);
    assertThat(client.checkLedger().intact()).isTrue();
  }

  /// @return how many bytes still fitted in
  private static long fillUp(Path ballast) throws IOException {
    var written = 0L;
    try (var channel =
        FileChannel.open(
            ballast,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      for (var size : new int[] {1 << 20, 4096}) {
        try {
          while (true) {
            written += channel.write(ByteBuffer.allocate(size));
          }
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("No space left on device");
        }
      }
    }
    return written;
  }

  @Test
  void a_job_that_prints_without_end_does_not_fill_the_disk() throws Exception {
    repository();
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      var _ =
          client.addProject(
              new Project.Add("app", folder.resolve("app").toString(), Optional.of(false)));
      awaitReserve();
      var pipeline =
          client.runPipeline(
              "app",
              new Pipeline.Run(
                  Optional.empty(), Optional.of(Map.of("NOISE", "yes")), Optional.empty()));
      Eventually.within(
          PATIENCE,
          () -> "its log is cut: " + log(server, pipeline.id()),
          () -> log(server, pipeline.id()).contains("the server's disk is full"));

      assertThat(data.resolve("reserve")).exists();
      assertThatThrownBy(() -> client.runPipeline("app", run()))
          .isInstanceOfSatisfying(
              RequestFailed.class, no -> assertThat(no.status()).isEqualTo(507));
      var _ = client.cancelPipeline(pipeline.id());
      Eventually.within(
          PATIENCE,
          () -> "it is cancelled: " + looked(() -> client.pipeline(pipeline.id())),
          () ->
              looked(() -> client.jobs(pipeline.id())).stream()
                  .allMatch(j -> j.finishedAt().isPresent()));
      assertThat(client.checkLedger().intact()).isTrue();
    }
  }

  private static Pipeline.Run run() {
    return new Pipeline.Run(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// The end of the log of a pipeline's only job.
  private String log(ServerInAProcess server, long pipeline) {
    try (var client = server.client()) {
      var job = looked(() -> client.jobs(pipeline)).getFirst().id();
      while (true) {
        var chunk = looked(() -> client.jobLog(job, readTo));
        if (chunk.to() == readTo) {
          return logEnd;
        }
        logEnd = chunk.text();
        readTo = chunk.to();
      }
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static int releases(ServerInAProcess server) {
    try (var client = server.client()) {
      return looked(() -> client.releases("app", 1)).items().size();
    }
  }

  private static void deploy(FleetwrightClient client) throws InterruptedException {
    var _ =
        client.deploy(
            new Deploy.Request(
                "app",
                "production",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            UUID.randomUUID().toString());
  }

  private static void awaitSucceeded(ServerInAProcess server, int count) {
    try (var client = server.client()) {
      Eventually.within(
          PATIENCE,
          () ->
              count
                  + " deploys have succeeded: "
                  + looked(() -> client.deploys("app", Optional.of("production"), 1)).items(),
          () -> {
            var all = looked(() -> client.deploys("app", Optional.of("production"), 1)).items();
            return all.size() == count
                && all.stream().allMatch(d -> d.state() == Deploy.State.SUCCEEDED);
          });
    }
  }

  private interface Look<T> {
    T at() throws InterruptedException;
  }

  private static <T> T looked(Look<T> look) {
    try {
      return look.at();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void repository() throws IOException, GitAPIException {
    var repository = folder.resolve("app");
    try (var git = Git.init().setInitialBranch("main").setDirectory(repository.toFile()).call()) {
      Files.createDirectories(repository.resolve("app"));
      Files.writeString(
          repository.resolve(".gitlab-ci.yml"),
          "check: { script: [test -f app/page, 'test -z \"$NOISE\" || yes \"$(seq -s - 1000)\"'] }\n");
      Files.writeString(
          repository.resolve("fleetwright.yml"),
          """
          project: app
          targets: { here: { local: {} } }
          release: { app: { files: app/ } }
          environments: { production: { target: here } }
          """);
      Files.writeString(repository.resolve("app/page"), "one\n");
      git.add().addFilepattern(".").call();
      git.commit()
          .setMessage("One")
          .setAuthor("Dana", "dana@example.com")
          .setCommitter("Dana", "dana@example.com")
          .setSign(false)
          .call();
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
