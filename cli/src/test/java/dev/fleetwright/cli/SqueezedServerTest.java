package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Lint;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// R13: a real server with 96 MB of heap, and what would need more if it were kept in memory.
@Tag("R13")
@Timeout(600)
class SqueezedServerTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @Test
  void a_line_without_end_a_file_of_many_lines_and_thousands_of_streams_do_not_exhaust_it()
      throws Exception {
    var megabytes = Recipe.times(8, 50);
    var lines = Recipe.times(60_000, 200_000);
    var streams = Recipe.times(400, 5_000);
    repository();
    try (var server =
            ServerInAProcess.start(
                folder.resolve("data"), "-Xmx96m", "-XX:+ExitOnOutOfMemoryError");
        var client = server.client()) {
      var _ =
          client.addProject(
              new Project.Add("app", folder.resolve("app").toString(), Optional.of(false)));

      var length = longLine(client, megabytes);
      var problems = longFile(client, lines);
      var open = streams(server, client, streams);

      assertThat(client.ready()).isTrue();
      assertThat(client.checkLedger().intact()).isTrue();
      assertThat(server.lives()).isTrue();
      assertThat(server.output()).doesNotContain("OutOfMemoryError");
      Recipe.report(
          "R13",
          "violations=0 heap=96 MB log_line=%d MB yaml_lines=%d problems=%d streams=%d of %d resident=%d MB"
              .formatted(
                  length >> 20, lines, problems, open, streams, resident(server.pid()) >> 10));
    }
  }

  private static long longLine(FleetwrightClient client, int megabytes)
      throws InterruptedException {
    var pipeline =
        client.runPipeline(
            "app",
            new Pipeline.Run(
                Optional.empty(),
                Optional.of(Map.of("MEGABYTES", Integer.toString(megabytes))),
                Optional.empty()));
    Eventually.within(
        PATIENCE, "the job ends", () -> job(client, pipeline.id()).finishedAt().isPresent());
    var job = job(client, pipeline.id());
    var length = 0L;
    for (var chunk = client.jobLog(job.id(), 0);
        chunk.to() > chunk.from();
        chunk = client.jobLog(job.id(), chunk.to())) {
      length = chunk.to();
    }
    assertThat(length).isGreaterThanOrEqualTo((long) megabytes << 20);
    return length;
  }

  private static Job job(FleetwrightClient client, long pipeline) throws InterruptedException {
    return client.jobs(pipeline).getFirst();
  }

  /// A file at the limit of what is read, with a mistake in each line.
  private static int longFile(FleetwrightClient client, int lines) throws InterruptedException {
    var text = new StringBuilder("job:\n  script: [true]\n");
    for (var line = 0; line < lines; line++) {
      text.append("k").append(Integer.toString(line, 36)).append(": 1\n");
    }
    var answer = client.lint(new Lint(Map.of(".gitlab-ci.yml", text.toString())));
    assertThat(answer.problems()).isNotEmpty();
    return answer.problems().size();
  }

  /// Open streams of events all at once, and read a little of each.
  ///
  /// @return how many were let in; the others were told why not
  private static int streams(ServerInAProcess server, FleetwrightClient client, int count)
      throws Exception {
    var sockets = new ArrayList<Socket>();
    var token = server.token();
    var address = client.server();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var opening = new ArrayList<Callable<Integer>>();
      for (var i = 0; i < count; i++) {
        var socket = new Socket();
        sockets.add(socket);
        opening.add(() -> {
          socket.connect(
              new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()),
              60_000);
          socket.setSoTimeout(120_000);
          socket
              .getOutputStream()
              .write(
                  ("GET /api/v1/events?after=0 HTTP/1.1\r\nHost: "
                          + address.getAuthority()
                          + "\r\nAuthorization: Bearer "
                          + token
                          + "\r\n\r\n")
                      .getBytes(StandardCharsets.US_ASCII));
          var start = socket.getInputStream().readNBytes(12);
          return Integer.parseInt(new String(start, 9, 3, StandardCharsets.US_ASCII));
        });
      }
      var statuses = new ArrayList<Integer>();
      for (var one : threads.invokeAll(opening)) {
        statuses.add(one.get());
      }
      assertThat(statuses).isSubsetOf(200, 429, 503);
      // With all of them open it answers others.
      assertThat(client.projects(1).items()).hasSize(1);
      return (int) statuses.stream().filter(s -> s == 200).count();
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }

  /// In KiB; proc(5).
  private static long resident(long pid) throws IOException {
    var status = Path.of("/proc/" + pid + "/status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(l -> l.startsWith("VmRSS:"))
            .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
            .findFirst()
            .orElse(0)
        : 0;
  }

  private void repository() throws IOException, GitAPIException {
    var repository = folder.resolve("app");
    try (var git = Git.init().setInitialBranch("main").setDirectory(repository.toFile()).call()) {
      Files.createDirectories(repository);
      Files.writeString(
          repository.resolve(".gitlab-ci.yml"),
          """
          print:
            script:
              - head -c "${MEGABYTES:-1}M" /dev/zero | tr '\\0' x
          """);
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
