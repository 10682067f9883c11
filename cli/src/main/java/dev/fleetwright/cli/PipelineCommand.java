package dev.fleetwright.cli;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.TestReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "pipeline",
    mixinStandardHelpOptions = true,
    description = "Run pipelines and look at them.",
    subcommands = {
      PipelineCommand.Run.class,
      PipelineCommand.Show.class,
      PipelineCommand.Jobs.class,
      PipelineCommand.Tests.class,
      PipelineCommand.Retry.class,
      PipelineCommand.Rebuild.class,
      PipelineCommand.Cancel.class
    })
final class PipelineCommand {

  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = "Run the pipeline of a branch, tag or commit.")
  static final class Run implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT")
    private String project = "";

    @Option(names = "--ref", description = "Branch, tag or commit; else the default branch.")
    private @Nullable String ref;

    @Option(
        names = "--variable",
        paramLabel = "NAME=VALUE",
        description = "Overrides the file's; may be repeated. Not for secrets.")
    private Map<String, String> variables = new TreeMap<>();

    @Option(
        names = "--input",
        paramLabel = "NAME=VALUE",
        description = "For an input of the file (`spec: inputs`); may be repeated.")
    private Map<String, String> inputs = new TreeMap<>();

    @Option(names = "--wait", description = "Wait for its end; exit code 1 unless it succeeded.")
    private boolean wait;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var pipeline =
            client.runPipeline(
                project,
                new Pipeline.Run(
                    Optional.ofNullable(ref), Optional.of(variables), Optional.of(inputs)));
        if (!wait) {
          output.result(pipeline, List.of(words(pipeline)));
          return ExitCode.DONE;
        }
        var ended = new Following(client, output).pipeline(pipeline.id());
        output.result(ended, List.of(words(ended)));
        return ended.status() == Pipeline.Status.SUCCESS ? ExitCode.DONE : ExitCode.FAILED;
      }
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List a project's pipelines, newest first.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT")
    private String project = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var page = client.pipelines(project, 1);
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("ID", "PIPELINE", "STATUS", "REF", "COMMIT", "TITLE"));
        page.items()
            .forEach(p ->
                rows.add(
                    List.of(
                        Long.toString(p.id()),
                        "#" + p.number(),
                        Terminal.word(p.status()),
                        Terminal.clean(p.ref()),
                        p.sha().substring(0, 8),
                        Terminal.clean(p.title()))));
        output.result(page, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "tests",
      mixinStandardHelpOptions = true,
      description = "Print the tests that its jobs report; exit code 1 when some are not well.")
  static final class Tests implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PIPELINE", description = "Its id.")
    private long pipeline;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var report = client.tests(pipeline);
        var lines = new ArrayList<String>();
        for (var suite : report.suites()) {
          lines.add("%s: %s".formatted(suite.name(), words(suite.counts())));
          suite.problems().forEach(p -> lines.add("  " + p));
          for (var test : suite.cases()) {
            if (bad(test)) {
              lines.add(
                  "  %s %s %s".formatted(word(test), test.group(), test.name()).stripTrailing());
              test.output().ifPresent(o -> o.lines().forEach(l -> lines.add("    " + l)));
            }
          }
        }
        output.result(report, lines.isEmpty() ? List.of("No job reports tests.") : lines);
        return report.counts().failed() + report.counts().error() == 0
            ? ExitCode.DONE
            : ExitCode.FAILED;
      }
    }

    private static boolean bad(TestReport.Case test) {
      return switch (test.result()) {
        case FAILED, ERROR -> true;
        case SUCCESS, SKIPPED -> false;
      };
    }

    private static String word(TestReport.Case test) {
      return test.result().name().toLowerCase(Locale.ROOT);
    }

    private static String words(TestReport.Counts counts) {
      return "%d tests, %d failed, %d with an error, %d skipped"
          .formatted(counts.total(), counts.failed(), counts.error(), counts.skipped());
    }
  }

  @Command(
      name = "jobs",
      mixinStandardHelpOptions = true,
      description = "List the jobs of a pipeline.")
  static final class Jobs implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PIPELINE-ID")
    private long pipeline;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var jobs = client.jobs(pipeline);
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("ID", "STAGE", "JOB", "STATUS", "WHY"));
        jobs.forEach(j ->
            rows.add(
                List.of(
                    Long.toString(j.id()),
                    Terminal.clean(j.stage()),
                    Terminal.clean(j.name()),
                    Terminal.word(j.status()),
                    j.message().map(Terminal::clean).orElse(""))));
        output.result(jobs, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  /// What is done to one pipeline.
  abstract static class OnPipeline implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PIPELINE-ID")
    private long pipeline;

    abstract Pipeline ask(FleetwrightClient client, long id) throws InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now = ask(client, pipeline);
        output.result(now, List.of(words(now)));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = "Run all jobs again that failed or were cancelled.")
  static final class Retry extends OnPipeline {
    @Override
    Pipeline ask(FleetwrightClient client, long id) throws InterruptedException {
      return client.retryPipeline(id);
    }
  }

  @Command(
      name = "rebuild",
      mixinStandardHelpOptions = true,
      description = {
        "Build the commit of a pipeline again, for newer packages of what it is built on: a new",
        "pipeline and a new release. What there is stays."
      })
  static final class Rebuild extends OnPipeline {
    @Override
    Pipeline ask(FleetwrightClient client, long id) throws InterruptedException {
      return client.rebuildPipeline(id);
    }
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "End all jobs of a pipeline.")
  static final class Cancel extends OnPipeline {
    @Override
    Pipeline ask(FleetwrightClient client, long id) throws InterruptedException {
      return client.cancelPipeline(id);
    }
  }

  static String words(Pipeline pipeline) {
    return "Pipeline #%d of %s (id %d) on %s at %s: %s"
        .formatted(
            pipeline.number(),
            pipeline.project(),
            pipeline.id(),
            Terminal.clean(pipeline.ref()),
            pipeline.sha().substring(0, 8),
            Terminal.word(pipeline.status()));
  }
}
