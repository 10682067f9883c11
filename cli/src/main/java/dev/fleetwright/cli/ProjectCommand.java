package dev.fleetwright.cli;

import dev.fleetwright.api.Project;
import java.nio.file.Files;
import java.nio.file.Path;
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
    name = "project",
    mixinStandardHelpOptions = true,
    description = "Repositories under care.",
    subcommands = {
      ProjectCommand.Add.class,
      ProjectCommand.Show.class,
      ProjectCommand.Sync.class,
      ProjectCommand.NewSecret.class
    })
final class ProjectCommand {

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Take a Git repository into care and run its pipeline.")
  static final class Add implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "REPOSITORY", description = "A URL, or a path on the server.")
    private String repository = "";

    @Option(
        names = "--name",
        description = "What the project shall be called; else the last part of the address.")
    private @Nullable String name;

    @Option(names = "--no-run", description = "Do not run the pipeline of the default branch now.")
    private boolean noRun;

    @Override
    public Integer call() throws InterruptedException {
      var path = Path.of(repository);
      var address =
          !repository.contains("://") && Files.exists(path)
              ? path.toAbsolutePath().normalize().toString()
              : repository;
      try (var client = connection.open()) {
        var added =
            client.addProject(
                new Project.Add(
                    name == null ? InitCommand.name(address) : name, address, Optional.of(!noRun)));
        output.result(
            added,
            List.of(
                "Added project " + added.project().name() + ".",
                "  Webhook for pushes: " + added.project().webhook(),
                "  Its secret, shown only now: " + added.webhookSecret(),
                "  Without a webhook the repository is looked at every few seconds."));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List the projects.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var page = client.projects(1);
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("PROJECT", "BRANCH", "REPOSITORY"));
        page.items()
            .forEach(p ->
                rows.add(List.of(p.name(), p.defaultBranch(), Terminal.clean(p.repository()))));
        output.result(page, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "sync",
      mixinStandardHelpOptions = true,
      description = "Fetch now, and start the pipelines of what is new.")
  static final class Sync implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT")
    private String project = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var synced = client.sync(project);
        output.result(
            synced,
            List.of(
                synced.pipelines().isEmpty()
                    ? "Nothing new."
                    : "Started " + synced.pipelines().size() + " pipeline(s)."));
        synced.problems().forEach(problem -> output.line("  " + Terminal.clean(problem)));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "new-secret",
      mixinStandardHelpOptions = true,
      description = {
        "Make a new secret for the webhook and print it, this once. The one before counts for 24",
        "more hours, so that no push is lost until the new one is entered."
      })
  static final class NewSecret implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT")
    private String project = "";

    @Option(names = "--at-once", description = "The one before counts no more: it leaked.")
    private boolean atOnce;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var renewed =
            client.renewWebhookSecret(project, new Project.RenewSecret(Optional.of(atOnce)));
        output.result(
            renewed,
            List.of(
                "The webhook secret of " + project + ", shown only now: " + renewed.webhookSecret(),
                renewed
                    .beforeUntil()
                    .map(until -> "The one before counts until " + until + ".")
                    .orElse("The one before counts no more.")));
        return ExitCode.DONE;
      }
    }
  }
}
