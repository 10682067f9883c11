package dev.fleetwright.adapters.shell;

import java.io.IOException;
import java.nio.file.Path;

/// A server that runs a job, to be killed meanwhile.
final class JobServer {

  private JobServer() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var script = new String[arguments.length - 1];
    System.arraycopy(arguments, 1, script, 0, script.length);
    try (var workshop = Workshop.open(Path.of(arguments[0]))) {
      workshop.job(script).run();
    }
  }
}
