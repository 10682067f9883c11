package dev.fleetwright.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Measures from the start of a process to its first answer, and what it holds in memory when it
/// has nothing to do; ours beside a bare JVM, in turns, so that both see the same machine.
///
/// Run by the script `bench/start-up`. Arguments: the checkout, the JDK, how many rounds, how many
/// seconds of idleness before memory is read.
final class StartUp {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  /// One way to start something.
  ///
  /// @param command with `PORT` and `DATA` where those belong
  /// @param path that answers 200 when it is ready
  /// @param freshData whether it starts without data, and so makes its tables first
  private record Contender(
      String name,
      List<String> command,
      Map<String, String> environment,
      String path,
      boolean freshData) {}

  private record Seen(List<Double> milliseconds, List<Double> mebibytes) {}

  private StartUp() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    var home = Path.of(args[0]);
    var java = Path.of(args[1], "bin", "java").toString();
    var rounds = Integer.parseInt(args[2]);
    var idle = Duration.ofSeconds(Long.parseLong(args[3]));
    var scratch = Files.createTempDirectory("fleetwright-start-up");
    try {
      var ours =
          List.of(
              home.resolve("fleetwright").toString(), "server", "--port", "PORT", "--data", "DATA");
      var classes = System.getProperty("java.class.path");
      var bare =
          List.of(java, "-XX:+UseSerialGC", "-cp", classes, BareServer.class.getName(), "PORT");
      var contenders =
          List.of(
              new Contender("fleetwright", ours, Map.of(), "/readyz", false),
              new Contender("bare JVM", bare, Map.of(), "/", false),
              new Contender(
                  "fleetwright, no AOT cache",
                  ours,
                  Map.of("FLEETWRIGHT_AOT", "off"),
                  "/readyz",
                  false),
              new Contender("fleetwright, first start", ours, Map.of(), "/readyz", true));

      // Not counted: makes the tables, and brings all files into the page cache.
      for (var contender : contenders) {
        run(contender, scratch, Duration.ZERO);
      }
      var seen = new LinkedHashMap<Contender, Seen>();
      for (var round = 1; round <= rounds; round++) {
        for (var contender : contenders) {
          System.err.printf("round %d of %d: %s%n", round, rounds, contender.name());
          var one = run(contender, scratch, idle);
          var all =
              seen.computeIfAbsent(contender, _ -> new Seen(new ArrayList<>(), new ArrayList<>()));
          all.milliseconds().addAll(one.milliseconds());
          all.mebibytes().addAll(one.mebibytes());
        }
      }
      print(seen, rounds, idle);
    } finally {
      delete(scratch);
    }
  }

  private static Seen run(Contender contender, Path scratch, Duration idle)
      throws IOException, InterruptedException {
    var port = freePort();
    var data = scratch.resolve(contender.freshData() ? "data-" + port : "data");
    var command = new ProcessBuilder();
    command.environment().putAll(contender.environment());
    command.command(
        contender.command().stream()
            .map(a ->
                a.equals("PORT") ? Integer.toString(port) : a.equals("DATA") ? data.toString() : a)
            .toList());
    var output = scratch.resolve("output");
    command.redirectErrorStream(true).redirectOutput(output.toFile());

    var began = System.nanoTime();
    var process = command.start();
    try {
      while (!answers200(port, contender.path())) {
        if (!process.isAlive() || System.nanoTime() - began > LONGEST.toNanos()) {
          throw new IOException(
              contender.name() + " does not get ready: " + Files.readString(output));
        }
        Thread.sleep(2);
      }
      var milliseconds = (System.nanoTime() - began) / 1e6;
      if (idle.isZero()) {
        return new Seen(List.of(milliseconds), List.of());
      }
      Thread.sleep(idle.toMillis());
      return new Seen(List.of(milliseconds), List.of(resident(process.pid())));
    } finally {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      if (contender.freshData()) {
        delete(data);
      }
    }
  }

  /// One plain request on a connection of its own. An HTTP client would first have to warm up.
  private static boolean answers200(int port, String path) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket.setSoTimeout(5000);
      var request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      return status.endsWith(" 200");
    } catch (IOException e) {
      return false; // nobody listens yet
    }
  }

  /// The resident memory of a process, in MiB. `ps` gives kibibytes, on Linux and on macOS.
  private static double resident(long pid) throws IOException {
    var ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
    try (var out = ps.inputReader(StandardCharsets.US_ASCII)) {
      return Double.parseDouble(out.readLine().strip()) / 1024;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void print(Map<Contender, Seen> seen, int rounds, Duration idle) {
    System.out.printf(
        "%d rounds in turns; JDK %s, %s, %d processors%n%n",
        rounds,
        Runtime.version(),
        System.getProperty("os.name"),
        Runtime.getRuntime().availableProcessors());
    System.out.printf(
        "%-28s %-34s %s%n",
        "", "ready after (median, range)", "resident after " + idle.toSeconds() + " s idle");
    seen.forEach((contender, all) ->
        System.out.printf(
            "%-28s %-34s %s%n",
            contender.name(),
            summary(all.milliseconds(), "ms"),
            all.mebibytes().isEmpty() ? "" : summary(all.mebibytes(), "MiB")));
  }

  private static String summary(List<Double> values, String unit) {
    var sorted = values.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.0f %s (%.0f to %.0f)",
        sorted.get(sorted.size() / 2),
        unit,
        sorted.getFirst(),
        sorted.getLast());
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
