package dev.fleetwright.kubernetes.render;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Runs one program of the machine on one folder, with nothing else.
///
/// - No environment but a home folder of its own, and a `KUBECONFIG` that is empty.
/// - Where the kernel lets us (Linux with user namespaces): namespaces of its own for users,
///   processes and network, in which there is no network at all, not even `localhost`, and from
///   which nothing outlives the program.
/// - So much memory, processor time and so many files (`prlimit`), so much time, so much output.
///
/// Elsewhere, such as on macOS, time and output are limited, and that nothing is fetched rests on
/// what is looked at beforehand ([KustomizationCheck], [ChartCheck]).
final class Confined {

  /// What came of it.
  sealed interface Ended {
    /// It ended by itself.
    record Itself(int exit, String output, String errors) implements Ended {}

    record TooLong() implements Ended {}

    record TooMuch() implements Ended {}
  }

  private static final int LONGEST_COMPLAINT = 64 << 10;
  private static final int OPEN_FILES = 1_024;

  private static final List<String> NAMESPACES =
      List.of(
          "unshare",
          "--user",
          "--map-root-user",
          "--net",
          "--ipc",
          "--pid",
          "--fork",
          "--kill-child");

  private static final class Here {
    static final List<String> PREFIX = works(NAMESPACES) ? NAMESPACES : List.of();
    static final boolean LIMITS = works(List.of("prlimit", "--core=0"));
  }

  private final Limits limits;

  Confined(Limits limits) {
    this.limits = limits;
  }

  /// Whether programs run without a network here.
  static boolean withoutNetwork() {
    return !Here.PREFIX.isEmpty();
  }

  /// Where a program is, by the server's `PATH`.
  static Optional<Path> find(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .map(Path::toAbsolutePath)
        .findFirst();
  }

  /// @param home an empty folder that the program may write into
  Ended run(List<String> command, Path folder, Path home) throws IOException, InterruptedException {
    var whole = new ArrayList<>(Here.PREFIX);
    if (Here.LIMITS) {
      whole.addAll(
          List.of(
              "prlimit",
              "--core=0",
              "--data=" + limits.memory(),
              "--cpu=" + limits.time().toSeconds(),
              "--nofile=" + OPEN_FILES,
              "--fsize=" + limits.output()));
    }
    whole.addAll(command);
    var builder = new ProcessBuilder(whole).directory(folder.toFile());
    var environment = builder.environment();
    environment.clear();
    environment.put("HOME", home.toString());
    environment.put("TMPDIR", home.toString());
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("LANG", "C.UTF-8");
    environment.put("KUBECONFIG", "/dev/null");
    // Go's collector then works harder long before the limit ends the program.
    environment.put("GOMEMLIMIT", String.valueOf(limits.memory() / 2));
    environment.put("GOMAXPROCS", "2");
    var process = builder.start();
    try {
      OutputStream none = process.getOutputStream();
      none.close();
      return watch(process);
    } finally {
      // With it end all that it started: they are in a namespace whose first process it is.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Ended watch(Process process) throws IOException, InterruptedException {
    var output = new Reader(process.getInputStream(), limits.output());
    var errors = new Reader(process.getErrorStream(), LONGEST_COMPLAINT);
    var readers =
        List.of(
            Thread.ofVirtual().name("rendered output").start(output),
            Thread.ofVirtual().name("rendering errors").start(errors));
    var end = System.nanoTime() + limits.time().toNanos();
    // A program that writes too much is not waited for: it may write for ever.
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      if (output.full) {
        return new Ended.TooMuch();
      }
      if (System.nanoTime() - end > 0) {
        return new Ended.TooLong();
      }
    }
    for (var reader : readers) {
      reader.join(1_000);
    }
    return output.full
        ? new Ended.TooMuch()
        : new Ended.Itself(process.exitValue(), output.text(), errors.text());
  }

  /// Reads to the end, or as much as is allowed.
  private static final class Reader implements Runnable {
    private final InputStream from;
    private final int most;
    private byte[] read = new byte[0];
    private volatile boolean full;

    Reader(InputStream from, int most) {
      this.from = from;
      this.most = most;
    }

    @Override
    public void run() {
      try (from) {
        var bytes = from.readNBytes(most + 1);
        synchronized (this) {
          read = bytes;
        }
        full = bytes.length > most;
      } catch (IOException _) {
        // The program was ended while it wrote; what it said then does not matter.
      }
    }

    synchronized String text() {
      return new String(read, StandardCharsets.UTF_8);
    }
  }

  /// Whether this prefix lets a program run here.
  private static boolean works(List<String> prefix) {
    var command = new ArrayList<>(prefix);
    command.add("true");
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
