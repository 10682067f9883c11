package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.EventStream;
import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Going back: on request, because an alarm fires, and when everything that the release came from
/// is gone. One story, told in order.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(180)
class RollbackTest {

  private static final String SHOP = "shop";

  @TempDir static Path data;
  private static GitFolder repository;
  private static ServerUnderTest server;
  private static FleetwrightClient client;

  @BeforeAll
  static void start() throws Exception {
    repository = GitFolder.of(data.resolve("repository"));
    server = ServerUnderTest.first(data.resolve("server"));
    client = server.client();
    try (var events = client.events(Watch.project(SHOP), 0)) {
      client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
      awaitStaging(events);
    }
    push("second\n");
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  @Order(1)
  void an_alarm_after_a_deploy_takes_the_environment_back_by_a_deploy_of_its_own()
      throws Exception {
    assertThat(version()).isEqualTo("r2");
    try (var events = client.events(Watch.environment(SHOP, "staging"))) {
      var firing =
          client.alarm(
              SHOP, "staging", new Environment.SetAlarm("errors", Optional.of("7 %"), true));
      assertThat(firing.alarms()).extracting(Environment.Alarm::name).containsExactly("errors");
      awaitStaging(events);
    }
    assertThat(version()).isEqualTo("r1");
    var back = newest();
    assertThat(back.kind()).isEqualTo(Deploy.Kind.ROLLBACK);
    assertThat(back.by()).isEqualTo("alarm errors");
    assertThat(back.reason()).isEqualTo("7 %");
    assertThat(client.environment(SHOP, "staging").alarms()).hasSize(1);
  }

  @Test
  @Order(2)
  void the_same_alarm_takes_nothing_back_twice_and_what_comes_next_may_be_the_fix()
      throws Exception {
    client.alarm(SHOP, "staging", new Environment.SetAlarm("errors", Optional.of("8 %"), true));
    push("third\n");
    assertThat(version()).isEqualTo("r3");
    assertThat(client.deploys(SHOP, Optional.of("staging"), 1).items())
        .extracting(Deploy::kind)
        .containsExactly(
            Deploy.Kind.START, Deploy.Kind.ROLLBACK, Deploy.Kind.START, Deploy.Kind.START);
    var cleared =
        client.alarm(SHOP, "staging", new Environment.SetAlarm("errors", Optional.empty(), false));
    assertThat(cleared.alarms()).isEmpty();
  }

  @Test
  @Order(3)
  void argo_rollouts_3039_going_back_lands_on_the_last_version_that_nobody_went_back_from()
      throws Exception {
    var ways = client.waysBack(SHOP, "staging", true);
    assertThat(ways)
        .extracting(w -> w.release().orElseThrow().version() + " " + w.possible() + " " + w.left())
        .containsExactly("r3 false false", "r1 true false", "r2 true true");
    assertThat(ways)
        .as("targets are asked about what the record allows")
        .allSatisfy(w -> assertThat(w.askedAt().isPresent()).isEqualTo(w.possible()));
    assertThat(goBack()).isEqualTo("r1");
  }

  @Test
  @Order(4)
  void going_back_needs_neither_the_repository_nor_the_branch_nor_the_pipeline() throws Exception {
    try (var events = client.events(Watch.environment(SHOP, "staging"))) {
      client.liftHold(SHOP, "staging");
      awaitStaging(events);
    }
    assertThat(version()).as("it is wanted again").isEqualTo("r3");
    push("fourth\n");
    assertThat(version()).isEqualTo("r4");
    delete(repository.folder());
    delete(data.resolve("server/repositories"));
    delete(data.resolve("server/builds"));
    assertThat(goBack()).isEqualTo("r3");
    var seen = client.observe(SHOP, "staging").targets().getFirst();
    assertThat(seen.drifted()).isFalse();
    assertThat(seen.instances()).isNotEmpty();
  }

  @Test
  @Order(5)
  void what_cannot_be_gone_back_to_says_why() throws Exception {
    delete(data.resolve("server/blobs"));
    assertThat(client.waysBack(SHOP, "staging", true))
        .extracting(w -> w.release().orElseThrow().version() + ": " + w.hindrance().orElse("yes"))
        .containsExactly(
            "r3: it runs now",
            "r4: the bytes of its revision are gone",
            "r1: the bytes of its revision are gone",
            "r2: the bytes of its revision are gone");
  }

  private static String goBack() throws InterruptedException {
    var back =
        client.goBack(SHOP, "staging", new Environment.GoBack(Optional.empty(), Optional.empty()));
    try (var events = client.events(Watch.deploy(back.id()), 0)) {
      var now = client.deploy(back.id()).deploy();
      while (!now.state().finished()) {
        events.next();
        now = client.deploy(back.id()).deploy();
      }
      assertThat(now.state()).isEqualTo(Deploy.State.SUCCEEDED);
    }
    return version();
  }

  private static void push(String page) throws Exception {
    try (var events = client.events(Watch.environment(SHOP, "staging"))) {
      repository.write("page.html", page).commit("Another page");
      client.sync(SHOP);
      awaitStaging(events);
    }
  }

  private static void awaitStaging(EventStream<FeedEvent> events) throws InterruptedException {
    FeedEvent event;
    do {
      event = events.next().orElseThrow();
    } while (!event.topic().equals("deploy")
        || !"staging".equals(event.keys().get("environment"))
        || !"succeeded".equals(event.keys().get("state")));
  }

  private static Deploy newest() throws InterruptedException {
    return client.deploys(SHOP, Optional.of("staging"), 1).items().getFirst();
  }

  private static String version() throws InterruptedException {
    return client.environment(SHOP, "staging").live().getFirst().release().orElseThrow().version();
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var all = Files.walk(folder)) {
        for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
