package dev.fleetwright.cli;

import dev.fleetwright.api.Drain;
import dev.fleetwright.api.FleetwrightClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = {
      "Stop a server in order: it takes no more work, finishes the steps and jobs under way,",
      "and hands over what is left to the other servers, or to its own next start."
    })
final class DrainCommand implements Callable<Integer> {

  private static final Duration GLANCE = Duration.ofMillis(200);

  /// What closing takes after the last step.
  private static final Duration CLOSING = Duration.ofSeconds(10);

  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      description = {
        "How long steps and jobs under way may take before they too are handed over, 25 by",
        "default. A script that is cut short is not run again by itself: give it the time."
      })
  private long within = Drain.USUAL_SECONDS;

  @Option(names = "--no-wait", description = "Do not wait until the server has ended.")
  private boolean noWait;

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      var drain = client.drain(new Drain.Wish(Optional.of(within)));
      if (noWait) {
        output.result(drain, List.of("The server at " + client.server() + " is draining."));
        return ExitCode.DONE;
      }
      var gone = awaitEnd(client);
      output.result(
          drain,
          List.of(
              gone
                  ? "The server at " + client.server() + " has stopped and handed over."
                  : "The server at " + client.server() + " is still there; look at its log."));
      return gone ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private boolean awaitEnd(FleetwrightClient client) throws InterruptedException {
    var giveUpAt = System.nanoTime() + Duration.ofSeconds(within).plus(CLOSING).toNanos();
    while (System.nanoTime() < giveUpAt) {
      if (!client.answers()) {
        return true;
      }
      TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
    }
    return false;
  }
}
