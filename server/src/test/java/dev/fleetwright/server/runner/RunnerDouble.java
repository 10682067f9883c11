package dev.fleetwright.server.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// What a stock `gitlab-runner` with the shell executor does, state by state, by the contract that
/// was written down from its sources: it sends what that sends, and fails the test on any status,
/// header or JSON that it would not take.
public final class RunnerDouble {

  static final ObjectMapper JSON = new ObjectMapper();
  private static final String USER_AGENT =
      "gitlab-runner 18.4.0 (18-4-stable; go1.24.6; linux/amd64)";

  final URI api;
  final Path builds;
  final Path git = Needs.tool("git");
  final Path bash = Needs.tool("bash");
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private String token;
  private final String system =
      "s_" + UUID.randomUUID().toString().substring(0, 12).replace("-", "0");
  private String lastUpdate = "";

  /// @param server such as `http://127.0.0.1:8400`
  /// @param builds where it works
  public RunnerDouble(URI server, String token, Path builds) {
    this.api = URI.create(server + "/api/v4/");
    this.token = token;
    this.builds = builds;
  }

  /// The token as it is now.
  public String token() {
    return token;
  }

  /// `gitlab-runner register --token glrt-…`: asks whether the token is good, and nothing else.
  ///
  /// @return the runner's id
  public long verify() throws IOException, InterruptedException {
    var answer = asRunner("POST", "runners/verify", body());
    mustBe(answer, 200);
    var said = json(answer);
    must(said.path("id").isIntegralNumber(), "verify answers with an id: " + said);
    must(said.path("token").asText().equals(token), "verify answers with the token");
    must(said.has("token_expires_at"), "verify says when the token expires");
    return said.path("id").asLong();
  }

  /// The status that a wrong token gets.
  public int verifyStatus() throws IOException, InterruptedException {
    return asRunner("POST", "runners/verify", body()).statusCode();
  }

  /// As runners did before GitLab 16: with one registration token for all.
  public static HttpResponse<String> register(URI server, String registrationToken, String tags)
      throws IOException, InterruptedException {
    var body = new TreeMap<String, Object>();
    body.put("info", Map.of("name", "gitlab-runner", "version", "15.11.0"));
    body.put("token", registrationToken);
    body.put("description", "old one");
    body.put("tag_list", tags);
    body.put("run_untagged", false);
    body.put("locked", true);
    body.put("access_level", "not_protected");
    body.put("maximum_timeout", 3600);
    body.put("paused", false);
    var runner = new RunnerDouble(server, "", Path.of("."));
    return runner.send(
        HttpRequest.newBuilder(runner.api.resolve("runners"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  /// Change the token, as runners do when theirs is old.
  public void renewToken() throws IOException, InterruptedException {
    var answer = asRunner("POST", "runners/reset_authentication_token", body());
    mustBe(answer, 201);
    token = json(answer).path("token").asText();
    must(token.startsWith("glrt-"), "a new token is one of a runner");
  }

  /// `gitlab-runner unregister`.
  public void unregister() throws IOException, InterruptedException {
    mustBe(asRunner("DELETE", "runners/managers", body()), 204);
    mustBe(asRunner("DELETE", "runners", body()), 204);
  }

  /// Whether the server has a job router; a stock runner goes on without when it is told 501.
  public int discover() throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(api.resolve("runners/router/discovery"))
            .header("RUNNER-TOKEN", token)
            .GET())
        .statusCode();
  }

  /// Ask for a job, until there is one or the time is over.
  public Optional<RunnerJob> request(Duration patience) throws IOException, InterruptedException {
    var until = System.nanoTime() + patience.toNanos();
    do {
      var job = request();
      if (job.isPresent()) {
        return job;
      }
      Thread.sleep(50);
    } while (System.nanoTime() < until);
    return Optional.empty();
  }

  /// Ask for a job that must come.
  public RunnerJob job() throws IOException, InterruptedException {
    return request(Duration.ofSeconds(30))
        .orElseThrow(() -> new AssertionError("no job came within 30 s"));
  }

  /// Ask for a job once.
  public Optional<RunnerJob> request() throws IOException, InterruptedException {
    var body = body();
    body.put("last_update", lastUpdate);
    var answer = asRunner("POST", "jobs/request", body);
    return switch (answer.statusCode()) {
      case 201 -> {
        lastUpdate = "";
        mustBeJson(answer);
        checkPayload(answer.body());
        yield Optional.of(new RunnerJob(this, json(answer)));
      }
      case 204 -> {
        must(answer.body().isEmpty(), "204 has no body");
        lastUpdate = answer.headers().firstValue("X-GitLab-Last-Update").orElse("");
        must(!lastUpdate.isEmpty(), "204 says X-GitLab-Last-Update");
        yield Optional.empty();
      }
      case 409, 503 -> Optional.empty();
      default ->
          throw new AssertionError(
              "a runner would not take %d from jobs/request: %s"
                  .formatted(answer.statusCode(), answer.body()));
    };
  }

  /// The status that a request for work gets.
  public int requestStatus() throws IOException, InterruptedException {
    return asRunner("POST", "jobs/request", body()).statusCode();
  }

  private static void checkPayload(String payload) throws IOException {
    try (var in = RunnerDouble.class.getResourceAsStream("job.schema.json")) {
      var schema =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(new String(in.readAllBytes(), UTF_8), InputFormat.JSON);
      var errors = schema.validate(payload, InputFormat.JSON);
      must(errors.isEmpty(), "the job is not as the runner reads it: " + errors);
    }
  }

  private Map<String, Object> body() {
    var features = new TreeMap<String, Boolean>();
    for (var feature : FEATURES) {
      features.put(feature, true);
    }
    features.put("image", false);
    features.put("services", false);
    var info = new TreeMap<String, Object>();
    info.put("name", "gitlab-runner");
    info.put("version", "18.4.0");
    info.put("revision", "139a0ac0");
    info.put("platform", "linux");
    info.put("architecture", "amd64");
    info.put("executor", "shell");
    info.put("shell", "bash");
    info.put("features", features);
    info.put("config", Map.of("gpus", ""));
    info.put("labels", Map.of());
    var body = new TreeMap<String, Object>();
    body.put("info", info);
    body.put("token", token);
    body.put("system_id", system);
    return body;
  }

  private static final Set<String> FEATURES =
      new HashSet<>(
          List.of(
              "variables",
              "artifacts",
              "cache",
              "fallback_cache_keys",
              "upload_multiple_artifacts",
              "upload_raw_artifacts",
              "refspecs",
              "masking",
              "raw_variables",
              "artifacts_exclude",
              "multi_build_steps",
              "trace_reset",
              "trace_checksum",
              "trace_size",
              "vault_secrets",
              "cancelable",
              "cancel_gracefully",
              "return_exit_code",
              "service_variables",
              "two_phase_job_commit"));

  private HttpResponse<String> asRunner(String method, String path, Map<String, Object> body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(api.resolve(path))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("RUNNER-TOKEN", token)
            .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(made(request), BodyHandlers.ofString());
  }

  HttpResponse<Path> download(HttpRequest.Builder request, Path to)
      throws IOException, InterruptedException {
    return http.send(made(request), BodyHandlers.ofFile(to));
  }

  private static HttpRequest made(HttpRequest.Builder request) {
    return request
        .header("User-Agent", USER_AGENT)
        .header("X-Request-Id", UUID.randomUUID().toString().replace("-", ""))
        .timeout(Duration.ofSeconds(60))
        .build();
  }

  /// A file as the part `file` of a form, sent in chunks as the runner's artifacts uploader does.
  static BodyPublisher multipart(String boundary, String name, Path file) {
    var parts = new ArrayList<byte[]>();
    try {
      parts.add(
          ("--"
                  + boundary
                  + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                  + name
                  + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
              .getBytes(UTF_8));
      var head = BodyPublishers.ofByteArrays(parts);
      var tail = BodyPublishers.ofString("\r\n--" + boundary + "--\r\n");
      return BodyPublishers.fromPublisher(
          BodyPublishers.concat(head, BodyPublishers.ofFile(file), tail));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  static JsonNode json(HttpResponse<String> answer) throws IOException {
    mustBeJson(answer);
    return JSON.readTree(answer.body());
  }

  static void mustBeJson(HttpResponse<?> answer) {
    var type = answer.headers().firstValue("Content-Type").orElse("");
    must(
        type.split(";", 2)[0].strip().equals("application/json"),
        "the runner reads application/json only, not `" + type + "`");
  }

  static void mustBe(HttpResponse<?> answer, int status) {
    must(
        answer.statusCode() == status,
        "%s %s answers %d, not %d: %s"
            .formatted(
                answer.request().method(),
                answer.request().uri().getPath(),
                answer.statusCode(),
                status,
                answer.body()));
  }

  static void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
