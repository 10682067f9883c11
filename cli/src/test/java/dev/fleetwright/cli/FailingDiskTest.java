package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Token;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real server whose disk fails under it.
@Timeout(120)
class FailingDiskTest {

  @TempDir Path folder;

  @Test
  @Tag("R11")
  void a_server_whose_fsync_failed_says_so_and_ends_and_has_what_it_acknowledged()
      throws IOException, InterruptedException {
    var strace = Needs.tool("strace");
    var data = folder.resolve("data");
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      client.makeToken(new Token.Make("before"));
      var failing = failSyncs(strace, server.pid());

      assertThatThrownBy(() -> client.makeToken(new Token.Make("never acknowledged")))
          .isInstanceOf(RuntimeException.class);

      assertThat(server.awaitDeath()).isEqualTo(ExitCode.UNREACHABLE);
      var said = server.output().lines().toList();
      assertThat(said.get(said.size() - 2))
          .startsWith("fleetwright: the server had to stop: writing " + data)
          .contains("SQLITE_IOERR_FSYNC");
      assertThat(said.getLast())
          .isEqualTo("  What it had acknowledged is kept. See to the disk, then start it again.");
      failing.destroyForcibly().onExit().join();
    }

    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      assertThat(client.tokens()).extracting(Token::name).contains("root", "before");
      client.makeToken(new Token.Make("after"));
    }
  }

  /// From now on no `fsync` of the process succeeds.
  private static Process failSyncs(Path strace, long pid) throws IOException {
    var process =
        new ProcessBuilder(
                strace.toString(),
                "--follow-forks",
                "--attach=" + pid,
                "--trace=fsync,fdatasync",
                "--inject=fsync,fdatasync:error=EIO")
            .redirectErrorStream(true)
            .start();
    // It says which threads it follows as soon as it does.
    var said = process.inputReader().readLine();
    Needs.that(
        said != null && said.contains("attached"), "strace that may follow a process: " + said);
    return process;
  }
}
