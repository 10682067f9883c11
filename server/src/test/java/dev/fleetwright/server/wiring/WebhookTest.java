package dev.fleetwright.server.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Watch;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// S38: what GitLab, GitHub and Gitea send, and what others send in their name.
@Timeout(60)
class WebhookTest {

  private static final String BODY = "{\"ref\":\"refs/heads/main\",\"after\":\"0000\"}";

  @TempDir static Path folder;
  private static GitFolder repository;
  private static ServerUnderTest server;
  private static FleetwrightClient client;
  private static String secret;

  @BeforeAll
  static void start() throws Exception {
    repository = GitFolder.of(folder.resolve("repository"));
    server = ServerUnderTest.first(folder.resolve("server"));
    client = server.client();
    secret =
        client
            .addProject(new Project.Add("shop", repository.folder().toString(), Optional.of(false)))
            .webhookSecret();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /// The three, as each signs.
  enum Sender {
    GITLAB("X-Gitlab-Token", "X-Gitlab-Event", "X-Gitlab-Event-UUID", "Push Hook"),
    GITHUB("X-Hub-Signature-256", "X-GitHub-Event", "X-GitHub-Delivery", "push"),
    GITEA("X-Gitea-Signature", "X-Gitea-Event", "X-Gitea-Delivery", "push");

    final String proof;
    final String event;
    final String delivery;
    final String push;

    Sender(String proof, String event, String delivery, String push) {
      this.proof = proof;
      this.event = event;
      this.delivery = delivery;
      this.push = push;
    }

    String prove(String secret, String body) {
      return switch (this) {
        case GITLAB -> secret;
        case GITHUB -> "sha256=" + hmac("HmacSHA256", secret, body);
        case GITEA -> hmac("HmacSHA256", secret, body);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_signed_push_has_the_repository_fetched(Sender sender) throws Exception {
    try (var events = client.events(Watch.project("shop"))) {
      repository.write("page.html", sender + "\n").commit("By " + sender);
      assertThat(deliver(sender, BODY, UUID.randomUUID().toString()).statusCode()).isEqualTo(202);
      FeedEvent event;
      do {
        event = events.next().orElseThrow();
      } while (!event.topic().equals("pipeline"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_new_secret_counts_beside_the_one_before_until_that_is_replaced(Sender sender)
      throws Exception {
    var name = "renewed-" + sender.name().toLowerCase(java.util.Locale.ROOT);
    var old =
        client
            .addProject(new Project.Add(name, repository.folder().toString(), Optional.of(false)))
            .webhookSecret();

    var renewed = client.renewWebhookSecret(name, new Project.RenewSecret(Optional.empty()));

    assertThat(renewed.beforeUntil().orElseThrow())
        .isBetween(
            Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(24)));
    assertThat(deliverTo(sender, name, old).statusCode()).isEqualTo(202);
    assertThat(deliverTo(sender, name, renewed.webhookSecret()).statusCode()).isEqualTo(202);

    var leaked = client.renewWebhookSecret(name, new Project.RenewSecret(Optional.of(true)));

    assertThat(leaked.beforeUntil()).isEmpty();
    assertThat(deliverTo(sender, name, old).statusCode()).isEqualTo(401);
    assertThat(deliverTo(sender, name, renewed.webhookSecret()).statusCode()).isEqualTo(401);
    assertThat(deliverTo(sender, name, leaked.webhookSecret()).statusCode()).isEqualTo(202);
    assertThat(client.ledger(name, 1).items())
        .filteredOn(r -> r.kind().equals("secret.set"))
        .hasSize(3)
        .allSatisfy(r -> assertThat(r.toString()).doesNotContain(old, leaked.webhookSecret()));
  }

  private static HttpResponse<String> deliverTo(Sender sender, String project, String with)
      throws Exception {
    return send(
        project,
        BODY,
        sender.proof,
        sender.prove(with, BODY),
        sender.event,
        sender.push,
        sender.delivery,
        UUID.randomUUID().toString());
  }

  @ParameterizedTest
  @EnumSource
  void a_delivery_that_comes_again_is_answered_and_does_nothing(Sender sender) throws Exception {
    var id = UUID.randomUUID().toString();
    assertThat(deliver(sender, BODY, id).statusCode()).isEqualTo(202);
    var again = deliver(sender, BODY, id);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).contains("already");
  }

  @ParameterizedTest
  @EnumSource
  void other_events_are_answered_and_do_nothing(Sender sender) throws Exception {
    var answer =
        send(
            "shop",
            BODY,
            sender.proof,
            sender.prove(secret, BODY),
            sender.event,
            "ping",
            sender.delivery,
            UUID.randomUUID().toString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("ignored");
  }

  @ParameterizedTest
  @EnumSource
  void what_is_wrongly_signed_is_refused(Sender sender) throws Exception {
    var right = sender.prove(secret, BODY);
    var wrong =
        new ArrayList<>(
            List.of(
                "",
                " ",
                "x",
                right.substring(1),
                right + "0",
                right.substring(0, right.length() - 1) + (right.endsWith("0") ? "1" : "0"),
                sender.prove("another secret", BODY),
                "sha1=" + hmac("HmacSHA1", secret, BODY)));
    if (sender != Sender.GITLAB) {
      // The right secret, another body.
      wrong.add(sender.prove(secret, BODY + " "));
      wrong.add(secret);
      wrong.add(right.toUpperCase(java.util.Locale.ROOT));
    }
    for (var proof : wrong) {
      assertThat(
              send(
                      "shop",
                      BODY,
                      sender.proof,
                      proof,
                      sender.event,
                      sender.push,
                      sender.delivery,
                      UUID.randomUUID().toString())
                  .statusCode())
          .as(proof)
          .isIn(401, 429);
    }
  }

  @Test
  void one_sender_s_proof_in_another_s_header_is_refused() throws Exception {
    for (var sender : Sender.values()) {
      for (var other : Sender.values()) {
        if (sender != other) {
          assertThat(
                  send(
                          "shop",
                          BODY,
                          sender.proof,
                          other.prove(secret, BODY),
                          sender.event,
                          sender.push,
                          sender.delivery,
                          UUID.randomUUID().toString())
                      .statusCode())
              .isIn(401, 429);
        }
      }
    }
  }

  @Test
  void a_project_that_is_not_there_is_refused_in_the_same_words() throws Exception {
    var there = wrongly("shop");
    var notThere = wrongly("nope");
    assertThat(notThere.statusCode()).isEqualTo(there.statusCode());
    assertThat(withoutName(notThere)).isEqualTo(withoutName(there));
    for (var odd : List.of("..", "%2e%2e%2f", "a".repeat(200), "%00", "Shop", "sh%2Fop")) {
      var answer =
          server.raw(
              String.join(
                  "\r\n",
                  "POST /hooks/" + odd + " HTTP/1.1",
                  "Host: x",
                  "Connection: close",
                  "Content-Length: 2",
                  "X-Gitlab-Token: wrong",
                  "",
                  "{}"));
      assertThat(ServerUnderTest.status(answer)).as(odd).isIn(400, 401, 404, 429);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_signed_delivery_without_an_id_is_refused(Sender sender) throws Exception {
    var proof = sender.prove(secret, BODY);
    assertThat(send("shop", BODY, sender.proof, proof, sender.event, sender.push).statusCode())
        .isEqualTo(400);
    assertThat(
            send(
                    "shop",
                    BODY,
                    sender.proof,
                    proof,
                    sender.event,
                    sender.push,
                    sender.delivery,
                    "x".repeat(500))
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void two_signatures_are_refused() throws Exception {
    var body = "{}";
    var answer =
        server.raw(
            "POST /hooks/shop HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n"
                + "X-Gitlab-Token: wrong\r\nX-Gitlab-Token: "
                + secret
                + "\r\nX-Gitlab-Event: Push Hook\r\nX-Gitlab-Event-UUID: 1\r\n\r\n"
                + body);
    assertThat(ServerUnderTest.status(answer)).isEqualTo(400);
  }

  @Test
  void nothing_signed_gets_nothing_done() throws Exception {
    assertThat(send("shop", BODY).statusCode()).isEqualTo(401);
    // A token of the API is no signature.
    assertThat(send("shop", BODY, "Authorization", "Bearer " + server.token()).statusCode())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @EnumSource
  void a_payload_is_never_looked_into_so_nothing_in_it_can_do_harm(Sender sender) throws Exception {
    var random = new Random(7);
    var odd =
        Stream.concat(
            Stream.of(
                "",
                "null",
                "[]",
                "{",
                "{\"ref\":null}",
                "{\"ref\":{\"ref\":[]}}",
                "[".repeat(100_000),
                "{\"repository\":{\"clone_url\":\"http://169.254.169.254/\"}}",
                "\u0000"),
            Stream.generate(() -> noise(random)).limit(200));
    for (var body : odd.toList()) {
      var answer = deliver(sender, body, UUID.randomUUID().toString());
      assertThat(answer.statusCode()).isEqualTo(202);
    }
  }

  @Test
  void a_payload_that_is_too_large_is_refused_before_it_is_read() throws Exception {
    var answer =
        server.raw(
            String.join(
                "\r\n",
                "POST /hooks/shop HTTP/1.1",
                "Host: x",
                "Connection: close",
                "Content-Length: 99999999",
                "X-Gitlab-Token: wrong",
                "",
                ""));
    assertThat(ServerUnderTest.status(answer)).isEqualTo(413);
  }

  private static HttpResponse<String> deliver(Sender sender, String body, String id)
      throws Exception {
    return send(
        "shop",
        body,
        sender.proof,
        sender.prove(secret, body),
        sender.event,
        sender.push,
        sender.delivery,
        id);
  }

  private static HttpResponse<String> wrongly(String project) throws Exception {
    return send(project, BODY, "X-Gitlab-Token", "wrong", "X-Gitlab-Event", "Push Hook");
  }

  private static HttpResponse<String> send(String project, String body, String... headers)
      throws Exception {
    return server.send("POST", "/hooks/" + project, body, headers);
  }

  private static String withoutName(HttpResponse<String> answer) {
    return answer.body().replaceAll("\"request\":\"[^\"]*\"", "");
  }

  private static String noise(Random random) {
    var bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    // Text, because the client of this test sends text; what is signed is what is sent.
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static String hmac(String algorithm, String secret, String body) {
    try {
      var mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
      return HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
