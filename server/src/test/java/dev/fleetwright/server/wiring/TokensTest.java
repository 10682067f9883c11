package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Token;
import dev.fleetwright.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TokensTest {

  @TempDir Path folder;
  private ServerUnderTest server;
  private FleetwrightClient client;

  @BeforeEach
  void start() {
    server = ServerUnderTest.first(folder.resolve("server"));
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void a_revoked_token_opens_nothing_and_its_browsers_are_signed_out() throws Exception {
    var ci = client.makeToken(new Token.Make("ci"));
    var browser = signIn(ci.secret());
    assertThat(asks(ci.secret())).isEqualTo(200);
    assertThat(browses(browser)).isEqualTo(200);

    assertThat(client.revokeToken(ci.token().id()).name()).isEqualTo("ci");

    // What was found is remembered for a second.
    Eventually.within(
        Duration.ofSeconds(5), "the token opens nothing", () -> asks(ci.secret()) == 401);
    assertThat(browses(browser)).isEqualTo(303);
    assertThat(asks(server.token())).isEqualTo(200);
    assertThat(client.tokens()).extracting(Token::name).containsExactly("root");
    assertThat(client.ledger("instance", 1).items())
        .extracting(r -> r.kind())
        .contains("token.removed");
    assertThatThrownBy(() -> client.revokeToken(ci.token().id()))
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  @Test
  void the_last_token_stays() throws Exception {
    var root = client.tokens().getFirst().id();

    assertThatThrownBy(() -> client.revokeToken(root))
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> {
              assertThat(e.status()).isEqualTo(409);
              assertThat(e.failure().code()).isEqualTo("last_token");
              assertThat(e.failure().remedy()).isEqualTo("make another one first");
            });
    assertThat(asks(server.token())).isEqualTo(200);
  }

  @Test
  void people_make_and_revoke_tokens_on_their_page_and_see_a_new_one_once() throws Exception {
    var browser = signIn(server.token());

    var made = post(browser, "/tokens", "name=ci");

    assertThat(made.statusCode()).isEqualTo(200);
    var secret = made.body().replaceAll("(?s).*<code id=\"secret\">([^<]*)</code>.*", "$1");
    assertThat(asks(secret)).isEqualTo(200);
    var list = server.send("GET", "/tokens", "", "Cookie", browser).body();
    assertThat(list).contains("root", "ci").doesNotContain(secret);

    var id = client.tokens().getLast().id();
    assertThat(post(browser, "/tokens/" + id + "/revoke", "").statusCode()).isEqualTo(303);

    assertThat(client.tokens()).extracting(Token::name).containsExactly("root");
    assertThat(post(browser, "/tokens", "name=%3Cb%3E").body()).contains("that cannot be a token");
    var last = post(browser, "/tokens/" + client.tokens().getFirst().id() + "/revoke", "");
    assertThat(last.statusCode()).isEqualTo(409);
    assertThat(last.body()).contains("make another one first");
  }

  private java.net.http.HttpResponse<String> post(String cookie, String path, String form)
      throws Exception {
    return server.send(
        "POST",
        path,
        form,
        "Cookie",
        cookie,
        "Origin",
        server.uri().toString(),
        "Content-Type",
        "application/x-www-form-urlencoded");
  }

  private String signIn(String token) throws Exception {
    return server
        .send(
            "POST",
            "/login",
            "token=" + token,
            "Origin",
            server.uri().toString(),
            "Content-Type",
            "application/x-www-form-urlencoded")
        .headers()
        .firstValue("Set-Cookie")
        .orElseThrow()
        .split(";", 2)[0];
  }

  private int asks(String token) {
    try {
      return server
          .send("GET", "/api/v1/projects", "", "Authorization", "Bearer " + token)
          .statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private int browses(String cookie) throws Exception {
    return server.send("GET", "/", "", "Cookie", cookie).statusCode();
  }
}
