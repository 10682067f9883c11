package dev.fleetwright.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = "Agree to the plan of a waiting deploy, after it was shown.")
final class ApproveCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "DEPLOY-ID")
  private long deploy;

  @Option(
      names = "--plan",
      paramLabel = "HASH",
      description = "The plan that you agree to, seen before; else it is shown and asked for.")
  private @Nullable String plan;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      var hash = plan;
      if (hash == null) {
        var shown =
            client
                .deploy(deploy)
                .plan()
                .orElseThrow(
                    () -> new Refusal(ExitCode.REFUSED, "deploy " + deploy + " has no plan yet"));
        Wanted.words(shown).forEach(output::line);
        if (!yes && !output.json() && !Question.yes("Approve this?")) {
          output.line("Nothing was done.");
          return ExitCode.DONE;
        }
        hash = shown.hash();
      }
      var approved = client.approve(deploy, hash);
      output.result(approved, List.of(Following.words(approved)));
      return ExitCode.DONE;
    }
  }
}
