package dev.fleetwright.server.http;

import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.server.auth.Failures;
import dev.fleetwright.server.auth.WebhookSecrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where GitLab, GitHub and Gitea tell of pushes.
///
/// A delivery says no more than *that* something moved; what moved is fetched from the repository.
/// So its content is never looked into: the signature is checked over the bytes as they came, and
/// then they are forgotten. What cannot be parsed cannot do harm (CVE-2025-59531 and its siblings).
public final class WebhookRoutes {

  private static final Logger log = LoggerFactory.getLogger(WebhookRoutes.class);

  /// Above all but the rarest pushes; who sends more gets polled.
  private static final int LARGEST = 5 << 20;

  private static final Pattern DELIVERY = Pattern.compile("[0-9A-Za-z_.:-]{1,100}");

  private static final Secret NO_SECRET = Secret.of("no such project");

  private final Projects projects;
  private final WebhookSecrets secrets;
  private final Failures failures;
  private final Moved moved;
  private final Clock clock;

  WebhookRoutes(
      Projects projects, WebhookSecrets secrets, Failures failures, Moved moved, Clock clock) {
    this.projects = projects;
    this.secrets = secrets;
    this.failures = failures;
    this.moved = moved;
    this.clock = clock;
  }

  /// What to do when a repository may have moved.
  @FunctionalInterface
  public interface Moved {
    /// Have it fetched soon; returns at once. Telling again while that is still to come changes
    /// nothing.
    void moved(ProjectName project);
  }

  /// Who may send, and how each signs.
  private enum Sender {
    GITLAB("X-Gitlab-Token", "X-Gitlab-Event", "X-Gitlab-Event-UUID"),
    GITHUB("X-Hub-Signature-256", "X-GitHub-Event", "X-GitHub-Delivery"),
    GITEA("X-Gitea-Signature", "X-Gitea-Event", "X-Gitea-Delivery");

    private final String proof;
    private final String event;
    private final String delivery;

    Sender(String proof, String event, String delivery) {
      this.proof = proof;
      this.event = event;
      this.delivery = delivery;
    }

    boolean proves(String given, Secret secret, byte[] body) {
      return switch (this) {
        case GITLAB -> same(given, secret.reveal());
        case GITHUB -> same(given, "sha256=" + hmac(secret, body));
        case GITEA -> same(given, hmac(secret, body));
      };
    }

    /// Whether the event can mean that a branch or tag moved; `ping` and the like are only
    /// answered.
    boolean tellsOfPush(String name) {
      return switch (this) {
        case GITLAB -> name.equals("Push Hook") || name.equals("Tag Push Hook");
        case GITHUB, GITEA -> name.equals("push") || name.equals("create") || name.equals("delete");
      };
    }

    /// Takes the same time however much is right.
    private static boolean same(String given, String right) {
      return MessageDigest.isEqual(
          given.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    private static String hmac(Secret secret, byte[] body) {
      try {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(body));
      } catch (GeneralSecurityException e) {
        throw new AssertionError("every Java platform has HmacSHA256", e);
      }
    }
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/hooks/{project}",
                Access.SIGNED,
                "Tells that a project's repository moved; signed as GitLab, GitHub or Gitea do.")
            .json(this::delivered));
  }

  private void delivered(Call call) throws IOException {
    var sender = sender(call);
    var body = call.bytes(LARGEST);
    var name = call.path("project");
    var valid = secrets(name);
    // A project that is not there takes as long and sounds the same as a wrong signature.
    var proof = call.header(sender.proof).orElseThrow();
    var proven = false;
    for (var secret : valid.isEmpty() ? List.of(NO_SECRET) : valid) {
      proven |= sender.proves(proof, secret, body);
    }
    if (!proven || valid.isEmpty()) {
      throw failures.tooMany(Doorkeeper.source(call.context()))
          ? Refusal.tooMany("too many deliveries with wrong signatures", failures.window())
          : Refusal.user(
              401,
              "wrong_signature",
              "the signature is not that of this project's secret",
              "enter the webhook secret of the project where its repository is hosted");
    }
    act(call, sender, new ProjectName(name));
  }

  private void act(Call call, Sender sender, ProjectName project) throws IOException {
    var event = call.header(sender.event).orElse("");
    var delivery =
        call.header(sender.delivery)
            .or(() -> call.header("Idempotency-Key"))
            .filter(d -> DELIVERY.matcher(d).matches())
            .orElseThrow(() ->
                Refusal.malformed(
                    "the header `%s` is missing or odd".formatted(sender.delivery),
                    "send the id of the delivery in it"));
    if (!sender.tellsOfPush(event)) {
      call.json(200, Map.of("status", "ignored", "reason", "only pushes matter here"));
    } else if (!projects.firstDelivery(
        project,
        sender.name().toLowerCase(java.util.Locale.ROOT) + ":" + delivery,
        clock.instant())) {
      call.json(200, Map.of("status", "already"));
    } else {
      log.atInfo()
          .addKeyValue("project", project)
          .addKeyValue("from", sender)
          .addKeyValue("delivery", delivery)
          .log("push was told");
      moved.moved(project);
      call.json(202, Map.of("status", "accepted"));
    }
  }

  /// Gitea also sends GitHub's headers, so it is asked for first; two proofs of one kind are one
  /// too many.
  private static Sender sender(Call call) {
    for (var sender : List.of(Sender.GITEA, Sender.GITHUB, Sender.GITLAB)) {
      var proofs = call.context().req().getHeaders(sender.proof);
      if (proofs.hasMoreElements()) {
        proofs.nextElement();
        if (proofs.hasMoreElements()) {
          throw Refusal.malformed(
              "the header `" + sender.proof + "` is there twice", "send it once");
        }
        return sender;
      }
    }
    throw Refusal.user(
        401,
        "not_signed",
        "the delivery is not signed",
        "enter the webhook secret of the project where its repository is hosted");
  }

  private List<Secret> secrets(String name) {
    return Optional.of(name)
        .filter(ProjectName::valid)
        .map(ProjectName::new)
        .map(secrets::valid)
        .orElse(List.of());
  }
}
