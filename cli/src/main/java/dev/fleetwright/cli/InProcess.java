package dev.fleetwright.cli;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.RunningServer;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.api.ServerProcess;
import java.nio.file.Path;
import java.util.ServiceLoader;

/// Starts a server in this process. The command line knows no class of the server; it is there when
/// the server's jar is.
final class InProcess {

  private InProcess() {}

  static RunningServer start(ServerOptions options) {
    return ServiceLoader.load(ServerProcess.class)
        .findFirst()
        .orElseThrow(() ->
            new Refusal(
                ExitCode.UNREACHABLE,
                "this installation has only the command line; the server is not part of it"))
        .start(options);
  }

  /// Wait until it has stopped.
  ///
  /// @throws Refusal if it stopped by itself
  static void awaitStop(RunningServer server) throws InterruptedException {
    server.awaitStop();
    server
        .failure()
        .ifPresent(what -> {
          throw new Refusal(
              ExitCode.UNREACHABLE,
              "the server had to stop: "
                  + what
                  + "\n  What it had acknowledged is kept. See to the disk, then start it again.");
        });
  }

  /// A client of such a server, as its first administrator.
  ///
  /// @param data the server's data folder, where the token is after the first start
  static FleetwrightClient client(RunningServer server, Path data) {
    var token =
        server
            .bootstrapToken()
            .or(() -> new LocalServer(data, server.uri()).token())
            .orElseThrow(() ->
                new Refusal(
                    ExitCode.REFUSED,
                    "the administrator's token is gone; delete " + data + " to start afresh"));
    return new FleetwrightClient(server.uri(), token);
  }
}
