package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What people want of a deploy that has not ended.
abstract class SteerCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "DEPLOY-ID")
  private long deploy;

  @Option(names = "--reason", description = "Why; kept with the deploy.")
  private @Nullable String reason;

  abstract Deploy ask(FleetwrightClient client, long deploy, Optional<String> reason)
      throws InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      var now = ask(client, deploy, Optional.ofNullable(reason));
      output.result(now, List.of(Following.words(now)));
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "reject",
      mixinStandardHelpOptions = true,
      description = "Disagree with a waiting deploy; it ends.")
  static final class Reject extends SteerCommand {
    @Override
    Deploy ask(FleetwrightClient client, long deploy, Optional<String> reason)
        throws InterruptedException {
      return client.reject(deploy, reason);
    }
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "End a deploy after the step under way; what was done stays.")
  static final class Cancel extends SteerCommand {
    @Override
    Deploy ask(FleetwrightClient client, long deploy, Optional<String> reason)
        throws InterruptedException {
      return client.cancel(deploy);
    }
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "Stop a deploy before its next step.")
  static final class Pause extends SteerCommand {
    @Override
    Deploy ask(FleetwrightClient client, long deploy, Optional<String> reason)
        throws InterruptedException {
      return client.pause(deploy);
    }
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Let a paused deploy go on.")
  static final class Resume extends SteerCommand {
    @Override
    Deploy ask(FleetwrightClient client, long deploy, Optional<String> reason)
        throws InterruptedException {
      return client.resume(deploy);
    }
  }

  @Command(
      name = "lift-quarantine",
      mixinStandardHelpOptions = true,
      description = {
        "Let a deploy be tried again whose tries all failed, or ended the server.",
        "Needs a --reason, which the ledger keeps."
      })
  static final class LiftQuarantine extends SteerCommand {
    @Override
    Deploy ask(FleetwrightClient client, long deploy, Optional<String> reason)
        throws InterruptedException {
      return client.liftQuarantine(deploy, reason);
    }
  }
}
