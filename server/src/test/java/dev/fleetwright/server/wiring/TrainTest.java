package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Ledger;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Train;
import dev.fleetwright.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two projects in one train, on this machine. One story, told in order.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(300)
class TrainTest {

  private static final String API = "api/production";
  private static final String SHOP = "shop/production";

  @TempDir static Path data;
  private static GitFolder api;
  private static GitFolder shop;
  private static ServerUnderTest server;
  private static FleetwrightClient client;

  @BeforeAll
  static void start() throws Exception {
    api = repository("api", "production: { target: here }");
    shop =
        repository(
            "shop", "production: { target: here, approvals: { required: 1, deployer: counts } }");
    server = ServerUnderTest.first(data.resolve("server"));
    client = server.client();
    for (var repository : List.of(api, shop)) {
      var name = String.valueOf(repository.folder().getFileName());
      var _ =
          client.addProject(
              new Project.Add(name, repository.folder().toString(), Optional.empty()));
      awaitReleases(name, 1);
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    for (var place : List.of("api/production", "shop/production", "api/other", "shop/other")) {
      var parts = place.split("/", 2);
      try {
        var stopped = client.stop(parts[0], parts[1], new Environment.Stop(Optional.empty())).id();
        if (place.equals(SHOP)) {
          awaitPlan(stopped);
          var _ = client.approve(stopped, client.deploy(stopped).deploy().planHash().orElseThrow());
        }
        awaitEnd(stopped);
      } catch (RequestFailed _) {
        // It runs nothing.
      }
    }
    client.close();
    server.close();
  }

  @Test
  @Order(1)
  void members_go_one_after_the_other_and_an_approval_is_for_all_plans_at_once() throws Exception {
    var preview = client.planTrain(wish(Train.OnFailure.HOLD, member(API), member(SHOP, API)));
    assertThat(preview.members()).extracting(Train.PlannedMember::name).containsExactly(API, SHOP);
    assertThat(preview.approvals()).isEqualTo(1);
    assertThatThrownBy(() ->
            client.startTrain(
                new Train.Request(
                    List.of(member(API), member(SHOP)),
                    Optional.empty(),
                    Optional.of(preview.hash()),
                    Optional.empty()),
                key()))
        .as("another order is another train")
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("no longer what was shown");

    var key = key();
    var train = client.startTrain(chosen(preview, member(API), member(SHOP, API)), key);
    assertThat(client.startTrain(chosen(preview, member(API), member(SHOP, API)), key).id())
        .as("the same request again")
        .isEqualTo(train.id());
    Eventually.within(
        Duration.ofSeconds(60),
        () -> show(train.id()),
        () -> state(train.id(), 0) == Deploy.State.SUCCEEDED);
    assertThat(deploy(train.id(), 1).gates()).extracting(Deploy.Gate::name).contains("approval");
    assertThatThrownBy(() -> client.approveTrain(train.id(), "sha256:" + "0".repeat(64)))
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("not the plan");
    var _ = client.approveTrain(train.id(), train.hash());

    var over = awaitOver(train.id());
    assertThat(over.state()).isEqualTo(Train.State.SUCCEEDED);
    assertThat(deploy(train.id(), 1).startedAt().orElseThrow())
        .isAfterOrEqualTo(deploy(train.id(), 0).finishedAt().orElseThrow());
    assertThat(kinds()).contains("train.asked", "train.ended");
    assertThat(version("api", "production")).isEqualTo("r1");
    assertThat(version("shop", "production")).isEqualTo("r1");
  }

  @Test
  @Order(2)
  void when_a_member_fails_what_was_done_is_taken_back() throws Exception {
    release(api, "api", "second", "");
    release(shop, "shop", "second", ", port: 1, health: { http: /, within: 1 s }");
    var train = begin(Train.OnFailure.BACK, member(API), member(SHOP, API));

    var over = awaitOver(train);

    assertThat(over.state()).isEqualTo(Train.State.TAKEN_BACK);
    assertThat(over.back().orElseThrow().reason()).contains("rolled back");
    assertThat(state(train, 0)).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(state(train, 1)).isEqualTo(Deploy.State.ROLLED_BACK);
    assertThat(version("api", "production")).isEqualTo("r1");
    assertThat(version("shop", "production")).isEqualTo("r1");
    var back = client.deploys("api", Optional.of("production"), 1).items().getFirst();
    assertThat(back.kind()).isEqualTo(Deploy.Kind.ROLLBACK);
    assertThat(back.by()).isEqualTo("train " + train);
    assertThat(kinds()).contains("train.goes_back");
  }

  @Test
  @Order(3)
  void when_a_member_fails_those_behind_it_wait_for_a_person() throws Exception {
    var train = begin(Train.OnFailure.HOLD, member(SHOP), member(API, SHOP));
    Eventually.within(
        Duration.ofSeconds(60),
        () -> show(train),
        () ->
            now(train).state() == Train.State.HELD
                && deploy(train, 1).gates().stream()
                    .anyMatch(g -> g.reason().contains("rolled back")));

    assertThat(deploy(train, 1).gates())
        .anySatisfy(gate -> {
          assertThat(gate.name()).isEqualTo("train");
          assertThat(gate.reason())
              .startsWith("`shop/production` goes first in train %d".formatted(train));
        });
    var _ = client.cancelTrain(train);

    assertThat(awaitOver(train).state()).isEqualTo(Train.State.INCOMPLETE);
    assertThat(state(train, 1)).isEqualTo(Deploy.State.CANCELLED);
    assertThat(version("api", "production")).isEqualTo("r1");
    assertThatThrownBy(() -> client.takeTrainBack(train, Optional.empty()))
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("is over");
  }

  @Test
  @Order(4)
  void a_train_that_is_ended_keeps_what_was_done_whatever_a_failure_would_have_meant()
      throws Exception {
    var train =
        client.startTrain(wish(Train.OnFailure.BACK, member(API), member(SHOP, API)), key()).id();
    Eventually.within(
        Duration.ofSeconds(60), () -> show(train), () -> state(train, 0) == Deploy.State.SUCCEEDED);

    var _ = client.cancelTrain(train);

    assertThat(awaitOver(train).state()).isEqualTo(Train.State.INCOMPLETE);
    assertThat(version("api", "production")).isEqualTo("r2");
  }

  @Test
  @Order(5)
  void where_nothing_ran_before_taking_back_is_taking_down() throws Exception {
    var train = begin(Train.OnFailure.BACK, member("api/other"), member("shop/other", "api/other"));

    assertThat(awaitOver(train).state()).isEqualTo(Train.State.TAKEN_BACK);

    assertThat(client.observe("api", "other").targets())
        .allSatisfy(target -> assertThat(target.instances()).isEmpty());
    assertThat(client.checkLedger().intact()).isTrue();
  }

  @Test
  @Order(6)
  void what_cannot_be_a_train_is_refused_with_the_reason() {
    assertThatThrownBy(() -> client.planTrain(wish(Train.OnFailure.HOLD, member(API))))
        .hasMessageContaining("2 to 50 members");
    assertThatThrownBy(() ->
            client.planTrain(wish(Train.OnFailure.HOLD, member(API, SHOP), member(SHOP, API))))
        .hasMessageContaining("circle");
    assertThatThrownBy(() ->
            client.planTrain(
                wish(Train.OnFailure.HOLD, member(API), member(SHOP, "web/production"))))
        .hasMessageContaining("not in the train");
    assertThatThrownBy(() -> client.planTrain(wish(Train.OnFailure.HOLD, member(API), member(API))))
        .hasMessageContaining("twice");
  }

  @Test
  @Order(7)
  void the_pages_show_it() throws Exception {
    assertThat(server.sendAsRoot("GET", "/trains", "").body())
        .contains("Train 1")
        .contains("api/production, shop/production");
    assertThat(server.sendAsRoot("GET", "/trains/2", "").body())
        .contains("taken back")
        .contains("shop/production");
    assertThat(server.sendAsRoot("GET", "/projects/api/deploys/1", "").body())
        .contains("href=\"/trains/1\"");
  }

  // --- what is asked ---------------------------------------------------------------------------

  private static Train.Wanted member(String name, String... after) {
    var parts = name.split("/", 2);
    return new Train.Wanted(
        parts[0],
        parts[1],
        Optional.empty(),
        after.length == 0 ? Optional.empty() : Optional.of(List.of(after)));
  }

  private static Train.Request wish(Train.OnFailure onFailure, Train.Wanted... members) {
    return new Train.Request(
        List.of(members), Optional.of(onFailure), Optional.empty(), Optional.empty());
  }

  private static Train.Request chosen(Train.Preview preview, Train.Wanted... members) {
    return new Train.Request(
        List.of(members),
        Optional.of(preview.onFailure()),
        Optional.of(preview.hash()),
        Optional.of("together"));
  }

  private static long begin(Train.OnFailure onFailure, Train.Wanted... members)
      throws InterruptedException {
    var train = client.startTrain(wish(onFailure, members), key());
    if (train.members().stream().anyMatch(m -> m.deploy().approvals() > 0)) {
      var _ = client.approveTrain(train.id(), train.hash());
    }
    return train.id();
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }

  // --- what is seen ----------------------------------------------------------------------------

  private static Train now(long train) {
    try {
      return client.train(train);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Deploy deploy(long train, int place) {
    return now(train).members().get(place).deploy();
  }

  private static Deploy.State state(long train, int place) {
    return deploy(train, place).state();
  }

  private static String show(long train) {
    return "train: " + now(train);
  }

  private static Train awaitOver(long train) {
    Eventually.within(
        Duration.ofSeconds(90), () -> show(train), () -> now(train).state().finished());
    return now(train);
  }

  private static void awaitPlan(long deploy) {
    Eventually.within(
        Duration.ofSeconds(60),
        "a plan of deploy " + deploy,
        () -> {
          try {
            return client.deploy(deploy).deploy().planHash().isPresent();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void awaitEnd(long deploy) {
    Eventually.within(
        Duration.ofSeconds(60),
        "the end of deploy " + deploy,
        () -> {
          try {
            return client.deploy(deploy).deploy().state().finished();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void awaitReleases(String project, int count) {
    Eventually.within(
        Duration.ofSeconds(60),
        count + " releases of " + project,
        () -> {
          try {
            return client.releases(project, 1).items().size() == count;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static String version(String project, String environment) throws InterruptedException {
    return client
        .environment(project, environment)
        .live()
        .getFirst()
        .release()
        .orElseThrow()
        .version();
  }

  private static List<String> kinds() throws InterruptedException {
    return client.ledger("instance", 1).items().stream().map(Ledger.Entry::kind).toList();
  }

  // --- the projects ----------------------------------------------------------------------------

  private static GitFolder repository(String name, String environment)
      throws IOException, InterruptedException {
    var repository = GitFolder.empty(data.resolve(name));
    Files.createDirectories(repository.folder().resolve("app"));
    repository
        .write(".gitlab-ci.yml", "check: { script: [test -f app/run.sh] }\n")
        .write("app/run.sh", "echo first\nexec sleep 100000\n")
        .write("fleetwright.yml", configuration(name, environment, ""));
    repository.commit("First");
    return repository;
  }

  private static String configuration(String name, String environment, String more) {
    return """
    project: %s
    targets:
      here: { local: {} }
    release:
      app: { files: app/, run: { command: [sh, run.sh]%s } }
    environments:
      %s
      other: { target: here }
    """
        .formatted(name, more, environment);
  }

  /// @param more of how its process runs
  private static void release(GitFolder repository, String name, String words, String more)
      throws IOException, InterruptedException {
    var file = Files.readString(repository.folder().resolve("fleetwright.yml"));
    repository
        .write("app/run.sh", "echo " + words + "\nexec sleep 100000\n")
        .write("fleetwright.yml", file.replace("[sh, run.sh] }", "[sh, run.sh]" + more + " }"));
    repository.commit(words);
    var _ = client.sync(name);
    awaitReleases(name, 2);
  }
}
