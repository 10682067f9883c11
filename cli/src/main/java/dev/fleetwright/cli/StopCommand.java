package dev.fleetwright.cli;

import dev.fleetwright.api.Environment;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = "Take an environment down. That is a deploy too, and part of its history.")
final class StopCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();
  @Mixin private EnvironmentParameters place = new EnvironmentParameters();

  @Option(names = "--reason", description = "Why; kept with the deploy.")
  private @Nullable String reason;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      if (!yes && !output.json() && !Question.yes("Take " + place.environment() + " down?")) {
        output.line("Nothing was done.");
        return ExitCode.DONE;
      }
      var deploy =
          client.stop(
              place.project(),
              place.environment(),
              new Environment.Stop(Optional.ofNullable(reason)));
      return new Following(client, output).toTheEnd(deploy.id());
    }
  }
}
