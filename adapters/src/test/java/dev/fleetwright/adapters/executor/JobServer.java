package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A server that runs a job, to be killed meanwhile, or to be given another machine's programs.
final class JobServer {

  private JobServer() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var script = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
    var image = script.getFirst().startsWith("--in=") ? script.removeFirst().substring(5) : "";
    try (var workshop = Workshop.open(Path.of(arguments[0]))) {
      var job = workshop.job(script.toArray(String[]::new));
      var outcome = (image.isEmpty() ? job : job.in(image)).run();
      System.out.println(job.log() + "\n" + outcome.ending());
    }
  }
}
