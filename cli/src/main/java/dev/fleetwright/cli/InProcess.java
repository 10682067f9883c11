package dev.fleetwright.cli;

import dev.fleetwright.api.RunningServer;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.api.ServerProcess;
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
}
