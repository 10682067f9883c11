package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Watch;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A deploy whose row was damaged on the disk: people see that it was, and see all others.
@Timeout(120)
class DamagedDeployTest {

  private static final String SHOP = "shop";

  @TempDir Path folder;

  @Test
  void one_deploy_that_cannot_be_read_hides_no_other() throws Exception {
    var data = folder.resolve("server");
    String token;
    try (var server = ServerUnderTest.first(data);
        var client = server.client()) {
      token = server.token();
      var repository = GitFolder.of(folder.resolve("repository"));
      var _ =
          client.addProject(
              new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
      awaitDeploys(client, 1);
      repository.write("page.html", "second\n").commit("Another page");
      var _ = client.sync(SHOP);
      awaitDeploys(client, 2);
    }
    damage(data, 1);

    try (var server = ServerUnderTest.again(data, token);
        var client = server.client()) {
      var list = client.deploys(SHOP, Optional.empty(), 1);
      assertThat(list.items()).extracting(d -> d.number()).containsExactly(2L);
      assertThat(list.unreadable().orElseThrow())
          .singleElement()
          .satisfies(broken -> {
            assertThat(broken.number()).isEqualTo(1);
            assertThat(broken.why()).contains("was damaged");
          });
      Described.by(server)
          .check(
              "GET",
              "/api/v1/deploys",
              server.sendAsRoot("GET", "/api/v1/deploys?project=shop", ""));
      assertThat(client.waysBack(SHOP, "staging", false)).hasSize(1);
      assertThatThrownBy(() -> client.deploy(list.unreadable().orElseThrow().getFirst().id()))
          .isInstanceOfSatisfying(
              RequestFailed.class,
              e -> {
                assertThat(e.failure().code()).isEqualTo("record_unreadable");
                assertThat(e.failure().message()).contains("was damaged");
                assertThat(e.failure().remedy()).contains("backup");
              });

      var cookie = server.signIn();
      for (var path : new String[] {"/projects/shop", "/projects/shop/environments/staging"}) {
        var page = page(server, cookie, path);
        assertThat(page).contains("unreadable", "#1", "#2", "was damaged");
      }
      assertThat(page(server, cookie, "/")).contains("staging");
      assertThat(
              server
                  .send(
                      "GET",
                      "/projects/shop/deploys/1",
                      "",
                      "Cookie",
                      cookie,
                      "Accept",
                      "text/html")
                  .body())
          .contains("was damaged", "backup");
    }
  }

  @Test
  void one_that_has_not_ended_is_shown_to_whoever_can_help() throws Exception {
    var data = folder.resolve("server");
    String token;
    try (var server = ServerUnderTest.first(data);
        var client = server.client()) {
      token = server.token();
      var repository = GitFolder.of(folder.resolve("repository"));
      var _ =
          client.addProject(
              new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
      awaitDeploys(client, 1);
    }
    damage(data, 1);
    unend(data, 1);

    try (var server = ServerUnderTest.again(data, token);
        var client = server.client()) {
      var cookie = server.signIn();
      assertThat(page(server, cookie, "/"))
          .contains("unreadable", "nothing is deployed here until it is mended");
      assertThat(page(server, cookie, "/projects/shop/environments/staging"))
          .contains("nothing is deployed here until it is mended");
      assertThat(client.environment(SHOP, "staging").underWay()).isEmpty();
    }
  }

  private static void awaitDeploys(FleetwrightClient client, int count)
      throws InterruptedException {
    try (var events = client.events(Watch.project(SHOP), 0)) {
      while (ended(client) < count) {
        events.next();
      }
    }
  }

  private static long ended(FleetwrightClient client) throws InterruptedException {
    return client.deploys(SHOP, Optional.empty(), 1).items().stream()
        .filter(d -> d.state().finished())
        .count();
  }

  private static void damage(Path data, long number) throws SQLException {
    change(data, "UPDATE deploy SET asked_by = 'nobody' WHERE number = " + number);
  }

  private static void unend(Path data, long number) throws SQLException {
    change(data, "UPDATE deploy SET finished_at = NULL WHERE number = " + number);
  }

  private static void change(Path data, String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("fleetwright.db"));
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private static String page(ServerUnderTest server, String cookie, String path) throws Exception {
    var answer = server.send("GET", path, "", "Cookie", cookie, "Accept", "text/html");
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer.body();
  }
}
