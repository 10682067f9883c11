package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A deploy that every server dies of: the server is started again and again, as a supervisor
/// would.
@Tag("R18")
class PoisonTest {

  /// The second step of a deploy; the environment that shall not notice has only one.
  private static final String DEADLY = "-Dfleetwright.killpoint=step-1.before-effect";

  private static final int MOST = 10;

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  @Test
  void the_server_lives_after_three_deaths_and_a_person_lets_the_deploy_be_tried_again()
      throws IOException, InterruptedException, GitAPIException {
    var data = folder.resolve("data");
    long poison;
    try (var server = ServerInAProcess.start(data, DEADLY);
        var client = server.client()) {
      project(client);
      poison = deploy(client, "production").id();
      assertThat(server.awaitDeath()).isEqualTo(137);
    }
    var deaths = 1;
    var lives = false;
    while (!lives) {
      assertThat(deaths).as("deaths").isLessThan(MOST);
      try (var server = ServerInAProcess.begin(data, DEADLY)) {
        lives = server.awaitReadyOrDeath();
        if (lives) {
          try (var client = server.client()) {
            lives = looks(client, poison, deaths);
          }
        }
        deaths += lives ? 0 : 1;
      }
    }
    assertThat(deaths).isEqualTo(3);

    try (var server = ServerInAProcess.start(data);
        var client = server.client()) {
      assertThatThrownBy(() -> client.liftQuarantine(poison, Optional.empty()))
          .isInstanceOf(RequestFailed.class)
          .hasMessageContaining("only with a reason");
      var _ = client.liftQuarantine(poison, Optional.of("the disk is larger now"));
      assertThat(await(client, poison, Deploy.State::finished).state())
          .isEqualTo(Deploy.State.SUCCEEDED);
      assertThat(client.ledger("shop/production", 1).items())
          .anySatisfy(entry -> {
            assertThat(entry.kind()).isEqualTo("deploy.quarantine_lifted");
            assertThat(entry.facts()).containsEntry("reason", "the disk is larger now");
          });
      assertThat(client.checkLedger().intact()).isTrue();
      for (var environment : new String[] {"production", "calm"}) {
        var stopped = client.stop("shop", environment, new Environment.Stop(Optional.empty())).id();
        assertThat(await(client, stopped, Deploy.State::finished).state())
            .isEqualTo(Deploy.State.SUCCEEDED);
      }
    }
  }

  /// What the server that lived on says and does.
  private static boolean looks(FleetwrightClient client, long poison, int deaths)
      throws InterruptedException {
    Deploy given;
    try {
      given = await(client, poison, state -> state == Deploy.State.QUARANTINED);
    } catch (RuntimeException _) {
      // It died of it once more.
      return false;
    }
    assertThat(given.outcome()).hasValueSatisfying(why -> assertThat(why).contains("3 times"));
    var began = System.nanoTime();
    var other = await(client, deploy(client, "calm").id(), Deploy.State::finished);
    var took = Duration.ofNanos(System.nanoTime() - began);
    assertThat(other.state()).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(took).isLessThan(Duration.ofSeconds(10));
    Recipe.report("R18", "deaths=%d other_environment=%d ms".formatted(deaths, took.toMillis()));
    return true;
  }

  private void project(FleetwrightClient client)
      throws IOException, GitAPIException, InterruptedException {
    var repository = folder.resolve("shop");
    try (var git = Git.init().setInitialBranch("main").setDirectory(repository.toFile()).call()) {
      Files.createDirectories(repository.resolve("site"));
      Files.writeString(repository.resolve("site/index.html"), "hello");
      Files.writeString(
          repository.resolve(".gitlab-ci.yml"), "check: { script: [test -f site/index.html] }\n");
      Files.writeString(
          repository.resolve("fleetwright.yml"),
          """
          project: shop
          targets:
            here: { local: {} }
            there: { local: {} }
          release:
            site: { files: site/ }
          environments:
            production: { target: [here, there] }
            calm: { target: here }
          """);
      git.add().addFilepattern(".").call();
      git.commit()
          .setMessage("v1")
          .setAuthor("Dana", "dana@example.com")
          .setCommitter("Dana", "dana@example.com")
          .setSign(false)
          .call();
    }
    var _ = client.addProject(new Project.Add("shop", repository.toString(), Optional.empty()));
    for (var i = 0; i < 600 && client.releases("shop", 1).items().isEmpty(); i++) {
      Thread.sleep(100);
    }
  }

  private static Deploy deploy(FleetwrightClient client, String environment)
      throws InterruptedException {
    return client.deploy(
        new Deploy.Request(
            "shop",
            environment,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        UUID.randomUUID().toString());
  }

  private static Deploy await(FleetwrightClient client, long id, Predicate<Deploy.State> is)
      throws InterruptedException {
    for (var i = 0; i < 600; i++) {
      var deploy = client.deploy(id).deploy();
      if (is.test(deploy.state())) {
        return deploy;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("it stays " + client.deploy(id).deploy());
  }
}
