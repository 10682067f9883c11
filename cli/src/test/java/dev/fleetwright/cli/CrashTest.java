package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Release;
import dev.fleetwright.cli.demo.DemoHost;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A real server is killed at every boundary of every step of a real deploy on two kinds of target,
/// started again, and must end as if nothing had happened: same state, each effect once, an intact
/// ledger.
@Tag("R1")
class CrashTest {

  private static final List<String> PLACES =
      List.of(
          "step-0.before-effect",
          "step-0.after-effect",
          "step-0.after-commit",
          "step-1.before-effect",
          "step-1.after-effect",
          "step-1.after-commit");

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @Test
  void ends_the_same_wherever_the_server_is_killed()
      throws IOException, InterruptedException, GitAPIException {
    var rounds = Recipe.times(1, 5);
    var places = new ArrayList<String>();
    for (var i = 0; i < rounds; i++) {
      places.addAll(PLACES);
    }
    crash("killpoints=" + places.size(), places.stream().map(CrashTest::at).toList());
  }

  @Test
  void ends_the_same_whenever_the_server_is_killed()
      throws IOException, InterruptedException, GitAPIException {
    var kills = Recipe.times(2, 200);
    var random = new Random(kills);
    crash(
        "random_kills=" + kills,
        IntStream.range(0, kills).mapToObj(_ -> after(random.nextInt(10, 2_500))).toList());
  }

  /// How a server dies.
  ///
  /// @param options for its process
  private record Death(String name, List<String> options, OptionalInt killedAfterMillis) {}

  private static Death at(String place) {
    return new Death(place, List.of("-Dfleetwright.killpoint=" + place), OptionalInt.empty());
  }

  private static Death after(int millis) {
    return new Death("kill -9 after " + millis + " ms", List.of(), OptionalInt.of(millis));
  }

  /// One after the other: begin a deploy, die, start again, and look whether it ended as if nothing
  /// had happened.
  private void crash(String what, List<Death> deaths)
      throws IOException, InterruptedException, GitAPIException {
    var marks = folder.resolve("marks");
    Files.createFile(marks);
    var login = DemoHost.key(folder.resolve("login_key"));
    var violations = new ArrayList<String>();
    var ready = new ArrayList<Long>();
    var settled = new ArrayList<Long>();
    try (var host = host(login)) {
      var data = folder.resolve("data");
      var releases = new ArrayList<Release>();
      try (var server = ServerInAProcess.start(data);
          var client = server.client()) {
        releases.addAll(twoReleases(client, host, marks));
        deploy(client, releases.get(0));
        assertThat(settled(client, 1).state()).isEqualTo(Deploy.State.SUCCEEDED);
      }
      var deploys = 1;
      for (var death : deaths) {
        var release = releases.get(deploys % 2);
        var before = Files.readAllLines(marks).size();
        try (var server = ServerInAProcess.start(data, death.options().toArray(String[]::new));
            var client = server.client()) {
          deploy(client, release);
          if (death.killedAfterMillis().isPresent()) {
            Thread.sleep(death.killedAfterMillis().getAsInt());
          } else {
            assertThat(server.awaitDeath()).isEqualTo(137);
          }
        }
        deploys++;
        var began = System.nanoTime();
        try (var server = ServerInAProcess.start(data);
            var client = server.client()) {
          ready.add(System.nanoTime() - began);
          began = System.nanoTime();
          var ended = settled(client, deploys);
          settled.add(System.nanoTime() - began);
          look(client, death, ended, release, marks, before, violations);
        }
      }
      takeDown(data, deploys + 1);
    }
    Recipe.report(
        "R1",
        "violations=%d %s ready_median=%.1fs ready_max=%.1fs ended_after_ready_median=%.1fs ended_after_ready_max=%.1fs"
            .formatted(
                violations.size(),
                what,
                median(ready),
                Collections.max(ready) / 1e9,
                median(settled),
                Collections.max(settled) / 1e9));
    assertThat(violations).isEmpty();
  }

  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().skip(nanos.size() / 2).findFirst().orElse(0L) / 1e9;
  }

  private void look(
      FleetwrightClient client,
      Death death,
      Deploy ended,
      Release release,
      Path marks,
      int before,
      List<String> violations)
      throws IOException, InterruptedException {
    var effects = Files.readAllLines(marks);
    var after = effects.subList(before, effects.size());
    if (ended.state() != Deploy.State.SUCCEEDED) {
      violations.add(death.name() + ": ended as " + Following.words(ended));
    }
    if (!after.stream().sorted().toList().equals(expected(release))) {
      violations.add(death.name() + ": effects " + after);
    }
    for (var instance : running(client)) {
      if (instance.health() != Environment.Health.HEALTHY) {
        violations.add(death.name() + ": " + instance);
      }
    }
    if (!client.checkLedger().intact()) {
      violations.add(death.name() + ": " + client.checkLedger());
    }
  }

  /// Each target starts the component once.
  private static List<String> expected(Release release) {
    return List.of(release.title() + " edge", release.title() + " here");
  }

  private static void deploy(FleetwrightClient client, Release release)
      throws InterruptedException {
    var _ =
        client.deploy(
            new Deploy.Request(
                "app",
                "production",
                Optional.of(release.id()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            UUID.randomUUID().toString());
  }

  private static Deploy settled(FleetwrightClient client, int nth) throws InterruptedException {
    for (var i = 0; i < 600; i++) {
      var deploys = client.deploys("app", Optional.of("production"), 1).items();
      if (deploys.size() >= nth) {
        var deploy = deploys.get(deploys.size() - nth);
        if (deploy.state().finished()) {
          return deploy;
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError(
        "deploy "
            + nth
            + " does not end: "
            + client.deploys("app", Optional.of("production"), 1).items());
  }

  private static List<Environment.Instance> running(FleetwrightClient client)
      throws InterruptedException {
    var instances =
        client.observe("app", "production").targets().stream()
            .flatMap(t -> t.instances().stream())
            .toList();
    assertThat(instances).hasSize(2);
    return instances;
  }

  private static void takeDown(Path data, int nth) throws IOException, InterruptedException {
    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      var _ = client.stop("app", "production", new Environment.Stop(Optional.empty()));
      assertThat(settled(client, nth).state()).isEqualTo(Deploy.State.SUCCEEDED);
    }
  }

  private DemoHost host(KeyPair login) throws IOException {
    return DemoHost.start(
        Files.createDirectories(folder.resolve("edge")), ServerInAProcess.freePort(), login);
  }

  private List<Release> twoReleases(FleetwrightClient client, DemoHost host, Path marks)
      throws IOException, GitAPIException, InterruptedException {
    var repository = folder.resolve("app");
    try (var git = Git.init().setInitialBranch("main").setDirectory(repository.toFile()).call()) {
      Files.createDirectories(repository.resolve("app"));
      Files.writeString(
          repository.resolve(".gitlab-ci.yml"), "check: { script: [test -f app/run.sh] }\n");
      Files.writeString(repository.resolve("fleetwright.yml"), configuration(host, marks));
      commit(git, repository, "v1");
      var _ = client.addProject(new Project.Add("app", repository.toString(), Optional.empty()));
      release(client, 1);
      commit(git, repository, "v2");
      var _ = client.sync("app");
      release(client, 2);
    }
    return client.releases("app", 1).items().reversed();
  }

  private static void commit(Git git, Path repository, String version)
      throws IOException, GitAPIException {
    Files.writeString(
        repository.resolve("app/run.sh"),
        "echo \"" + version + " $PLACE\" >> \"$MARKS\"\nexec sleep 100000\n");
    git.add().addFilepattern(".").call();
    git.commit()
        .setMessage(version)
        .setAuthor("Dana", "dana@example.com")
        .setCommitter("Dana", "dana@example.com")
        .setSign(false)
        .call();
  }

  private static void release(FleetwrightClient client, int count) throws InterruptedException {
    for (var i = 0; i < 600 && client.releases("app", 1).items().size() < count; i++) {
      Thread.sleep(100);
    }
    assertThat(client.releases("app", 1).items()).hasSize(count);
  }

  private String configuration(DemoHost host, Path marks) {
    return """
    project: app
    targets:
      here: { local: { variables: { PLACE: here } } }
      edge:
        ssh:
          hosts: ["127.0.0.1:%d"]
          user: %s
          key: file:%s
          host_keys: ["%s"]
          variables: { PLACE: edge }
    release:
      app: { files: app/, run: { command: [sh, run.sh], variables: { MARKS: "%s" } } }
    environments:
      production: { target: [here, edge] }
    """
        .formatted(
            host.port(),
            System.getProperty("user.name"),
            folder.resolve("login_key"),
            host.publicKey(),
            marks);
  }
}
