package dev.fleetwright.cli;

import dev.fleetwright.api.FleetwrightClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// How to reach a server. The token is read from a file or the environment, never from an argument,
/// which other users of the machine could see.
final class Connection {

  static final int USUAL_PORT = 8400;

  @Option(
      names = "--server",
      converter = ServerAddress.class,
      paramLabel = "URL",
      description = {
        "The server; else $FLEETWRIGHT_SERVER, else the one that was started from this folder,",
        "else http://127.0.0.1:8400."
      })
  private @Nullable URI server;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "A file with a token; else $FLEETWRIGHT_TOKEN, else the one of the server that was",
        "started from this folder."
      })
  private @Nullable Path tokenFile;

  FleetwrightClient open() {
    return new FleetwrightClient(address(), token());
  }

  URI address() {
    return Optional.ofNullable(server)
        .or(() -> environment("FLEETWRIGHT_SERVER").map(Connection::fromEnvironment))
        .or(() -> LocalServer.below(Path.of("")).map(LocalServer::address))
        .orElse(URI.create("http://127.0.0.1:" + USUAL_PORT));
  }

  private static URI fromEnvironment(String text) {
    try {
      return new ServerAddress().convert(text);
    } catch (TypeConversionException e) {
      throw new Refusal(ExitCode.USAGE, "FLEETWRIGHT_SERVER: " + e.getMessage());
    }
  }

  private String token() {
    if (tokenFile != null) {
      return read(tokenFile);
    }
    return environment("FLEETWRIGHT_TOKEN")
        .or(() -> LocalServer.below(Path.of("")).flatMap(LocalServer::token))
        .orElseThrow(() ->
            new Refusal(
                ExitCode.REFUSED,
                "no token: give --token-file FILE or set FLEETWRIGHT_TOKEN; the server printed"
                    + " its first token when it started, and keeps it in admin-token of its data"
                    + " folder"));
  }

  private static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }

  static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new Refusal(ExitCode.REFUSED, "cannot read the token: " + Complaint.words(e));
    }
  }

  /// The folders in which a server may have been started by hand, nearest first.
  static List<Path> usualFolders(Path from) {
    return List.of(
        from.resolve(".fleetwright"),
        from.resolve(".fleetwright/demo/server"),
        from.resolve(".fleetwright/up"));
  }
}
