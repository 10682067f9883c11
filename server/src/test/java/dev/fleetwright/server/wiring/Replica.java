package dev.fleetwright.server.wiring;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One of several servers on one PostgreSQL, as a process of its own: it can be killed, stopped and
/// told to go on. It is the whole server; only its targets are [EffectTarget]s.
final class Replica implements AutoCloseable {

  private final Process process;
  private final Path data;
  private final Path log;

  private Replica(Process process, Path data, Path log) {
    this.process = process;
    this.data = data;
    this.log = log;
  }

  /// What runs in the process.
  ///
  /// @param arguments data folder, shared folder, database, folder of effects
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var data = Path.of(arguments[0]);
    var effects = new EffectTarget(Path.of(arguments[3]));
    var options =
        new ServerOptions(
            data,
            Optional.of(Path.of(arguments[1])),
            Optional.empty(),
            Optional.of(arguments[2]),
            "127.0.0.1",
            0,
            Optional.empty(),
            true,
            ServerOptions.Jobs.USUAL,
            List.of(),
            Optional.empty(),
            false);
    try (var server =
        FleetwrightServer.startHere(
            options,
            kinds -> binding -> binding.kind().equals("local") ? effects : kinds.open(binding))) {
      Files.writeString(data.resolve("address.part"), server.uri().toString());
      Files.move(data.resolve("address.part"), data.resolve("address"));
      server.awaitStop();
    }
  }

  /// Start one; it is not ready yet.
  ///
  /// @param environment what it gets beside ours
  static Replica begin(
      Path data, Path shared, String database, Path effects, Map<String, String> environment)
      throws IOException {
    Files.createDirectories(data);
    Files.deleteIfExists(data.resolve("address"));
    var log = data.resolve("output.log");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Replica.class.getName(),
            data.toString(),
            shared.toString(),
            database,
            effects.toString()));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return new Replica(builder.start(), data, log);
  }

  Replica ready() {
    Eventually.within(
        Duration.ofMinutes(2),
        () -> "a server is ready: " + output(),
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("the server ended: " + output());
          }
          return Files.exists(data.resolve("address")) && status("/readyz") == 200;
        });
    return this;
  }

  URI uri() {
    try {
      return URI.create(Files.readString(data.resolve("address")));
    } catch (IOException e) {
      throw new AssertionError("a server that is not ready", e);
    }
  }

  FleetwrightClient client(String token) {
    return new FleetwrightClient(uri(), token);
  }

  /// 0 when there is no answer.
  int status(String path) {
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var request =
          HttpRequest.newBuilder(URI.create(uri() + path)).timeout(Duration.ofSeconds(2)).build();
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException _) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  long pid() {
    return process.pid();
  }

  boolean lives() {
    return process.isAlive();
  }

  /// Such as `STOP`, `CONT` or `TERM`.
  void signal(String name) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + " " + pid() + " failed");
    }
  }

  /// Wait until it has ended by itself.
  void awaitEnd(Duration most) throws InterruptedException {
    if (!process.waitFor(most.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("the server has not ended within " + most + ": " + output());
    }
  }

  /// How often its log says something.
  long mentions(String words) {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(words)).count();
    } catch (IOException e) {
      throw new AssertionError("reading " + log, e);
    }
  }

  String output() {
    try {
      var text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - 20_000));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }

  /// `kill -9`.
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
