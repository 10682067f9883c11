package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// S17 and S29: paths and requests that two readers read differently.
class PathTricksTest {

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/projects;x",
        "/api/v1/projects;.css",
        "/api/v1/projects/..;/tokens",
        "/login/..;/api/v1/tokens",
        "/healthz/../api/v1/tokens",
        "/healthz/%2e%2e/api/v1/tokens",
        "/healthz/..%2fapi/v1/tokens",
        "/healthz%2f..%2fapi/v1/tokens",
        "//api/v1/tokens",
        "/api//v1/tokens",
        "/api/./v1/tokens",
        "/api/v1/tokens/",
        "/api/v1/tokens/.",
        "/api/v1/tokens.",
        "/api/v1/tokens.css",
        "/api/v1/tokens%00",
        "/api/v1/tokens%20",
        "/api/v1/tokens%3fx",
        "/API/v1/tokens",
        "/api/v1/%74okens",
        "/api\\v1\\tokens",
        "/api%5cv1%5ctokens",
        "/login;jsessionid=1/api/v1/tokens"
      })
  void cve_2024_27198_a_trick_in_the_path_opens_nothing(String path) throws IOException {
    var answer = server.raw(request("GET " + path));
    assertThat(ServerUnderTest.status(answer)).isIn(400, 401, 404);
    assertThat(answer).doesNotContain("root");
    // Nor does it work for who has a token: it is not the same path.
    var asRoot = server.raw(request("GET " + path, "Authorization: Bearer " + server.token()));
    assertThat(ServerUnderTest.status(asRoot)).isIn(400, 404);
  }

  @Test
  void a_slash_in_the_name_of_an_environment_travels_encoded() throws Exception {
    var answer =
        server.sendAsRoot("GET", "/api/v1/projects/shop/environments/review%2Ffix-login", "");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("environment `review/fix-login` of project `shop`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Original-URL: /healthz",
        "X-Rewrite-URL: /healthz",
        "X-HTTP-Method-Override: GET",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-User: root",
        "Forwarded: for=127.0.0.1;host=localhost"
      })
  void a_header_does_not_change_what_is_asked(String header) throws IOException {
    assertThat(ServerUnderTest.status(server.raw(request("GET /api/v1/tokens", header))))
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /api/v1/lint HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /api/v1/lint HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n"
      })
  void a_request_that_can_be_read_in_two_ways_is_refused(String request) throws IOException {
    var answer = server.raw(request);
    assertThat(ServerUnderTest.status(answer)).isEqualTo(400);
    assertThat(answer).contains("\"code\":\"malformed\"").doesNotContain("jetty", "Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"})
  void other_methods_are_not_allowed_and_the_right_ones_are_told(String method) throws IOException {
    var answer = server.raw(request(method + " /api/v1/tokens"));
    assertThat(ServerUnderTest.status(answer)).isEqualTo(405);
    assertThat(answer).contains("Allow: GET, POST");
  }

  private static String request(String line, String... headers) {
    return line
        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
        + "\r\n";
  }
}
