package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.PostgresqlServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Several [Replica]s on a PostgreSQL database of their own, and one project with two releases.
///
/// Each environment `env-N` has five targets, so a deploy has five steps.
final class Fleet implements AutoCloseable {

  static final String PROJECT = "app";
  static final int STEPS = 5;

  private final Path folder;
  private final String database = "fleet_" + UUID.randomUUID().toString().replace("-", "");
  private final List<Replica> replicas = new ArrayList<>();
  private String token = "";
  private long[] releases = {};

  Fleet(Path folder) throws SQLException, IOException {
    this.folder = folder;
    Files.createDirectories(effects());
    try (var connection = PostgresqlServer.connect();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    }
  }

  /// The JDBC URL of its database.
  String url() {
    return PostgresqlServer.url().replaceFirst("(//[^/]+/)[^?]*", "$1" + database);
  }

  /// As [#url], through a proxy of this machine.
  String url(int port) {
    return url().replaceFirst("//[^/]+/", "//127.0.0.1:" + port + "/");
  }

  /// Where PostgreSQL listens.
  static InetSocketAddress postgresql() {
    var address = PostgresqlServer.url().replaceFirst("^[^/]*//([^/]+)/.*$", "$1").split(":", -1);
    return new InetSocketAddress(address[0], Integer.parseInt(address[1]));
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  Path effects() {
    return folder.resolve("effects");
  }

  EffectLog log() throws IOException {
    return EffectLog.read(effects());
  }

  /// From now on effects take so long.
  void effectsTake(Duration duration) throws IOException {
    var part = folder.resolve("milliseconds");
    Files.writeString(part, Long.toString(duration.toMillis()));
    Files.move(
        part, effects().resolve("milliseconds"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /// Start another server.
  Replica begin(String name) throws IOException {
    return begin(name, url());
  }

  Replica begin(String name, String url) throws IOException {
    var replica = Replica.begin(folder.resolve(name), folder.resolve("shared"), url, effects());
    replicas.add(replica);
    return replica;
  }

  /// Start the first server and give it the project.
  Replica first(String name, int environments) throws IOException, InterruptedException {
    return first(name, url(), environments);
  }

  Replica first(String name, String url, int environments)
      throws IOException, InterruptedException {
    var replica = begin(name, url).ready();
    token = Files.readString(folder.resolve(name).resolve("admin-token")).strip();
    var repository = folder.resolve("repository");
    var git = GitFolder.empty(repository);
    Files.createDirectories(repository.resolve("app"));
    git.write(".gitlab-ci.yml", "check: { script: [test -f app/version] }\n")
        .write("fleetwright.yml", configuration(environments))
        .write("app/version", "one\n")
        .commit("One");
    try (var client = client(replica)) {
      var _ = client.addProject(new Project.Add(PROJECT, repository.toString(), Optional.empty()));
      awaitReleases(client, 1);
      git.write("app/version", "two\n").commit("Two");
      var _ = client.sync(PROJECT);
      awaitReleases(client, 2);
      releases =
          client.releases(PROJECT, 1).items().stream().mapToLong(r -> r.id()).sorted().toArray();
    }
    return replica;
  }

  private static String configuration(int environments) {
    return """
    project: app
    targets:
    %s
    release:
      app: { files: app/ }
    environments:
    %s
    """
        .formatted(
            IntStream.range(0, STEPS)
                .mapToObj("  t%d: { local: {} }"::formatted)
                .collect(Collectors.joining("\n")),
            IntStream.range(0, environments)
                .mapToObj("  env-%d: { target: [t0, t1, t2, t3, t4] }"::formatted)
                .collect(Collectors.joining("\n")));
  }

  private void awaitReleases(FleetwrightClient client, int count) {
    Eventually.within(
        Duration.ofSeconds(90),
        () -> count + " releases:\n" + outputs(),
        () -> {
          try {
            return client.releases(PROJECT, 1).items().size() >= count;
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  FleetwrightClient client(Replica replica) {
    return replica.client(token);
  }

  /// Ask for a deploy; odd and even ones bring different releases, so that each changes something.
  static Deploy deploy(FleetwrightClient client, Fleet fleet, int environment, int number)
      throws InterruptedException {
    return client.deploy(
        new Deploy.Request(
            PROJECT,
            "env-" + environment,
            Optional.of(fleet.releases[number % 2]),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        UUID.randomUUID().toString());
  }

  /// How many rows a query counts.
  long count(String query) {
    try (var connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }

  long unfinished() {
    return count("SELECT count(*) FROM deploy WHERE finished_at IS NULL");
  }

  void awaitAllFinished(Duration most) {
    Eventually.within(
        most,
        () -> unfinished() + " deploys have not ended:\n" + outputs(),
        () -> {
          if (unfinished() == 0) {
            return true;
          }
          try {
            Thread.sleep(80);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return false;
        });
  }

  private String outputs() {
    return replicas.stream().map(Replica::output).collect(Collectors.joining("\n-----\n"));
  }

  /// Everything that the recipes promise of the end: each deploy succeeded, what runs is what the
  /// last one brought, the chains hold.
  List<String> violations(Replica witness) throws IOException, InterruptedException {
    var found = new ArrayList<>(log().violations());
    var bad = count("SELECT count(*) FROM deploy WHERE state <> 'succeeded'");
    if (bad > 0) {
      found.add(bad + " deploys did not succeed");
    }
    var holes =
        count(
            "SELECT count(*) FROM deploy d WHERE d.sequence <>"
                + " (SELECT count(*) FROM deploy_event e WHERE e.deploy = d.id)");
    if (holes > 0) {
      found.add(holes + " deploys lack events");
    }
    try (var client = client(witness)) {
      if (!client.checkLedger().intact()) {
        found.add("the ledger: " + client.checkLedger());
      }
    }
    return found;
  }

  void assertSound(Replica witness) throws IOException, InterruptedException {
    assertThat(violations(witness)).as(this::outputs).isEmpty();
  }

  @Override
  public void close() throws SQLException {
    replicas.forEach(Replica::close);
    try (var connection = PostgresqlServer.connect();
        var statement = connection.createStatement()) {
      statement.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    }
  }
}
