package dev.fleetwright.cli;

import dev.fleetwright.api.Job;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "job",
    mixinStandardHelpOptions = true,
    description = "Start, repeat and end single jobs; `pipeline jobs` lists them.",
    subcommands = {JobCommand.Play.class, JobCommand.Retry.class, JobCommand.Cancel.class})
final class JobCommand {

  /// What is done to one job.
  abstract static class OnJob implements Callable<Integer> {
    @Mixin Connection connection = new Connection();
    @Mixin Output output = new Output();

    @Parameters(paramLabel = "JOB-ID")
    long job;
  }

  @Command(
      name = "play",
      mixinStandardHelpOptions = true,
      description = "Start a manual job, or a delayed one at once.")
  static final class Play extends OnJob {
    @Option(
        names = "--variable",
        paramLabel = "NAME=VALUE",
        description = "Wins over all others, for this job; may be repeated. Not for secrets.")
    private Map<String, String> variables = new TreeMap<>();

    @Option(names = "--yes", description = "Do not ask what the file says should be asked.")
    private boolean yes;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var question = yes || output.json() ? Optional.<String>empty() : asked(client.job(job));
        if (question.isPresent() && !Question.yes(Terminal.clean(question.get()))) {
          output.line("Nothing was started.");
          return ExitCode.REFUSED;
        }
        var played = client.playJob(job, new Job.Play(Optional.of(variables)));
        output.result(
            played, List.of("Job " + job + " is " + Terminal.word(played.status()) + "."));
        return ExitCode.DONE;
      }
    }

    private static Optional<String> asked(Job job) {
      return job.confirmation();
    }
  }

  @Command(name = "retry", mixinStandardHelpOptions = true, description = "Run a job again.")
  static final class Retry extends OnJob {
    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var again = client.retryJob(job);
        output.result(again, List.of("Runs again as job " + again.id() + "."));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "cancel", mixinStandardHelpOptions = true, description = "End a job.")
  static final class Cancel extends OnJob {
    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var cancelled = client.cancelJob(job);
        output.result(
            cancelled, List.of("Job " + job + " is " + Terminal.word(cancelled.status()) + "."));
        return ExitCode.DONE;
      }
    }
  }
}
