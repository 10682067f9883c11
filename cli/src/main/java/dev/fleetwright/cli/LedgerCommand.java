package dev.fleetwright.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ledger",
    mixinStandardHelpOptions = true,
    description = "The record of everything that changed.",
    subcommands = LedgerCommand.Verify.class)
final class LedgerCommand {

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Check that no record was changed, taken out or put in.")
  static final class Verify implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var check = client.checkLedger();
        var faults =
            check.streams().stream().flatMap(s -> s.fault().map(Terminal::clean).stream()).toList();
        output.result(
            check,
            check.intact()
                ? List.of("The ledger is intact: " + check.streams().size() + " stream(s).")
                : faults);
        return check.intact() ? ExitCode.DONE : ExitCode.FAILED;
      }
    }
  }
}
