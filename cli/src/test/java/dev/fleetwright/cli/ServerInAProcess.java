package dev.fleetwright.cli;

import dev.fleetwright.api.FleetwrightClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `fleetwright server` as a process of its own, so that it can be killed.
final class ServerInAProcess implements AutoCloseable {

  private static final String OUTPUT = "server-output.log";

  private final Process process;
  private final Path data;
  private final int port;

  private ServerInAProcess(Process process, Path data, int port) {
    this.process = process;
    this.data = data;
    this.port = port;
  }

  static ServerInAProcess start(Path data, String... jvmOptions)
      throws IOException, InterruptedException {
    var server = begin(data, jvmOptions);
    server.awaitReady();
    return server;
  }

  /// Start one that may die before it is ready.
  static ServerInAProcess begin(Path data, String... jvmOptions) throws IOException {
    var port = freePort();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(jvmOptions));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "dev.fleetwright.cli.Main",
            "server",
            "--allow-local-repositories",
            "--data",
            data.toString(),
            "--port",
            Integer.toString(port)));
    Files.createDirectories(data);
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(data.resolve(OUTPUT).toFile()))
            .start();
    return new ServerInAProcess(process, data, port);
  }

  private void awaitReady() throws IOException, InterruptedException {
    if (!awaitReadyOrDeath()) {
      throw new IOException("the server did not start: " + output());
    }
  }

  /// @return whether it is ready; false when it has died before
  boolean awaitReadyOrDeath() throws IOException, InterruptedException {
    for (var i = 0; i < 1200; i++) {
      if (!process.isAlive()) {
        return false;
      }
      if (Files.exists(data.resolve("admin-token"))) {
        try (var client = client()) {
          if (client.ready()) {
            return true;
          }
        }
      }
      Thread.sleep(50);
    }
    throw new IOException("the server is not ready: " + output());
  }

  FleetwrightClient client() {
    return new FleetwrightClient(address(), Connection.read(data.resolve("admin-token")));
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// The administrator's.
  String token() {
    return Connection.read(data.resolve("admin-token"));
  }

  boolean lives() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// What it has printed.
  String output() throws IOException {
    return Files.readString(data.resolve(OUTPUT));
  }

  /// Wait until it has died by itself.
  ///
  /// @return its exit code
  int awaitDeath() throws InterruptedException {
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      throw new AssertionError("the server was to die and lives");
    }
    return process.exitValue();
  }

  /// `kill -9`.
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
