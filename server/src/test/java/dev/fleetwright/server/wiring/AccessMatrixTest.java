package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.server.http.Access;
import dev.fleetwright.server.http.Gives;
import dev.fleetwright.server.http.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// S16: every route, asked by everybody. Made from the routes themselves, so that a new one cannot
/// be forgotten (CVE-2026-24748 was one without a check).
class AccessMatrixTest {

  @TempDir static Path data;
  private static ServerUnderTest server;

  @BeforeAll
  static void start() {
    server = ServerUnderTest.first(data.resolve("server"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// Open routes, said once more by hand: opening one takes a change here too.
  @Test
  void only_these_routes_are_open_or_signed() {
    assertThat(server.routes())
        .filteredOn(r -> r.access() != Access.SIGNED_IN)
        .extracting(r -> r.access() + " " + r.method() + " " + r.path())
        .containsExactlyInAnyOrder(
            "OPEN GET /healthz",
            "OPEN GET /readyz",
            "OPEN GET /login",
            "OPEN POST /login",
            "SIGNED POST /hooks/{project}",
            "OPEN GET /assets/{hash}/{name}",
            "RUNNER POST /api/v4/runners/verify",
            "RUNNER POST /api/v4/runners",
            "RUNNER DELETE /api/v4/runners",
            "RUNNER DELETE /api/v4/runners/managers",
            "RUNNER POST /api/v4/runners/reset_authentication_token",
            "RUNNER GET /api/v4/runners/router/discovery",
            "RUNNER POST /api/v4/jobs/request",
            "RUNNER PUT /api/v4/jobs/{job}",
            "RUNNER PATCH /api/v4/jobs/{job}/trace",
            "RUNNER POST /api/v4/jobs/{job}/artifacts",
            "RUNNER GET /api/v4/jobs/{job}/artifacts",
            "RUNNER GET /git/{repository}/info/refs",
            "RUNNER POST /git/{repository}/git-upload-pack");
  }

  @TestFactory
  Stream<DynamicTest> every_route_that_is_not_open_turns_away_whoever_has_no_right() {
    return server.routes().stream()
        .filter(r -> r.access() != Access.OPEN)
        .flatMap(route ->
            nobodies().stream()
                .flatMap(nobody ->
                    methods(route).stream()
                        .map(method ->
                            DynamicTest.dynamicTest(
                                method + " " + route.path() + " " + nobody.what(),
                                () -> turnsAway(route, method, nobody)))));
  }

  @TestFactory
  Stream<DynamicTest> every_route_lets_in_who_has_a_token() {
    return server.routes().stream()
        .filter(r -> r.access() == Access.SIGNED_IN && !(r.gives() instanceof Gives.Events))
        // It would end the server that the others ask; LeavingTest asks it.
        .filter(r -> !r.path().equals("/api/v1/server/drain"))
        .map(route ->
            DynamicTest.dynamicTest(
                route.method() + " " + route.path(),
                () -> {
                  var answer =
                      server.send(
                          route.method().name(),
                          concrete(route),
                          "",
                          "Authorization",
                          "Bearer " + server.token());
                  assertThat(answer.statusCode()).isNotIn(401, 403, 405, 429).isLessThan(500);
                }));
  }

  @Test
  void what_is_no_route_is_not_found_whoever_asks() throws Exception {
    for (var path : List.of("/nope", "/api/v1/nope", "/api/v2/projects", "/api", "/hooks")) {
      assertThat(server.send("GET", path, "").statusCode()).isEqualTo(404);
      assertThat(server.sendAsRoot("GET", path, "").statusCode()).isEqualTo(404);
    }
  }

  private void turnsAway(Route route, String method, Nobody nobody)
      throws IOException, InterruptedException {
    var answer = server.send(method, concrete(route), "", nobody.headers().toArray(String[]::new));
    if (route.gives() instanceof Gives.Foreign) {
      // 501 tells nothing, to nobody.
      assertThat(answer.statusCode()).isIn(401, 403, 429, 501);
    } else if (route.forPrograms()) {
      // 429 when others of this test have failed often enough before.
      assertThat(answer.statusCode()).isIn(401, 429);
      assertThat(method.equals("HEAD") ? "\"kind\":\"user\"" : answer.body())
          .contains("\"kind\":\"user\"");
    } else {
      assertThat(answer.statusCode()).isIn(303, 429);
      assertThat(answer.headers().firstValue("Location").orElse("/login")).startsWith("/login");
    }
    assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
  }

  private record Nobody(String what, List<String> headers) {
    Nobody(String what, String... headers) {
      this(what, List.of(headers));
    }
  }

  private static List<Nobody> nobodies() {
    return List.of(
        new Nobody("without anything"),
        new Nobody("with a wrong token", "Authorization", "Bearer fw_" + "A".repeat(43)),
        new Nobody("with the token in the URL only", "Referer", "http://x/?token=fw_x"),
        new Nobody("with another scheme", "Authorization", "Basic cm9vdDpyb290"),
        new Nobody("with an endless token", "Authorization", "Bearer fw_" + "A".repeat(5_000)),
        new Nobody(
            "with a made up cookie",
            "Cookie",
            "fleetwright-" + server.uri().getPort() + "=" + "A".repeat(43)));
  }

  private static List<String> methods(Route route) {
    var methods = new ArrayList<>(List.of(route.method().name()));
    if (route.method().name().equals("GET") && !(route.gives() instanceof Gives.Events)) {
      methods.add("HEAD");
    }
    return methods;
  }

  private static String concrete(Route route) {
    var query = new ArrayList<String>();
    route.query().stream().filter(q -> q.required()).forEach(q -> query.add(q.name() + "=shop"));
    return route.path().replace("{project}", "shop").replaceAll("\\{[^}]*}", "1")
        + (query.isEmpty() ? "" : "?" + String.join("&", query));
  }
}
