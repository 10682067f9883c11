package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The n-th `fsync` of a server fails, for each n: it stops there, and nothing that it had
/// acknowledged is lost (recipe R11).
@Tag("R11")
class FailedSyncTest {

  /// So many commits after the failure at most, should nobody notice it.
  private static final int MORE = 50;

  @TempDir private Path folder;

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void a_server_whose_nth_fsync_fails_stops_and_has_lost_nothing() throws Exception {
    var strace = Needs.tool("strace");
    var last = commits(List.of(), 5).getLast();
    KillTest.check(folder, last);
    var tries = Recipe.times(8, 300);
    var stopped = 0;
    for (var n = 1; n <= tries; n++) {
      var calls = folder.resolveSibling("calls");
      var acknowledged = commits(failing(strace, n, calls), n + MORE);
      if (acknowledged.size() == n + MORE) {
        // SQLite syncs the folder when it has made a file, as we have done before, and takes no
        // notice when that fails.
        assertThat(failed(calls)).as("failed unnoticed").isDirectory();
      } else {
        stopped++;
      }
      // Nothing, when it failed while it opened.
      last = acknowledged.isEmpty() ? last : acknowledged.getLast();
      KillTest.check(folder, last);
    }
    Recipe.report("R11", "failed_fsyncs=%d stopped=%d lost=0".formatted(tries, stopped));
    assertThat(stopped).as("failures that ended it").isGreaterThan(tries / 2);
  }

  /// What could not be synced.
  private static Path failed(Path calls) throws IOException {
    var line =
        Files.readAllLines(calls).stream()
            .filter(l -> l.contains("INJECTED"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no call has failed"));
    return Path.of(line.substring(line.indexOf('<') + 1, line.indexOf('>')));
  }

  /// Counted in the one thread that writes.
  private static List<String> failing(Path strace, int nth, Path calls) {
    return List.of(
        strace.toString(),
        "--follow-forks",
        "--seccomp-bpf",
        "--quiet=all",
        "--decode-fds=path",
        "--output=" + calls,
        "--trace=fsync,fdatasync",
        "--inject=fsync,fdatasync:error=EIO:when=" + nth);
  }

  /// Commit until it fails, or so many times.
  ///
  /// @return the numbers that were acknowledged
  private List<Long> commits(List<String> under, int most)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(under);
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            KillTest.Committing.class.getName(),
            folder.toString()));
    var child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var numbers = new ArrayList<Long>();
    try (var lines = child.inputReader()) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        numbers.add(Long.parseLong(line));
        if (numbers.size() == most) {
          child.descendants().forEach(ProcessHandle::destroyForcibly);
          child.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(child.waitFor()).as("it ended by itself").isNotZero();
    return numbers;
  }
}
