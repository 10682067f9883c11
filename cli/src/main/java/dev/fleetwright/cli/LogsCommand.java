package dev.fleetwright.cli;

import dev.fleetwright.api.EventStream;
import dev.fleetwright.api.LogChunk;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = "Print the log of a job or a deploy, from its beginning.")
final class LogsCommand implements Callable<Integer> {

  /// Whose log.
  enum Of {
    JOB,
    DEPLOY
  }

  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();

  @Parameters(index = "0", paramLabel = "job|deploy", description = "Whose log.")
  private Of of = Of.JOB;

  @Parameters(index = "1", paramLabel = "ID")
  private long id;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until it ends.")
  private boolean follow;

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      if (follow) {
        try (EventStream<LogChunk> stream =
            of == Of.JOB ? client.followJobLog(id, 0) : client.followDeployLog(id, 0)) {
          for (var chunk = stream.next(); chunk.isPresent(); chunk = stream.next()) {
            print(chunk.get());
          }
        }
        return ExitCode.DONE;
      }
      var from = 0L;
      while (true) {
        var chunk = of == Of.JOB ? client.jobLog(id, from) : client.deployLog(id, from);
        if (chunk.text().isEmpty()) {
          return ExitCode.DONE;
        }
        print(chunk);
        from = chunk.to();
      }
    }
  }

  private void print(LogChunk chunk) {
    output.raw(Terminal.log(chunk.text()));
  }
}
