package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "gate",
    mixinStandardHelpOptions = true,
    description = "What a deploy waits for, and letting it through.",
    subcommands = {GateCommand.Show.class, GateCommand.Open.class, GateCommand.Close.class})
final class GateCommand {

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the closed gates of a deploy, each with what would open it.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "DEPLOY-ID")
    private long deploy;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now = client.deploy(deploy).deploy();
        output.result(now.gates(), List.of(Following.words(now)));
        return ExitCode.DONE;
      }
    }
  }

  /// A decision about one gate.
  abstract static class Decide implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "DEPLOY-ID")
    private long deploy;

    @Parameters(
        index = "1",
        paramLabel = "GATE",
        description = "As `gate list` names it, such as freeze or load-test.")
    private String gate = "";

    @Option(
        names = "--reason",
        description = "Why; kept in the ledger. Needed to open a gate that a rule keeps closed.")
    private @Nullable String reason;

    private final boolean open;

    Decide(boolean open) {
      this.open = open;
    }

    @Override
    public final Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now =
            client.decideGate(
                deploy, gate, new Deploy.DecideGate(open, Optional.ofNullable(reason)));
        output.result(now, List.of(Following.words(now)));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "open",
      mixinStandardHelpOptions = true,
      description = "Open a gate for this deploy: say that a check passed, or override a rule.")
  static final class Open extends Decide {
    Open() {
      super(true);
    }
  }

  @Command(
      name = "close",
      mixinStandardHelpOptions = true,
      description = "Close a gate: say that a check failed, or take an override back.")
  static final class Close extends Decide {
    Close() {
      super(false);
    }
  }
}
