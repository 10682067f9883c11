package dev.fleetwright.cli;

import dev.fleetwright.api.Environment;
import dev.fleetwright.api.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "env",
    mixinStandardHelpOptions = true,
    description = "What runs where.",
    subcommands = {EnvironmentCommand.Matrix.class, EnvironmentCommand.Show.class})
final class EnvironmentCommand {

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List environments with what runs there.")
  static final class Matrix implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT", arity = "0..1", description = "Else of all projects.")
    private @Nullable String project;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var environments = new ArrayList<Environment>();
        if (project != null) {
          environments.addAll(client.environments(project));
        } else {
          for (var each : client.projects(1).items()) {
            environments.addAll(client.environments(each.name()));
          }
        }
        output.result(environments, Terminal.table(rows(environments)));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show one environment: what runs, what could be gone back to.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();
    @Mixin private EnvironmentParameters place = new EnvironmentParameters();

    record Shown(
        Environment environment,
        Environment.Observation observation,
        List<Environment.Version> versions,
        List<Environment.WayBack> waysBack) {}

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var shown =
            new Shown(
                client.environment(place.project(), place.environment()),
                client.observe(place.project(), place.environment()),
                client.versions(place.project(), place.environment()),
                client.waysBack(place.project(), place.environment(), true));
        output.result(shown, lines(shown));
        return ExitCode.DONE;
      }
    }

    private static List<String> lines(Shown shown) {
      var lines = new ArrayList<String>();
      var rows = new ArrayList<List<String>>();
      lines.addAll(Terminal.table(EnvironmentCommand.rows(List.of(shown.environment()))));
      lines.add("");
      rows.add(List.of("TARGET", "HOST", "COMPONENT", "RELEASE", "HEALTH", "ENDPOINT", "SEEN"));
      for (var target : shown.observation().targets()) {
        target
            .problem()
            .ifPresent(p ->
                rows.add(List.of(target.target(), "-", "-", "-", "-", "-", Terminal.clean(p))));
        for (var instance : target.instances()) {
          rows.add(
              List.of(
                  target.target(),
                  Terminal.clean(instance.host()),
                  instance.component(),
                  release(shown.versions(), instance.component()),
                  Terminal.word(instance.health()),
                  Terminal.orDash(instance.endpoint()),
                  Terminal.clean(instance.detail())));
        }
      }
      lines.addAll(Terminal.table(rows));
      lines.add("");
      lines.addAll(RollbackCommand.table(shown.waysBack()));
      return lines;
    }
  }

  static String release(List<Environment.Version> versions, String component) {
    return versions.stream()
        .filter(v -> v.component().equals(component))
        .flatMap(v -> v.release().stream())
        .map(r -> Terminal.clean(r.version()))
        .findFirst()
        .orElse("-");
  }

  static List<List<String>> rows(List<Environment> environments) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("PROJECT", "ENVIRONMENT", "TIER", "STATE", "RUNS", "SINCE", "UNDER WAY"));
    for (var environment : environments) {
      rows.add(
          List.of(
              environment.project(),
              Terminal.clean(environment.name()),
              Terminal.word(environment.tier()),
              Terminal.word(environment.state()),
              version(environment),
              environment.live().stream()
                  .map(Environment.Live::since)
                  .max(java.util.Comparator.naturalOrder())
                  .map(Terminal::ago)
                  .orElse("-"),
              underWay(environment)));
    }
    return rows;
  }

  private static String version(Environment environment) {
    var versions =
        environment.live().stream()
            .map(l -> l.release().map(Release.Brief::version).orElse("nothing"))
            .distinct()
            .toList();
    return versions.isEmpty() ? "-" : String.join(" + ", versions);
  }

  private static String underWay(Environment environment) {
    return Optional.of(environment.underWay()).filter(u -> !u.isEmpty()).stream()
        .flatMap(List::stream)
        .map(d ->
            "#%d %s%s"
                .formatted(
                    d.number(),
                    Terminal.word(d.state()),
                    d.gates().isEmpty() ? "" : ": " + d.gates().getFirst().reason()))
        .findFirst()
        .orElse("-");
  }
}
