package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One short question to a container engine.
final class EngineCall {

  private static final int MOST_OUTPUT = 1 << 20;

  /// What came of it.
  ///
  /// @param exitCode 0 when it was done
  /// @param output what it printed, also as errors
  record Answer(int exitCode, String output) {
    boolean done() {
      return exitCode == 0;
    }

    /// The last line, which is where engines say what is wrong.
    String problem() {
      return output.lines().filter(l -> !l.isBlank()).reduce((_, last) -> last).orElse("no answer");
    }
  }

  private EngineCall() {}

  /// Ask. Interruption and the end of the time end the question with KILL.
  ///
  /// @throws IOException also when it took too long
  static Answer of(List<String> command, Duration most) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    try {
      var output = new CompletableFuture<String>();
      var _ =
          Thread.ofVirtual().name("answer-of-" + process.pid()).start(() -> read(process, output));
      if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "`%s` did not answer within %d s".formatted(shown(command), most.toSeconds()));
      }
      return new Answer(process.exitValue(), output.get(5, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("reading what `" + shown(command) + "` answered", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Ask, and go on asking while interrupted: for cleaning up. The interrupt is kept.
  static Answer evenIfInterrupted(List<String> command, Duration most) throws IOException {
    var interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return of(command, most);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void read(Process process, CompletableFuture<String> output) {
    try (var in = process.getInputStream()) {
      var text = new String(in.readNBytes(MOST_OUTPUT), UTF_8);
      in.transferTo(java.io.OutputStream.nullOutputStream());
      output.complete(text.strip());
    } catch (IOException e) {
      output.completeExceptionally(e);
    }
  }

  private static String shown(List<String> command) {
    return String.join(" ", command.subList(0, Math.min(3, command.size())));
  }
}
