package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.EventStream;
import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Release;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Watch;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.store.Database;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Releases that go from environment to environment by themselves, and people who want it
/// otherwise. One story, told in order.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(180)
class PromotionTest {

  private static final String SHOP = "shop";

  /// `zone` comes after `production` by its name: once it has taken a release, it is decided
  /// whether `production` takes it.
  private static final String CONFIGURATION =
      """
      project: shop
      targets:
        here: { local: {} }
      release:
        site: { files: build/site/ }
      environments:
        staging: { target: here, auto: main }
        production: { target: here, after: staging, auto: true }
        zone: { target: here, after: staging, auto: true }
      """;

  @TempDir static Path data;
  private static GitFolder repository;
  private static ServerUnderTest server;
  private static FleetwrightClient client;
  private static long rollback;

  @BeforeAll
  static void start() throws Exception {
    repository = GitFolder.of(data.resolve("repository"));
    repository.write("fleetwright.yml", CONFIGURATION).commit("Promote by itself");
    server = ServerUnderTest.first(data.resolve("server"));
    client = server.client();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  @Order(1)
  void what_succeeded_in_staging_goes_to_production_by_itself_with_the_same_digests()
      throws Exception {
    try (var events = client.events(Watch.project(SHOP), 0)) {
      client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
      await(events, "production");
    }
    var staging = live("staging");
    var production = live("production");
    assertThat(production.release().orElseThrow().version()).isEqualTo("r1");
    assertThat(production.revision()).isEqualTo(staging.revision());
    var deploy = client.deploy(production.deploy()).deploy();
    assertThat(deploy.by()).isEqualTo("promotion from staging");
    assertThat(client.deploys(SHOP, Optional.of("production"), 1).items()).hasSize(1);
  }

  @Test
  @Order(2)
  void a_release_made_again_from_the_same_commit_is_another_release() throws Exception {
    try (var events = client.events(Watch.environment(SHOP, "production"))) {
      client.runPipeline(
          SHOP, new Pipeline.Run(Optional.of("main"), Optional.empty(), Optional.empty()));
      await(events, "production");
    }
    var releases = client.releases(SHOP, 1).items();
    assertThat(releases).extracting(Release::version).containsExactly("r2", "r1");
    assertThat(releases.getFirst().sha()).isEqualTo(releases.getLast().sha());
    assertThat(version("production")).isEqualTo("r2");
    assertThat(live("production").release()).isEqualTo(live("staging").release());
  }

  @Test
  @Order(3)
  void argo_cd_9570_what_was_rolled_back_stays_rolled_back() throws Exception {
    try (var events = client.events(Watch.environment(SHOP, "production"))) {
      repository.write("page.html", "second\n").commit("Another page");
      client.sync(SHOP);
      await(events, "production");
    }
    assertThat(version("production")).isEqualTo("r3");
    var back =
        client.goBack(
            SHOP, "production", new Environment.GoBack(Optional.empty(), Optional.of("worse")));
    try (var events = client.events(Watch.environment(SHOP, "production"), 0)) {
      rollback = back.number();
      await(events, "production", rollback);
    }
    assertThat(version("production")).isEqualTo("r2");
    var hold = client.environment(SHOP, "production").hold().orElseThrow();
    assertThat(hold.by()).isEqualTo("root");
    assertThat(hold.reason()).isEqualTo("worse");
    assertThat(hold.deploy()).contains(back.id());
    assertThat(client.holds())
        .extracting(Environment.Held::environment)
        .containsExactly("production");

    try (var events = client.events(Watch.environment(SHOP, "zone"))) {
      repository.write("page.html", "third\n").commit("Yet another page");
      client.sync(SHOP);
      await(events, "zone");
    }
    assertThat(version("staging")).isEqualTo("r4");
    assertThat(version("zone")).isEqualTo("r4");
    assertThat(version("production")).isEqualTo("r2");
    assertThat(client.deploys(SHOP, Optional.of("production"), 1).items())
        .extracting(Deploy::kind)
        .startsWith(Deploy.Kind.ROLLBACK, Deploy.Kind.START);
  }

  @Test
  @Order(4)
  void what_no_server_saw_happen_is_found_at_the_next_start() throws Exception {
    var token = server.token();
    client.close();
    server.close();
    try (var database = Database.open(data.resolve("server"))) {
      var production =
          database
              .environments()
              .find(new ProjectName(SHOP), new EnvironmentName("production"))
              .orElseThrow();
      assertThat(database.holds().lift(production.id(), new Actor("root"), Instant.now())).isTrue();
    }
    server = ServerUnderTest.again(data.resolve("server"), token);
    client = server.client();
    try (var events = client.events(Watch.environment(SHOP, "production"), 0)) {
      await(events, "production", rollback + 1);
    }
    assertThat(version("production")).isEqualTo("r4");
    assertThat(live("production").revision()).isEqualTo(live("staging").revision());
  }

  @Test
  @Order(5)
  void a_person_holds_an_environment_and_lifts_the_hold() throws Exception {
    var held =
        client.hold(SHOP, "zone", new Environment.SetHold(Optional.of("the auditors are here")));
    assertThat(held.hold().orElseThrow().reason()).isEqualTo("the auditors are here");
    assertThat(client.liftHold(SHOP, "zone").hold()).isEmpty();
    assertThat(client.holds()).isEmpty();
    assertThat(client.ledger(SHOP + "/zone", 1).items())
        .extracting(entry -> entry.kind())
        .containsSubsequence("environment.held", "environment.hold_lifted");
    assertThatThrownBy(
            () -> client.hold(SHOP, "nowhere", new Environment.SetHold(Optional.empty())))
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  private static void await(EventStream<FeedEvent> events, String environment)
      throws InterruptedException {
    await(events, environment, 0);
  }

  /// @param number that the deploy that succeeds has at least
  private static void await(EventStream<FeedEvent> events, String environment, long number)
      throws InterruptedException {
    FeedEvent event;
    do {
      event = events.next().orElseThrow();
    } while (!event.topic().equals("deploy")
        || !environment.equals(event.keys().get("environment"))
        || !"succeeded".equals(event.keys().get("state"))
        || Long.parseLong(event.keys().getOrDefault("deploy", "0")) < number);
  }

  private static Environment.Live live(String environment) throws InterruptedException {
    return client.environment(SHOP, environment).live().getFirst();
  }

  private static String version(String environment) throws InterruptedException {
    return live(environment).release().orElseThrow().version();
  }
}
