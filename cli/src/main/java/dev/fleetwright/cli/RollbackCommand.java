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
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Take an environment back to what an earlier deploy brought, from stored bytes: the",
      "pipeline, the branch and the tag may be gone. Without --to, to the newest that is possible."
    })
final class RollbackCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();
  @Mixin private EnvironmentParameters place = new EnvironmentParameters();

  @Option(
      names = "--list",
      description = "Only list what can be gone back to now, and why not to the rest.")
  private boolean list;

  @Option(names = "--to", paramLabel = "DEPLOY-ID", description = "As `env show` lists them.")
  private @Nullable Long to;

  @Option(names = "--reason", description = "Why; kept with the deploy.")
  private @Nullable String reason;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      var ways = client.waysBack(place.project(), place.environment(), true);
      if (list) {
        output.result(ways, table(ways));
        return ExitCode.DONE;
      }
      var way =
          ways.stream()
              .filter(w -> to == null ? w.possible() && !w.left() : w.deploy() == to)
              .findFirst()
              .orElseThrow(() ->
                  new Refusal(
                      ExitCode.REFUSED,
                      "there is nothing to go back to; `fleetwright rollback --list %s %s` says why"
                          .formatted(place.project(), place.environment())));
      if (!way.possible()) {
        throw new Refusal(
            ExitCode.REFUSED,
            "cannot go back to %s: %s".formatted(way.label(), way.hindrance().orElse("")));
      }
      if (!yes
          && !output.json()
          && !Question.yes(
              "Take " + place.environment() + " back to " + Terminal.clean(way.label()) + "?")) {
        output.line("Nothing was done.");
        return ExitCode.DONE;
      }
      var deploy =
          client.goBack(
              place.project(),
              place.environment(),
              new Environment.GoBack(Optional.of(way.deploy()), Optional.ofNullable(reason)));
      return new Following(client, output).toTheEnd(deploy.id());
    }
  }

  /// The ways back for people.
  static List<String> table(List<Environment.WayBack> ways) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("DEPLOY", "VERSION", "CAN BE GONE BACK TO", "AS SAID BY"));
    for (var way : ways) {
      rows.add(
          List.of(
              Long.toString(way.deploy()),
              Terminal.clean(way.label()),
              way.possible()
                  ? way.left() ? "yes, with --to: somebody went back from it" : "yes"
                  : "no: " + Terminal.orDash(way.hindrance()),
              way.askedAt().map(at -> "its targets " + Terminal.ago(at)).orElse("the record")));
    }
    return Terminal.table(rows);
  }
}
