package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One shell that runs one script, in a session of its own, with a guard beside it.
///
/// The guard is a second small process outside the job. It reads from a pipe that this server
/// holds: when the server dies, by whatever signal, the pipe ends and the guard ends the job. The
/// shell in turn does not begin before the guard is there, and never begins if the server dies
/// first.
final class JobProcess implements ScriptRun {

  private static final String WAIT_FOR_GUARD = "read -r go && exec \"$@\" </dev/null";

  // `$1` leads the job's session and process group, `$2` is the mark of the job's processes. Two
  // rounds of TERM with a second each, then KILL: nothing is left four seconds after the server.
  private static final String GUARD =
      """
      read -r word
      [ "$word" = done ] && exit 0
      members() {
        grep -lsF "$1" /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
      }
      end() {
        kill -s "$1" -- "-$2" 2>/dev/null
        for pid in $(members "$3"); do kill -s "$1" "$pid" 2>/dev/null; done
      }
      for signal in TERM TERM KILL KILL; do
        end "$signal" "$1" "$2"
        sleep 1
        kill -s 0 -- "-$1" 2>/dev/null || [ -n "$(members "$2")" ] || exit 0
      done
      """;

  /// Ways to lead a session: util-linux and busybox have `setsid`, macOS has Perl.
  private static final List<List<String>> SESSIONS =
      List.of(
          List.of("setsid"),
          List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV"));

  private static final Duration OUTPUT_ENDS_WITHIN = Duration.ofSeconds(2);

  private final Process shell;
  private final Process guard;
  private final String mark;
  private final Thread output;

  private JobProcess(Process shell, Process guard, String mark, Thread output) {
    this.shell = shell;
    this.guard = guard;
    this.mark = mark;
    this.output = output;
  }

  /// Start a script.
  ///
  /// @param environment all of it; nothing is inherited
  /// @throws IOException when it was not started; nothing of it ran
  static JobProcess start(
      Path script, Map<String, String> environment, Path folder, String mark, JobConsole console)
      throws IOException {
    var shell = spawn(shellCommand(script), environment, folder);
    try {
      var tools = Map.of("PATH", Machine.path(), "LC_ALL", "C");
      var guard =
          spawn(
              List.of("/bin/sh", "-c", GUARD, "guard", Long.toString(shell.pid()), mark),
              tools,
              Path.of("/"));
      var output =
          Thread.ofPlatform()
              .daemon()
              .name("output-of-" + shell.pid())
              .start(() -> copy(shell, console));
      var process = new JobProcess(shell, guard, mark, output);
      try (var word = shell.getOutputStream()) {
        word.write('\n');
      } catch (IOException e) {
        process.close(); // the guard; what there is of the shell is ended below
        throw e;
      }
      return process;
    } catch (IOException e) {
      shell.destroyForcibly();
      throw e;
    }
  }

  @Override
  public boolean waitFor(Duration most) throws InterruptedException {
    return shell.waitFor(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS);
  }

  @Override
  public Ending ending() {
    return Endings.of(shell.exitValue()); // 128 and more for a signal
  }

  @Override
  public boolean end(Duration patience) {
    var ended = JobProcesses.end(() -> JobProcesses.of(mark, shell.pid()), patience);
    var interrupted = Thread.interrupted();
    try {
      // Whoever still holds the pipe escaped us; its output is not waited for.
      output.join(OUTPUT_ENDS_WITHIN);
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended && !output.isAlive();
  }

  /// Send the guard home.
  @Override
  public void close() {
    try (var word = guard.getOutputStream()) {
      word.write("done\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    } catch (IOException _) {
      // It is gone, and so is what it was for.
    }
  }

  private static Process spawn(List<String> command, Map<String, String> environment, Path folder)
      throws IOException {
    var all = new ArrayList<String>();
    SESSIONS.stream()
        .filter(way -> Machine.find(way.getFirst()).isPresent())
        .findFirst()
        .ifPresent(way -> {
          all.add(Machine.find(way.getFirst()).orElseThrow().toString());
          all.addAll(way.subList(1, way.size()));
        });
    all.addAll(command);
    var builder = new ProcessBuilder(all).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static List<String> shellCommand(Path script) {
    var bash = Machine.find("bash");
    var shell =
        bash.isPresent()
            ? Stream.of(bash.get().toString(), "--noprofile", "--norc")
            : Stream.of("/bin/sh");
    return Stream.concat(
            Stream.of("/bin/sh", "-c", WAIT_FOR_GUARD, "job"),
            Stream.concat(shell, Stream.of(script.toString())))
        .toList();
  }

  static void copy(Process shell, JobConsole console) {
    var bytes = new byte[1 << 14];
    try (var in = shell.getInputStream()) {
      for (var count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        console.print(bytes, 0, count);
      }
    } catch (IOException _) {
      // The last process that held the other end was killed.
    }
  }
}
