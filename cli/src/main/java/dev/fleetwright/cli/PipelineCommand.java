package dev.fleetwright.cli;

import dev.fleetwright.api.Pipeline;
import java.util.ArrayList;
import java.util.List;
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
      PipelineCommand.Retry.class,
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

  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = "Run all jobs again that failed or were cancelled.")
  static final class Retry implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PIPELINE-ID")
    private long pipeline;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var again = client.retryPipeline(pipeline);
        output.result(again, List.of(words(again)));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "End all jobs of a pipeline.")
  static final class Cancel implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PIPELINE-ID")
    private long pipeline;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var cancelled = client.cancelPipeline(pipeline);
        output.result(cancelled, List.of(words(cancelled)));
        return ExitCode.DONE;
      }
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
