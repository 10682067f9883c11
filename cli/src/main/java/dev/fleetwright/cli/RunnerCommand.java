package dev.fleetwright.cli;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "runner",
    mixinStandardHelpOptions = true,
    description = "Programs on other machines that run jobs: GitLab's gitlab-runner.",
    subcommands = {
      RunnerCommand.Create.class,
      RunnerCommand.Show.class,
      RunnerCommand.Pause.class,
      RunnerCommand.Resume.class,
      RunnerCommand.Delete.class
    })
final class RunnerCommand {

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Make a runner and print its token, this once.")
  static final class Create implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(
        paramLabel = "NAME",
        arity = "0..1",
        description = "How people know it; `runner` when not given.")
    private String description = "runner";

    @Option(
        names = "--tag",
        paramLabel = "TAG",
        description = "What jobs may ask for; may be repeated.")
    private List<String> tags = new ArrayList<>();

    @Option(
        names = "--project",
        paramLabel = "PROJECT",
        description = "The only project whose jobs it takes; all when not given.")
    private @Nullable String project;

    @Option(names = "--run-untagged", description = "Let it also take jobs that ask for no tag.")
    private boolean runUntagged;

    @Option(names = "--protected", description = "Let it take jobs of protected branches only.")
    private boolean protectedOnly;

    @Option(names = "--paused", description = "Let it take nothing yet.")
    private boolean paused;

    @Option(
        names = "--maximum-timeout",
        paramLabel = "MINUTES",
        description = "After which it ends any job; 10 or more.")
    private @Nullable Long longestMinutes;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var made =
            client.makeRunner(
                new Runner.Make(
                    description,
                    Optional.ofNullable(project),
                    Optional.of(tags),
                    Optional.of(runUntagged),
                    Optional.of(protectedOnly),
                    Optional.of(paused),
                    Optional.ofNullable(longestMinutes).map(m -> m * 60)));
        output.result(
            made,
            List.of(
                "Runner %s (id %d). Its token, shown only now:"
                    .formatted(Terminal.clean(made.runner().description()), made.runner().id()),
                "  " + made.token(),
                "On its machine: gitlab-runner register --url ADDRESS-OF-THIS-SERVER --token …"));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the runners, what they take and what they do.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var runners = client.runners();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("ID", "NAME", "TAGS", "FOR", "LAST HEARD OF", "VERSION", "JOBS", ""));
        runners.forEach(r ->
            rows.add(
                List.of(
                    Long.toString(r.id()),
                    Terminal.clean(r.description()),
                    Terminal.clean(String.join(", ", r.tags()))
                        + (r.runUntagged() ? " (or none)" : ""),
                    Terminal.clean(r.project().orElse("all"))
                        + (r.protectedOnly() ? ", protected" : ""),
                    r.heardAt().map(Terminal::ago).orElse("never"),
                    Terminal.clean(
                        r.machines().stream().findFirst().map(Runner.Machine::version).orElse("")),
                    Integer.toString(r.jobs().size()),
                    r.paused() ? "paused" : "")));
        output.result(runners, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  /// What is done to one runner.
  abstract static class OnRunner implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "As `runner list` shows it.")
    private long id;

    abstract Runner ask(FleetwrightClient client, long id) throws InterruptedException;

    /// What is so now, after `Runner NAME`.
    abstract String words();

    @Override
    public final Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var runner = ask(client, id);
        output.result(
            runner,
            List.of("Runner %s %s.".formatted(Terminal.clean(runner.description()), words())));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "Let a runner take no more jobs; those that it has go on.")
  static final class Pause extends OnRunner {
    @Override
    Runner ask(FleetwrightClient client, long id) throws InterruptedException {
      return client.pauseRunner(id, true);
    }

    @Override
    String words() {
      return "takes no more jobs";
    }
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Let a runner take jobs again.")
  static final class Resume extends OnRunner {
    @Override
    Runner ask(FleetwrightClient client, long id) throws InterruptedException {
      return client.pauseRunner(id, false);
    }

    @Override
    String words() {
      return "takes jobs";
    }
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = {
        "Take a runner away: its token opens nothing any more. Jobs that it has go on to their end."
      })
  static final class Delete extends OnRunner {
    @Override
    Runner ask(FleetwrightClient client, long id) throws InterruptedException {
      return client.deleteRunner(id);
    }

    @Override
    String words() {
      return "is gone";
    }
  }
}
