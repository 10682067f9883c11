package dev.fleetwright.cli;

import dev.fleetwright.api.Environment;
import dev.fleetwright.api.Plan;
import dev.fleetwright.api.Release;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = {
      "Bring a release into an environment, exactly as the plan says that is shown first.",
      "When something moves between the plan and the deploy, the deploy is refused."
    })
final class DeployCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();
  @Mixin private Wanted wanted = new Wanted();

  @Option(names = "--plan", paramLabel = "HASH", description = "Only if this is still the plan.")
  private @Nullable String plan;

  @Option(names = "--reason", description = "Why; kept with the deploy.")
  private @Nullable String reason;

  @Option(
      names = "--not-before",
      paramLabel = "TIME",
      converter = Later.Reader.class,
      description = {
        "When it may begin at the earliest: 2026-12-01T09:00 by the clocks here, or with a zone",
        "as in 2026-12-01T09:00Z or 2026-12-01T09:00+01:00."
      })
  private @Nullable Later notBefore;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Option(names = "--no-wait", description = "Return as soon as the deploy is recorded.")
  private boolean noWait;

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      var preview = client.plan(wanted.request(client, Optional.empty(), Optional.empty()));
      Wanted.words(preview).forEach(output::line);
      warning(client.environment(preview.project(), preview.environment()), preview)
          .ifPresent(output::line);
      if (!yes && plan == null && !output.json() && !Question.yes("Deploy this?")) {
        output.line("Nothing was done.");
        return ExitCode.DONE;
      }
      // One key for this run of the command: a request that is repeated after a lost answer does
      // not deploy twice.
      var deploy =
          client.deploy(
              wanted.request(
                  client,
                  Optional.of(Optional.ofNullable(plan).orElse(preview.hash())),
                  Optional.ofNullable(reason),
                  Optional.ofNullable(notBefore).map(Later::toInstant)),
              UUID.randomUUID().toString());
      if (noWait) {
        output.result(deploy, List.of(Following.words(deploy)));
        return ExitCode.DONE;
      }
      output.line(Following.words(deploy));
      return new Following(client, output).toTheEnd(deploy.id());
    }
  }

  /// What people should know before they bring something older.
  private static Optional<String> warning(Environment environment, Plan plan) {
    return environment.live().stream()
        .flatMap(live -> live.release().stream())
        .filter(runs -> plan.release().filter(r -> r.number() < runs.number()).isPresent())
        .max(Comparator.comparingLong(Release.Brief::number))
        .map(runs ->
            "  goes back: %s runs there now, and %s is older%s"
                .formatted(
                    runs.version(),
                    plan.release().map(Release.Brief::version).orElse("this"),
                    environment.policy().promoted() || environment.policy().auto().isPresent()
                        ? "; the environment will take nothing by itself until the hold is lifted"
                        : ""));
  }
}
