package dev.fleetwright.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Show what a deploy would change; changes nothing.")
final class PlanCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();
  @Mixin private Wanted wanted = new Wanted();

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      var plan = client.plan(wanted.request(client, Optional.empty(), Optional.empty()));
      output.result(plan, Wanted.words(plan));
      return ExitCode.DONE;
    }
  }
}
