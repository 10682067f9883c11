package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.FaultProxy;
import dev.fleetwright.testkit.OpenSshHosts;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// R17: a real OpenSSH host behind a network that is cut in the middle of a deploy. Nothing that is
/// sent arrives and no connection is refused, so only time tells.
@Tag("R17")
@Timeout(1_800)
class PartitionedHostTest {

  private static final String SHOP = "shop";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// `connect_within` of the target, and a connection's heartbeats.
  private static final Duration NOTICED = Duration.ofSeconds(15);

  /// How long a step may be impossible or in doubt (`Pace.USUAL`).
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  @TempDir private Path folder;
  private OpenSshHosts hosts;
  private FaultProxy network;
  private GitFolder repository;
  private ServerUnderTest server;
  private FleetwrightClient client;

  @BeforeEach
  void two_hosts_one_of_them_behind_a_proxy() throws Exception {
    hosts = new OpenSshHosts(Files.createDirectory(folder.resolve("hosts")), 2, "");
    network =
        new FaultProxy(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), hosts.server(1).port()));
    server = ServerUnderTest.first(folder.resolve("server"));
    client = server.client();
    repository = GitFolder.empty(folder.resolve("repository"));
    release(1, "old");
    assertThat(ended(deploy().id(), PATIENCE).state()).isEqualTo(Deploy.State.SUCCEEDED);
    release(2, "new");
  }

  @AfterEach
  void close() throws Exception {
    network.heal();
    var stopping = client.stop(SHOP, "production", new Environment.Stop(Optional.empty()));
    assertThat(ended(stopping.id(), PATIENCE).state()).isEqualTo(Deploy.State.SUCCEEDED);
    client.close();
    server.close();
    network.close();
    hosts.close();
  }

  @Test
  void a_step_on_a_host_that_cannot_be_reached_waits_says_why_and_ends_at_its_deadline()
      throws Exception {
    // The first host takes as long as it is told, so that the network is cut between two steps.
    var slow = Files.createFile(hosts.server(0).home().resolve("slow"));
    var deploy = deploy();
    Eventually.within(PATIENCE, "the first host is at work", () -> runs(0).equals("new"));
    network.blackhole();
    Files.delete(slow);
    var cut = Instant.now();

    Eventually.within(
        NOTICED.plusSeconds(15),
        () -> "what is the matter is said: " + log(deploy.id()),
        () -> log(deploy.id()).contains("not now: "));
    var noticed = Duration.between(cut, Instant.now());
    assertThat(log(deploy.id()))
        .contains("127.0.0.1:" + network.port())
        .containsAnyOf("connecting to", "lost", "does not come to an end");
    assertThat(client.deploy(deploy.id()).deploy().state()).isEqualTo(Deploy.State.RUNNING);

    if (Recipe.times(1, 600) < 600) {
      // It waits for as long as a step may wait; well again, it goes on by itself.
      network.heal();
      assertThat(ended(deploy.id(), PATIENCE).state()).isEqualTo(Deploy.State.SUCCEEDED);
      assertThat(runs(0) + " " + runs(1)).isEqualTo("new new");
      Recipe.report("R17", "violations=0 said_after=%d ms".formatted(noticed.toMillis()));
    } else {
      untilItsDeadline(deploy, noticed);
    }
  }

  private void untilItsDeadline(Deploy deploy, Duration noticed) throws Exception {
    var last = awaitEvent(deploy.id(), "step_applied", PATIENCE);
    Eventually.within(
        DEADLINE.plusMinutes(1),
        () -> "it is refused: " + kinds(deploy.id()),
        () -> refusal(deploy.id()).isPresent());
    network.heal();
    var ended = ended(deploy.id(), PATIENCE);

    var refused = refusal(deploy.id()).orElseThrow();
    var late = Duration.between(last.at().plus(DEADLINE), refused.at());
    Recipe.report(
        "R17",
        "violations=0 said_after=%d ms deadline_missed_by=%d ms ended=%s"
            .formatted(noticed.toMillis(), late.toMillis(), ended.state()));
    assertThat(refused.text().orElse("")).contains("127.0.0.1:" + network.port());
    assertThat(ended.state()).isEqualTo(Deploy.State.ROLLED_BACK);
    assertThat(runs(0) + " " + runs(1)).isEqualTo("old old");
    assertThat(late).isLessThan(Duration.ofSeconds(5));
  }

  private Optional<Deploy.Event> refusal(long deploy) {
    return detail(deploy).events().stream()
        .filter(e -> e.kind().equals("step_refused") || e.kind().equals("step_abandoned"))
        .findFirst();
  }

  private Deploy.Event awaitEvent(long deploy, String kind, Duration within) {
    Eventually.within(within, kind, () -> kinds(deploy).contains(kind));
    return detail(deploy).events().stream()
        .filter(e -> e.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_step_whose_answer_is_lost_is_in_doubt_and_says_where() throws Exception {
    var slow = Files.createFile(hosts.server(1).home().resolve("slow"));
    var deploy = deploy();
    Eventually.within(PATIENCE, "the second host is at work", () -> runs(1).equals("new"));
    network.blackhole();
    Files.delete(slow);
    var cut = Instant.now();

    var doubt = awaitEvent(deploy.id(), "step_in_doubt", NOTICED.plusSeconds(15));
    var noticed = Duration.between(cut, doubt.at());
    assertThat(doubt.text().orElse("")).contains("127.0.0.1:" + network.port());
    assertThat(detail(deploy.id()).deploy().inDoubt()).isTrue();
    assertThat(detail(deploy.id()).deploy().state()).isEqualTo(Deploy.State.RUNNING);

    network.heal();
    assertThat(ended(deploy.id(), PATIENCE).state()).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(started(1)).as("nothing was done twice").isEqualTo(2);
    Recipe.report("R17", "violations=0 in_doubt_after=%d ms".formatted(noticed.toMillis()));
    assertThat(noticed).isLessThan(NOTICED.plusSeconds(5));
  }

  /// What the deploy's log says to a person.
  private String log(long deploy) {
    try {
      return client.deployLog(deploy, 0).text();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String runs(int host) {
    try {
      return Files.readString(hosts.server(host).home().resolve("runs")).strip();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private long started(int host) throws IOException {
    return Files.readAllLines(hosts.server(host).home().resolve("effects")).size();
  }

  private void release(int number, String version) throws Exception {
    Files.createDirectories(repository.folder().resolve("app"));
    repository
        .write(".gitlab-ci.yml", "check: { script: [test -f app/run.sh] }\n")
        .write("fleetwright.yml", configuration())
        .write(
            "app/run.sh",
            """
            echo %1$s >"$HOME/runs"
            echo %1$s >>"$HOME/effects"
            while [ -e "$HOME/slow" ]; do sleep 0.1; done
            exec jwebserver -b 127.0.0.1 -p "$PORT"
            """
                .formatted(version))
        .commit("Release " + number);
    if (number == 1) {
      var _ =
          client.addProject(
              new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    } else {
      var _ = client.sync(SHOP);
    }
    Eventually.within(PATIENCE, "release " + number, () -> releases() == number);
  }

  private int releases() {
    try {
      return client.releases(SHOP, 1).items().size();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String configuration() throws IOException {
    return """
    project: shop
    targets:
      edge:
        ssh:
          hosts: ["%s", "127.0.0.1:%d"]
          user: %s
          key: file:%s
          host_keys: ["%s", "%s"]
          max_unavailable: 1
    release:
      app:
        files: app/
        run: { command: [/bin/sh, run.sh], port: 0, health: { tcp: true, within: 60 s }, stop_within: 1 s }
    environments:
      production: { target: edge }
    """
        .formatted(
            hosts.server(0).name(),
            network.port(),
            System.getProperty("user.name"),
            hosts.key(),
            hosts.publicKey(hosts.server(0)),
            hosts.publicKey(hosts.server(1)));
  }

  private Deploy deploy() throws InterruptedException {
    return client.deploy(
        new Deploy.Request(
            SHOP,
            "production",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        UUID.randomUUID().toString());
  }

  private List<String> kinds(long deploy) {
    return detail(deploy).events().stream().map(Deploy.Event::kind).toList();
  }

  private Deploy.Detail detail(long deploy) {
    try {
      return client.deploy(deploy);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Deploy ended(long id, Duration within) {
    Eventually.within(
        within, () -> "it has ended: " + detail(id), () -> detail(id).deploy().state().finished());
    return detail(id).deploy();
  }
}
