package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {

  private static final String FORM = "application/x-www-form-urlencoded";

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
  void a_browser_signs_in_with_a_token_works_and_signs_out() throws Exception {
    var in = signIn(server.token(), "/projects/shop");
    assertThat(in.statusCode()).isEqualTo(303);
    assertThat(in.headers().firstValue("Location")).contains("/projects/shop");
    var setCookie = in.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(setCookie)
        .startsWith("fleetwright-" + server.uri().getPort() + "=")
        .contains("; Path=/", "; HttpOnly", "; SameSite=Strict")
        .doesNotContain("fw_", "Domain");
    var cookie = cookie(in);
    assertThat(asBrowser("GET", "/api/v1/projects", cookie).statusCode()).isEqualTo(200);

    var out = asBrowser("POST", "/logout", cookie);
    assertThat(out.statusCode()).isEqualTo(303);
    assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
    assertThat(asBrowser("GET", "/api/v1/projects", cookie).statusCode()).isEqualTo(401);
  }

  @Test
  void each_sign_in_gets_another_cookie_whatever_the_browser_brought() throws Exception {
    var name = "fleetwright-" + server.uri().getPort();
    var in =
        server.send(
            "POST",
            "/login",
            "token=" + server.token(),
            "Content-Type",
            FORM,
            "Origin",
            server.uri().toString(),
            "Cookie",
            name + "=chosen-by-an-attacker");
    assertThat(cookie(in))
        .doesNotContain("chosen")
        .isNotEqualTo(cookie(signIn(server.token(), "/")));
  }

  @Test
  void a_wrong_token_is_told_on_the_page() throws Exception {
    var answer = signIn("fw_wrong", "/");
    assertThat(answer.statusCode()).isIn(401, 429);
    assertThat(answer.body()).contains("<form");
    assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/ /evil",
        "/\tevil",
        "evil"
      })
  void after_signing_in_a_browser_stays_on_this_server(String next) throws Exception {
    var in = signIn(server.token(), next);
    assertThat(in.headers().firstValue("Location")).contains("/");
  }

  @ParameterizedTest
  @CsvSource({
    "cross-site, http://evil.example",
    "same-site, http://127.0.0.1:1",
    "cross-site, null",
    "same-origin, http://evil.example",
    "cross-site, ''",
    "'', ''"
  })
  void a_foreign_page_can_do_nothing_with_the_cookie(String site, String origin) throws Exception {
    var cookie = cookie(signIn(server.token(), "/"));
    for (var path : new String[] {"/api/v1/tokens", "/logout"}) {
      var headers = new java.util.ArrayList<String>(java.util.List.of("Cookie", cookie));
      if (!site.isEmpty()) {
        headers.addAll(java.util.List.of("Sec-Fetch-Site", site));
      }
      if (!origin.isEmpty()) {
        headers.addAll(java.util.List.of("Origin", origin));
      }
      headers.addAll(java.util.List.of("Content-Type", "application/json"));
      var answer = server.send("POST", path, "{\"name\":\"evil\"}", headers.toArray(String[]::new));
      assertThat(answer.statusCode()).isEqualTo(403);
    }
    assertThat(server.sendAsRoot("GET", "/api/v1/tokens", "").body()).doesNotContain("evil");
    assertThat(asBrowser("GET", "/api/v1/projects", cookie).statusCode()).isEqualTo(200);
  }

  @Test
  void a_foreign_page_cannot_sign_somebody_in() throws Exception {
    var answer =
        server.send(
            "POST",
            "/login",
            "token=" + server.token(),
            "Content-Type",
            FORM,
            "Origin",
            "http://evil.example",
            "Sec-Fetch-Site",
            "cross-site");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
  }

  @Test
  void a_foreign_page_cannot_read_a_stream_with_the_cookie() throws Exception {
    var cookie = cookie(signIn(server.token(), "/"));
    var answer =
        server.send(
            "GET",
            "/api/v1/events",
            "",
            "Cookie",
            cookie,
            "Origin",
            "http://evil.example",
            "Sec-Fetch-Site",
            "cross-site");
    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @Test
  void a_login_link_signs_in_once_and_holds_no_token() throws Exception {
    try (var client = server.client()) {
      var link = URI.create(client.loginLink().url());
      assertThat(link.toString())
          .startsWith(server.uri() + "/login?code=")
          .doesNotContain(server.token());
      var path = link.getRawPath() + "?" + link.getRawQuery();
      // Not from a foreign page, and trying that does not use it up.
      assertThat(server.send("GET", path, "", "Sec-Fetch-Site", "cross-site").statusCode())
          .isIn(401, 429);
      var in = server.send("GET", path, "", "Sec-Fetch-Site", "none");
      assertThat(in.statusCode()).isEqualTo(303);
      assertThat(asBrowser("GET", "/api/v1/projects", cookie(in)).statusCode()).isEqualTo(200);
      assertThat(server.send("GET", path, "").statusCode()).isIn(401, 429);
    }
  }

  @Test
  void a_page_that_needs_signing_in_leads_to_the_login_page_and_back() throws Exception {
    var answer = server.send("POST", "/logout", "");
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location")).contains("/login?next=%2F");
  }

  @Test
  void a_field_that_comes_twice_is_refused() throws Exception {
    var answer =
        server.send(
            "POST",
            "/login",
            "token=x&token=" + server.token(),
            "Content-Type",
            FORM,
            "Origin",
            server.uri().toString());
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  private static HttpResponse<String> signIn(String token, String next) throws Exception {
    return server.send(
        "POST",
        "/login",
        "token=" + token + "&next=" + URLEncoder.encode(next, StandardCharsets.UTF_8),
        "Content-Type",
        FORM,
        "Origin",
        server.uri().toString(),
        "Sec-Fetch-Site",
        "same-origin");
  }

  private static HttpResponse<String> asBrowser(String method, String path, String cookie)
      throws Exception {
    return server.send(
        method,
        path,
        "",
        "Cookie",
        cookie,
        "Origin",
        server.uri().toString(),
        "Sec-Fetch-Site",
        "same-origin");
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }
}
