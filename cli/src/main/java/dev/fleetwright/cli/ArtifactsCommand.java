package dev.fleetwright.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "artifacts",
    mixinStandardHelpOptions = true,
    description = "List the files that a job left, or save them.",
    subcommands = ArtifactsCommand.Keep.class)
final class ArtifactsCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();

  @Parameters(index = "0", arity = "0..1", paramLabel = "JOB", description = "Its id.")
  private @Nullable Long id;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = "Only this file, as the list names it.")
  private @Nullable String path;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write them here: all as a zip file, or the one that --path names.")
  private @Nullable Path save;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (id == null) {
      throw new Refusal(
          ExitCode.USAGE, "a job is missing; `fleetwright artifacts JOB` takes its id");
    }
    long job = id;
    try (var client = connection.open()) {
      var found = client.job(job);
      if (save == null) {
        var wanted =
            found.artifacts().stream().filter(a -> path == null || a.path().equals(path)).toList();
        if (path != null && wanted.isEmpty()) {
          throw new Refusal(
              ExitCode.NOT_FOUND,
              "job %d left no file `%s`; without --path all are listed".formatted(job, path));
        }
        var lines = new ArrayList<String>();
        wanted.forEach(a -> lines.add("%12d  %s".formatted(a.size(), a.path())));
        if (lines.isEmpty()) {
          lines.add(
              found.artifactsExpired()
                  ? "Its files were dropped when they expired."
                  : "It left no files.");
        } else {
          found
              .artifactsExpireAt()
              .ifPresent(at ->
                  lines.add(
                      "They expire at %s; `fleetwright artifacts keep %d` keeps them."
                          .formatted(at, job)));
        }
        output.result(wanted, lines);
        return ExitCode.DONE;
      }
      if (path == null) {
        client.saveArtifacts(job, save);
      } else {
        client.saveArtifact(job, path, save);
      }
      output.result(found, List.of("saved as " + save));
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "keep",
      mixinStandardHelpOptions = true,
      description = "Keep the files that a job left until its pipeline is removed.")
  static final class Keep implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "JOB", description = "Its id.")
    private long job;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var kept = client.keepArtifacts(job);
        output.result(kept, List.of("The files of job %d do not expire any more.".formatted(job)));
        return ExitCode.DONE;
      }
    }
  }
}
