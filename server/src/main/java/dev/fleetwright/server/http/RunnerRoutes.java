package dev.fleetwright.server.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.api.Json;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.runner.Runner;
import dev.fleetwright.core.runner.Runners;
import dev.fleetwright.core.runner.Runners.Host;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.server.auth.Failures;
import dev.fleetwright.server.auth.RunnerTokens;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.Assignment;
import dev.fleetwright.server.operations.RunnerOperations;
import dev.fleetwright.server.operations.RunnerWork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What GitLab's runner asks with its own token: to be known, and for work (contract 2d.2).
///
/// 403 means to a runner that its token is wrong, and after three of those it rests for an hour; so
/// it is the answer to that alone.
final class RunnerRoutes {

  /// Of an answer to a question for work when there is none.
  private static final String LAST_UPDATE = "X-GitLab-Last-Update";

  /// As long as nobody minds that a runner with several registrations waits for one of them.
  private static final Duration LONG_POLL = Duration.ofSeconds(10);

  private static final int LARGEST = 256 << 10;
  private static final int LONGEST_TEXT = 255;

  private final Runners runners;
  private final RunnerOperations operations;
  private final RunnerWork work;
  private final Repositories repositories;
  private final Optional<Secret> registrationToken;
  private final Failures failures;
  private final InstantSource clock;

  /// @param registrationToken with which runners may register themselves, as old ones do
  RunnerRoutes(
      Runners runners,
      RunnerOperations operations,
      RunnerWork work,
      Repositories repositories,
      Optional<Secret> registrationToken,
      Failures failures,
      InstantSource clock) {
    this.runners = runners;
    this.operations = operations;
    this.work = work;
    this.repositories = repositories;
    this.registrationToken = registrationToken;
    this.failures = failures;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.foreign(Method.POST, "/api/v4/runners/verify", "Whether a runner is known.")
            .asAgreed(this::verify),
        Route.foreign(
                Method.POST, "/api/v4/runners", "Register a runner with the registration token.")
            .asAgreed(this::register),
        Route.foreign(Method.DELETE, "/api/v4/runners", "Take the runner itself away.")
            .asAgreed(this::remove),
        Route.foreign(Method.DELETE, "/api/v4/runners/managers", "Forget a machine of the runner.")
            .asAgreed(this::forget),
        Route.foreign(
                Method.POST,
                "/api/v4/runners/reset_authentication_token",
                "Give the runner a new token.")
            .asAgreed(this::renew),
        Route.foreign(
                Method.GET,
                "/api/v4/runners/router/discovery",
                "Where the job router is; there is none.")
            .asAgreed(call -> say(call, 501, "501 Not Implemented")),
        Route.foreign(Method.POST, "/api/v4/jobs/request", "Ask for a job.")
            .asAgreed(this::request));
  }

  private void verify(Call call) throws IOException {
    var body = body(call);
    var known = known(call, body);
    if (known.isEmpty()) {
      return;
    }
    heard(call, known.get().runner(), body);
    var answer = Json.strict().createObjectNode();
    answer.put("id", known.get().runner().id());
    answer.put("token", known.get().token());
    answer.putNull("token_expires_at");
    call.json(200, answer);
  }

  private void register(Call call) throws IOException {
    var body = body(call);
    var given = text(body, "token");
    if (registrationToken.filter(t -> same(t.reveal(), given)).isEmpty()) {
      forbidden(call);
      return;
    }
    var tags = Arrays.stream(text(body, "tag_list").split(",", -1)).map(String::strip);
    var description = text(body, "description");
    var made =
        operations.make(
            description.isEmpty() ? "runner" : description,
            Optional.empty(),
            tags.filter(t -> !t.isEmpty()).distinct().toList(),
            body.path("run_untagged").asBoolean(true),
            text(body, "access_level").equals("ref_protected"),
            body.path("paused").asBoolean(!body.path("active").asBoolean(true)),
            Optional.of(body.path("maximum_timeout").asLong(0))
                .filter(s -> s > 0)
                .map(Duration::ofSeconds),
            new Actor("runner registration"));
    switch (made) {
      case Answer.Done<RunnerOperations.Made>(var done) -> {
        heard(call, done.runner(), body);
        var answer = Json.strict().createObjectNode();
        answer.put("id", done.runner().id());
        answer.put("token", done.token().reveal());
        answer.putNull("token_expires_at");
        call.json(201, answer);
      }
      case Answer.NotFound<RunnerOperations.Made>(var what) -> say(call, 404, what);
      case Answer.Refused<RunnerOperations.Made>(_, var message, _, _) -> say(call, 400, message);
    }
  }

  private void remove(Call call) throws IOException {
    var known = known(call, body(call));
    if (known.isPresent()) {
      var runner = known.get().runner();
      var _ = operations.remove(runner.id(), actor(runner));
      call.context().status(204);
    }
  }

  private void forget(Call call) throws IOException {
    var body = body(call);
    var known = known(call, body);
    if (known.isPresent()) {
      var _ = runners.forget(known.get().runner().id(), text(body, "system_id"));
      call.context().status(204);
    }
  }

  private void renew(Call call) throws IOException {
    var known = known(call, body(call));
    if (known.isEmpty()) {
      return;
    }
    var runner = known.get().runner();
    var token = RunnerTokens.ofRunner();
    var renewed =
        runners.renewToken(
            runner.id(),
            RunnerTokens.hash(known.get().token()),
            RunnerTokens.hash(token.reveal()),
            actor(runner),
            clock.instant());
    if (!renewed) {
      forbidden(call);
      return;
    }
    var answer = Json.strict().createObjectNode();
    answer.put("token", token.reveal());
    answer.putNull("token_expires_at");
    call.json(201, answer);
  }

  private void request(Call call) throws IOException, InterruptedException {
    var body = body(call);
    var known = known(call, body);
    if (known.isEmpty()) {
      return;
    }
    var runner = known.get().runner();
    heard(call, runner, body);
    var found =
        work.next(
            runner, text(body, "system_id"), features(body), text(body, "last_update"), LONG_POLL);
    if (found.assignment().isPresent()) {
      var assignment = found.assignment().get();
      call.json(201, JobPayload.of(assignment, references(assignment)));
    } else {
      call.context().header(LAST_UPDATE, found.mark()).status(204);
    }
  }

  private Set<String> references(Assignment assignment) throws IOException {
    return repositories.references(assignment.pipeline().project()).keySet();
  }

  private static Set<String> features(JsonNode body) {
    var features = new HashSet<String>();
    body.path("info")
        .path("features")
        .properties()
        .forEach(feature -> {
          if (feature.getValue().asBoolean()) {
            features.add(feature.getKey());
          }
        });
    return features;
  }

  private void heard(Call call, Runner runner, JsonNode body) {
    var info = body.path("info");
    runners.heard(
        new Host(
            runner.id(),
            text(body, "system_id"),
            text(info, "version"),
            text(info, "platform"),
            text(info, "architecture"),
            text(info, "executor"),
            call.context().req().getRemoteAddr(),
            clock.instant()));
  }

  /// A runner and the token that it came with.
  private record Known(Runner runner, String token) {}

  /// Who asks; when it is nobody who is known, that has been answered.
  private Optional<Known> known(Call call, JsonNode body) throws IOException {
    var inBody = text(body, "token");
    var token = inBody.isEmpty() ? call.header("RUNNER-TOKEN").orElse("") : inBody;
    var runner =
        token.isEmpty() ? Optional.<Runner>empty() : runners.byToken(RunnerTokens.hash(token));
    if (runner.isEmpty()) {
      forbidden(call);
    }
    return runner.map(r -> new Known(r, token));
  }

  private void forbidden(Call call) throws IOException {
    if (failures.tooMany(Doorkeeper.source(call.context()))) {
      throw Refusal.tooMany("too many failed attempts from your address", failures.window());
    }
    say(call, 403, "403 Forbidden");
  }

  private static Actor actor(Runner runner) {
    return new Actor("runner %d".formatted(runner.id()));
  }

  /// As GitLab says what went wrong.
  static void say(Call call, int status, String message) throws IOException {
    call.json(status, Map.of("message", message));
  }

  /// The body, in which there may be more than is known here: runners are newer or older.
  static JsonNode body(Call call) throws IOException {
    var bytes = call.bytes(LARGEST);
    try {
      var body = Json.lenient().readTree(bytes.length == 0 ? new byte[] {'{', '}'} : bytes);
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (JacksonException _) {
      // Answered below.
    }
    throw Refusal.malformed("the body is not a JSON object", "send what GitLab's runner sends");
  }

  /// A text of a body, cut where it is longer than anything honest.
  static String text(JsonNode body, String name) {
    var text = body.path(name).asText("");
    return text.equals("null") || text.indexOf('\0') >= 0
        ? ""
        : text.substring(0, Math.min(text.length(), LONGEST_TEXT));
  }

  private static boolean same(String right, String given) {
    return MessageDigest.isEqual(
        right.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
