package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Failure;
import dev.fleetwright.api.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every refusal says what, where, and what to do about it, and nothing about our insides.
class ErrorsTest {

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

  @Test
  void a_misspelt_field_is_told_with_its_place_and_the_fields_there_are() throws Exception {
    var failure =
        failure(400, post("/api/v1/plans", "{\n \"project\": \"shop\",\n \"enviroment\": \"x\"}"));
    assertThat(failure.code()).isEqualTo("malformed");
    // And so that the other mistake is told too.
    assertThat(failure.problems()).hasSize(2);
    var problem = failure.problems().getFirst();
    assertThat(problem.line()).isEqualTo(3);
    assertThat(problem.message()).isEqualTo("`enviroment` is not a field here");
    assertThat(problem.remedy().orElseThrow()).contains("environment");
    assertThat(failure.problems().getLast().message()).contains("`environment` is missing");
  }

  @Test
  void a_missing_field_is_told() throws Exception {
    assertThat(failure(400, post("/api/v1/tokens", "{}")).problems().getFirst().message())
        .contains("`name`");
  }

  @Test
  void what_is_not_json_is_told_and_not_sent_back() throws Exception {
    var answer = post("/api/v1/tokens", "{\"name\": CANARY-12345}");
    assertThat(failure(400, answer).problems().getFirst().message()).isEqualTo("it is not JSON");
    assertThat(answer.body()).doesNotContain("CANARY");
  }

  @Test
  void deep_nesting_is_refused_early() throws Exception {
    failure(400, post("/api/v1/tokens", "[".repeat(200_000)));
  }

  @Test
  void another_kind_of_body_is_refused() throws Exception {
    failure(
        415,
        server.send(
            "POST",
            "/api/v1/tokens",
            "{\"name\":\"x\"}",
            "Authorization",
            "Bearer " + server.token(),
            "Content-Type",
            "text/plain"));
    failure(
        415,
        server.send(
            "POST",
            "/api/v1/tokens",
            "{\"name\":\"x\"}",
            "Authorization",
            "Bearer " + server.token(),
            "Content-Type",
            "application/json",
            "Content-Encoding",
            "gzip"));
  }

  @Test
  void a_body_that_is_too_large_is_refused_whether_or_not_it_says_so() throws Exception {
    failure(413, post("/api/v1/lint", "\"" + "x".repeat(5 << 20) + "\""));
    var chunked =
        server.raw(
            "POST /api/v1/lint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + server.token()
                + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + ("100000\r\n" + "x".repeat(1 << 20) + "\r\n").repeat(5)
                + "0\r\n\r\n");
    assertThat(ServerUnderTest.status(chunked)).isEqualTo(413);
  }

  @Test
  void ids_that_are_no_numbers_are_not_found() throws Exception {
    for (var id : new String[] {"0", "-1", "1.5", "x", "99999999999999999999", "1%20", "%2e%2e"}) {
      var status = server.sendAsRoot("GET", "/api/v1/deploys/" + id, "").statusCode();
      assertThat(status).as(id).isIn(400, 404);
    }
    failure(404, server.sendAsRoot("GET", "/api/v1/deploys/7", ""));
  }

  @Test
  void parameters_that_are_no_numbers_are_told() throws Exception {
    var failure = failure(400, server.sendAsRoot("GET", "/api/v1/projects?page=two", ""));
    assertThat(failure.message()).contains("`page`");
    failure(400, server.sendAsRoot("GET", "/api/v1/deploys", ""));
  }

  @Test
  void a_page_beyond_the_end_is_empty_and_an_endless_one_is_cut() throws Exception {
    var answer =
        server.sendAsRoot("GET", "/api/v1/projects?page=999999999999&per_page=999999999", "");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"items\":[]", "\"per_page\":100", "\"more\":false");
  }

  @Test
  void each_answer_has_a_name_of_our_making() throws Exception {
    var answer = server.send("GET", "/api/v1/projects", "", "X-Request-Id", "chosen by the caller");
    var id = answer.headers().firstValue("X-Request-Id").orElseThrow();
    assertThat(id).matches("[0-9a-f]{12}");
    assertThat(failure(401, answer).request()).isEqualTo(id);
  }

  @Test
  void every_answer_has_the_headers_that_keep_browsers_out_of_trouble() throws Exception {
    for (var path : new String[] {"/login", "/healthz", "/nope", "/api/v1/projects"}) {
      var headers = server.send("GET", path, "").headers();
      assertThat(headers.firstValue("Content-Security-Policy"))
          .as(path)
          .contains(
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                  + " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
                  + " frame-ancestors 'none'; object-src 'none'; require-trusted-types-for"
                  + " 'script'");
      assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(headers.firstValue("Cache-Control")).contains("no-store");
      assertThat(headers.firstValue("Cross-Origin-Opener-Policy")).contains("same-origin");
      assertThat(headers.map()).doesNotContainKeys("server", "x-powered-by");
    }
  }

  @Test
  void a_person_sees_a_page_and_a_program_json() throws Exception {
    var page = server.send("GET", "/nope", "", "Accept", "text/html,*/*");
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    failure(404, server.send("GET", "/api/v1/nope", "", "Accept", "text/html,*/*"));
  }

  @Test
  void lint_tells_every_mistake_at_once() throws Exception {
    var body =
        Json.strict()
            .writeValueAsString(
                Map.of(
                    "files",
                    Map.of(
                        ".gitlab-ci.yml",
                        "stages: [build]\na:\n  stage: nope\n  script: echo\n  retrry: 1\n",
                        "fleetwright.yml",
                        "project: Shop!\ntargets: {}\nenvironmnets: {}\n")));
    var answer = post("/api/v1/lint", body);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"valid\":false", "\"line\":", "\"column\":", "retrry", "environmnets");
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return server.sendAsRoot("POST", path, body);
  }

  private static Failure failure(int status, HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body()).doesNotContain("Exception", "at dev.", "jackson", "jetty");
    var failure = Json.lenient().readValue(answer.body(), Failure.Body.class).error();
    assertThat(failure.code()).matches("[a-z_]+");
    assertThat(failure.message()).isNotBlank();
    assertThat(failure.remedy()).isNotBlank();
    return failure;
  }
}
