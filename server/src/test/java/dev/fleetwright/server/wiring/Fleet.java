package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.ServerUnreachable;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
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
  private Optional<Path> libfaketime = Optional.empty();
  private String more = "";
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

  /// Servers that are started from now on see the clock that [#clock] says. Their monotonic clock
  /// is left alone, as when somebody sets the clock of a machine.
  void withClocksFrom(Path library) {
    libfaketime = Optional.of(library);
  }

  /// Set the clock of a server's machine.
  ///
  /// @param offset such as `+3h`
  void clock(String name, String offset) throws IOException {
    Files.createDirectories(folder.resolve(name));
    var part = folder.resolve(name).resolve("clock.part");
    Files.writeString(part, offset + "\n");
    Files.move(
        part, folder.resolve(name).resolve("clock"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private Map<String, String> withClock(String name) {
    return Map.of(
        "LD_PRELOAD", libfaketime.orElseThrow().toString(),
        "FAKETIME_TIMESTAMP_FILE", folder.resolve(name).resolve("clock").toString(),
        "FAKETIME_CACHE_DURATION", "1",
        "DONT_FAKE_MONOTONIC", "1",
        "NO_FAKE_STAT", "1");
  }

  /// More environments, as lines of `fleetwright.yml`; before [#first].
  void alsoWith(String environments) {
    more = environments;
  }

  /// Start another server.
  Replica begin(String name) throws IOException {
    return begin(name, url());
  }

  Replica begin(String name, String url) throws IOException {
    var replica =
        Replica.begin(
            folder.resolve(name),
            folder.resolve("shared"),
            url,
            effects(),
            libfaketime.isPresent() ? withClock(name) : Map.of());
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

  private String configuration(int environments) {
    return """
    project: app
    targets:
    %s
    release:
      app: { files: app/ }
    environments:
    %s
    %s
    """
        .formatted(
            IntStream.range(0, STEPS)
                .mapToObj("  t%d: { local: {} }"::formatted)
                .collect(Collectors.joining("\n")),
            IntStream.range(0, environments)
                .mapToObj("  env-%d: { target: [t0, t1, t2, t3, t4] }"::formatted)
                .collect(Collectors.joining("\n")),
            more);
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

  /// The administrator's.
  String token() {
    return token;
  }

  FleetwrightClient client(Replica replica) {
    return replica.client(token);
  }

  /// Ask for a deploy; odd and even ones bring different releases, so that each changes something.
  static Deploy deploy(FleetwrightClient client, Fleet fleet, int environment, int number)
      throws InterruptedException {
    return deploy(client, fleet, "env-" + environment, number);
  }

  /// As above, into an environment of that name.
  static Deploy deploy(FleetwrightClient client, Fleet fleet, String environment, int number)
      throws InterruptedException {
    return client.deploy(
        new Deploy.Request(
            PROJECT,
            environment,
            Optional.of(fleet.releases[number % 2]),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        UUID.randomUUID().toString());
  }

  /// As [#deploy], again and again with one key until there is an answer, as a client does that
  /// lost its connection.
  static void deploySurely(
      List<FleetwrightClient> clients, Fleet fleet, int environment, int number)
      throws InterruptedException {
    var wish =
        new Deploy.Request(
            PROJECT,
            "env-" + environment,
            Optional.of(fleet.releases[number % 2]),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    var key = "deploy-" + environment + "-" + number;
    var giveUpAt = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    for (var i = 0; ; i++) {
      try {
        var _ = clients.get(i % clients.size()).deploy(wish, key);
        return;
      } catch (RequestFailed e) {
        if (e.status() < 500 || System.nanoTime() > giveUpAt) {
          throw e;
        }
      } catch (ServerUnreachable e) {
        if (System.nanoTime() > giveUpAt) {
          throw e;
        }
      }
      Thread.sleep(50);
    }
  }

  /// Wait until a process has begun an effect, and tell which; not one of those seen before.
  EffectLog.Effect awaitBegin(long after) {
    var found = new AtomicReference<Optional<EffectLog.Effect>>(Optional.empty());
    Eventually.within(
        Duration.ofSeconds(60),
        () -> "an effect begins: " + outputs(),
        () -> {
          found.set(begins().stream().filter(e -> e.nanos() > after).findFirst());
          return found.get().isPresent();
        });
    return found.get().orElseThrow();
  }

  /// All effects that were begun, in order.
  List<EffectLog.Effect> begins() {
    try {
      return log().all().stream()
          .filter(e -> e.what().equals("begin"))
          .sorted(Comparator.comparingLong(EffectLog.Effect::nanos))
          .toList();
    } catch (IOException e) {
      throw new AssertionError("reading the effects", e);
    }
  }

  /// When another process first did something in an environment.
  ///
  /// @param after by the monotonic clock
  Optional<Long> takenOver(String place, long from, long after) {
    return effects(place).stream()
        .filter(e -> e.nanos() > after && e.process() != from)
        .map(EffectLog.Effect::nanos)
        .findFirst();
  }

  /// Environments in which a server is in the middle of a step.
  List<String> underWay(Replica replica) {
    try {
      return log().underWay(replica.pid());
    } catch (IOException e) {
      throw new AssertionError("reading the effects", e);
    }
  }

  /// When a process last began something in an environment.
  Optional<Long> lastBegin(String place, long process, long after) {
    return effects(place).reversed().stream()
        .filter(e -> e.nanos() > after && e.process() == process && e.what().equals("begin"))
        .map(EffectLog.Effect::nanos)
        .findFirst();
  }

  private List<EffectLog.Effect> effects(String place) {
    try {
      return log().places().getOrDefault(place, List.of());
    } catch (IOException e) {
      throw new AssertionError("reading the effects", e);
    }
  }

  Replica byProcess(long pid) {
    return replicas.stream().filter(r -> r.pid() == pid).findFirst().orElseThrow();
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

  String outputs() {
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
