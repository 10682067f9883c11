package dev.fleetwright.cli;

import dev.fleetwright.api.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "hold",
    mixinStandardHelpOptions = true,
    description = {
      "An environment that is held takes no release by itself: no promotion, no `auto`. People can",
      "deploy. Going back to something older holds an environment by itself."
    },
    subcommands = {HoldCommand.Listing.class, HoldCommand.Set.class, HoldCommand.Lift.class})
final class HoldCommand {

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the environments that are held, by whom, since when and why.")
  static final class Listing implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var holds = client.holds();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("PROJECT", "ENVIRONMENT", "HELD BY", "SINCE", "REASON"));
        for (var held : holds) {
          rows.add(
              List.of(
                  held.project(),
                  Terminal.clean(held.environment()),
                  Terminal.clean(held.hold().by()),
                  Terminal.ago(held.hold().since()),
                  Terminal.clean(held.hold().reason())));
        }
        output.result(holds, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = "Let an environment take nothing by itself until the hold is lifted.")
  static final class Set implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();
    @Mixin private EnvironmentParameters place = new EnvironmentParameters();

    @Option(names = "--reason", description = "Why; shown to everybody who wonders.")
    private @Nullable String reason;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now =
            client.hold(
                place.project(),
                place.environment(),
                new Environment.SetHold(Optional.ofNullable(reason)));
        output.result(now, List.of(words(now)));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "lift",
      mixinStandardHelpOptions = true,
      description = {
        "Let an environment take again what it would have taken, also what was there before the",
        "hold."
      })
  static final class Lift implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();
    @Mixin private EnvironmentParameters place = new EnvironmentParameters();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now = client.liftHold(place.project(), place.environment());
        output.result(now, List.of(words(now)));
        return ExitCode.DONE;
      }
    }
  }

  private static String words(Environment environment) {
    var name = Terminal.clean(environment.name());
    return environment
        .hold()
        .map(hold ->
            "%s is held by %s%s"
                .formatted(
                    name,
                    Terminal.clean(hold.by()),
                    hold.reason().isBlank() ? "" : ": " + Terminal.clean(hold.reason())))
        .orElse(name + " takes releases by itself again");
  }
}
