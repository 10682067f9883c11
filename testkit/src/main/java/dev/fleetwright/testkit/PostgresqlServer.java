package dev.fleetwright.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL to test against: the one that the environment names (`LAB_POSTGRES_URL`, or
/// `PGHOST` and its siblings), else a private one of this machine's programs, started once, ended
/// with this process.
public final class PostgresqlServer {

  /// `-Dfleetwright.postgresql.fsync=on` when it is time that is measured.
  private static final String DURABLE = System.getProperty("fleetwright.postgresql.fsync", "off");

  private static @Nullable String url;

  private PostgresqlServer() {}

  /// Its JDBC URL, ending in an option, so that more can follow after `&`. The test that asks is
  /// skipped where there is none.
  public static synchronized String url() {
    if (url == null) {
      url = named().orElseGet(PostgresqlServer::started);
    }
    return url;
  }

  /// A connection of its owner.
  public static Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  private static Optional<String> named() {
    var lab = System.getenv("LAB_POSTGRES_URL");
    if (lab != null) {
      return Optional.of(lab.contains("?") ? lab : lab + "?user=postgres");
    }
    var host = System.getenv("PGHOST");
    return host == null
        ? Optional.empty()
        : Optional.of(
            "jdbc:postgresql://%s:%s/%s?user=%s"
                .formatted(
                    host,
                    System.getenv().getOrDefault("PGPORT", "5432"),
                    System.getenv().getOrDefault("PGDATABASE", "postgres"),
                    System.getenv().getOrDefault("PGUSER", "postgres")));
  }

  private static String started() {
    var programs = programs();
    Needs.that(programs.isPresent(), "PostgreSQL's programs (Debian: postgresql)");
    try {
      return start(programs.orElseThrow());
    } catch (IOException e) {
      throw new AssertionError("starting a private PostgreSQL", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("starting a private PostgreSQL", e);
    }
  }

  private static Optional<Path> programs() {
    var versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (var found = Files.list(versions)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.comparing(Path::toString));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static String start(Path programs) throws IOException, InterruptedException {
    var home = Files.createTempDirectory("fleetwright-postgresql");
    var data = home.resolve("data");
    var asUser = unprivileged(home);
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    run(
        home,
        asUser,
        programs.resolve("initdb"),
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync");
    // What it keeps is thrown away with it, so it need not reach the disk; a measurement must.
    var server =
        new ProcessBuilder(
                command(
                    asUser,
                    programs.resolve("postgres"),
                    "-D",
                    data,
                    "-p",
                    port,
                    "-k",
                    home,
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "fsync=" + DURABLE,
                    "-c",
                    "full_page_writes=" + DURABLE,
                    "-c",
                    "max_connections=100"))
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, home)));
    var url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    await(server, home, url);
    return url;
  }

  private static void await(Process server, Path home, String url)
      throws IOException, InterruptedException {
    var giveUpAt = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true) {
      try (var _ = DriverManager.getConnection(url)) {
        return;
      } catch (SQLException e) {
        if (server.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > giveUpAt) {
          throw new IOException(Files.readString(home.resolve("log")), e);
        }
      }
    }
  }

  /// PostgreSQL refuses to run as root.
  private static List<String> unprivileged(Path home) throws IOException, InterruptedException {
    if (!System.getProperty("user.name", "").equals("root")) {
      return List.of();
    }
    var user = userExists("postgres") ? "postgres" : "nobody";
    run(home, List.of(), Path.of("chown"), user, home);
    return List.of(
        Needs.tool("setpriv").toString(),
        "--reuid=" + user,
        "--regid=" + group(user),
        "--clear-groups");
  }

  private static boolean userExists(String user) throws IOException {
    return Files.readAllLines(Path.of("/etc/passwd")).stream()
        .anyMatch(line -> line.startsWith(user + ":"));
  }

  private static String group(String user) throws IOException {
    return Files.readAllLines(Path.of("/etc/passwd")).stream()
        .filter(line -> line.startsWith(user + ":"))
        .map(line -> line.split(":", -1)[3])
        .findFirst()
        .orElseThrow();
  }

  private static void run(Path home, List<String> asUser, Object... words)
      throws IOException, InterruptedException {
    var output = Files.createTempFile("fleetwright-postgresql", ".log");
    try {
      var process =
          new ProcessBuilder(command(asUser, words))
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (process.waitFor() != 0) {
        throw new IOException(words[0] + ": " + Files.readString(output));
      }
    } finally {
      Files.delete(output);
    }
  }

  private static List<String> command(List<String> asUser, Object... words) {
    var command = new ArrayList<>(asUser);
    for (var word : words) {
      command.add(word.toString());
    }
    return command;
  }

  private static void end(Process server, Path home) {
    try {
      server.destroy();
      if (!server.waitFor(5, TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
      try (var files = Files.walk(home)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("left behind: " + home + ": " + e);
    }
  }
}
