package dev.fleetwright.cli;

import dev.fleetwright.api.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    description = "Run the server in this process, until it is told to stop.",
    subcommands = DrainCommand.class)
final class ServerCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where everything is kept; ./.fleetwright by default.")
  private Path data = Path.of(".fleetwright");

  @Option(
      names = "--shared",
      paramLabel = "FOLDER",
      description = {
        "With several servers on one PostgreSQL: a folder that all of them see, for the contents",
        "of releases, logs and the sealing key; else the data folder."
      })
  private @Nullable Path shared;

  @Option(
      names = "--storage",
      paramLabel = "s3://BUCKET/FOLDER",
      description = {
        "A bucket of S3 or of what speaks its language, for the contents of releases, artifacts",
        "and caches; else the shared folder. Credentials, region and endpoint come from the AWS_",
        "variables, as for all programs of AWS."
      })
  private @Nullable URI storage;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = {
        "postgresql://USER@HOST:PORT/DATABASE; else an SQLite file in the data folder.",
        "The password is taken from PGPASSWORD or a passfile, never from the URL."
      })
  private @Nullable String database;

  @Option(names = "--host", description = "The address to listen on; 127.0.0.1 by default.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      converter = PortNumber.class,
      description = "The port; 8400 by default, 0 for any free one.")
  private int port = Connection.USUAL_PORT;

  @Option(names = "--public-url", description = "Where people reach it, behind a proxy.")
  private @Nullable URI publicUrl;

  @Option(
      names = "--allow-local-repositories",
      description = {
        "Let projects be folders of this machine. Whoever may add a project can then read",
        "every repository that this server can."
      })
  private boolean localRepositories;

  @Mixin private JobPlace jobs = new JobPlace();

  @Option(
      names = "--include-host",
      paramLabel = "HOST[:PORT]",
      description = {
        "A host that pipelines may include files from (`include: remote`); may be repeated.",
        "None by default."
      })
  private List<String> includeHosts = new ArrayList<>();

  @Option(
      names = "--registry-auth",
      paramLabel = "FILE",
      description = {
        "Credentials for registries of images, as `podman login --authfile FILE` writes them; else",
        "those of this user's `podman login` or `docker login`."
      })
  private @Nullable Path registryAuth;

  @Option(names = "--json-log", description = "Log as JSON, one object a line.")
  private boolean jsonLog;

  @Override
  public Integer call() throws InterruptedException, IOException {
    var options =
        new ServerOptions(
            data.toAbsolutePath().normalize(),
            Optional.ofNullable(shared),
            Optional.ofNullable(storage),
            Optional.ofNullable(database),
            host,
            port,
            Optional.ofNullable(publicUrl),
            localRepositories,
            jobs.options(),
            includeHosts,
            Optional.ofNullable(registryAuth),
            jsonLog);
    try (var server = InProcess.start(options)) {
      LocalServer.remember(options.data(), server.uri());
      output.line("Fleetwright is ready at " + server.uri());
      server
          .bootstrapToken()
          .ifPresent(token -> {
            output.line("");
            output.line("First administrator token, shown only now: " + token);
            output.line("It is kept in " + options.data().resolve("admin-token") + " (0600).");
          });
      InProcess.awaitStop(server);
    }
    return ExitCode.DONE;
  }
}
