package dev.fleetwright.kubernetes.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/// One API server. Safe for many threads; asks at most [#AT_ONCE] things at a time.
///
/// **Patient.** An answer of 429, or of 5xx that names a time, is asked again after that time, for
/// at most half a minute in all: then it is an [ApiRefused] whose [ApiRefused#passing] is true. A
/// token that is not believed is renewed once.
///
/// **What was not answered is never sent again**, except for requests that only read.
public final class ApiServer implements AutoCloseable {

  /// Requests at a time; API servers fend off callers that ask for many more.
  public static final int AT_ONCE = 16;

  /// Who writes what is not applied, as `managedFields` names it.
  private static final String MANAGER = "fleetwright";

  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LARGEST_ANSWER = 256L * 1024 * 1024;
  private static final int PAGE = 500;
  private static final Duration KINDS_KNOWN_FOR = Duration.ofMinutes(10);

  private static final JsonMapper JSON =
      JsonMapper.builder(
              new com.fasterxml.jackson.core.JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(500)
                          .maxStringLength(8 * 1024 * 1024)
                          .build())
                  .build())
          .build();

  private final Access access;
  private final HttpClient http;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ConcurrentMap<String, Kinds> kinds = new ConcurrentHashMap<>();
  private final AtomicLong requests = new AtomicLong();

  private record Kinds(Map<String, Resource> byKind, long readAt) {}

  /// Connects to nothing yet.
  public ApiServer(Access access) {
    this.access = access;
    this.http =
        HttpClient.newBuilder()
            .sslContext(access.tls())
            .connectTimeout(CONNECT_WITHIN)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /// The mapper of this module.
  public static ObjectMapper json() {
    return JSON;
  }

  /// Its address.
  public URI address() {
    return access.server();
  }

  /// The namespace that the kubeconfig's context names.
  public Optional<String> namespace() {
    return access.namespace();
  }

  /// How many requests were sent so far.
  public long requests() {
    return requests.get();
  }

  /// One object; empty when there is none of that name.
  ///
  /// @param path such as [Resource#path(String, String)] gives
  public Optional<ObjectNode> get(String path) throws IOException, InterruptedException {
    try {
      return Optional.of(tree(exchange("GET", path, Map.of(), "", "")));
    } catch (ApiRefused e) {
      if (e.code() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// All objects of a kind, whose `kind` and `apiVersion` are set as a single one's are. None when
  /// the server does not serve that kind.
  ///
  /// @param selector of labels; empty for all
  public List<ObjectNode> list(Resource resource, String namespace, String selector)
      throws IOException, InterruptedException {
    var all = new ArrayList<ObjectNode>();
    var next = "";
    do {
      var query = new TreeMap<>(Map.of("limit", String.valueOf(PAGE)));
      if (!selector.isEmpty()) {
        query.put("labelSelector", selector);
      }
      if (!next.isEmpty()) {
        query.put("continue", next);
      }
      ObjectNode page;
      try {
        page = tree(exchange("GET", resource.path(namespace), query, "", ""));
      } catch (ApiRefused e) {
        if (e.code() == 404) {
          return List.of();
        }
        if (e.code() == 410 && !next.isEmpty()) {
          // The list that was being read is gone from the server's memory.
          all.clear();
          next = "";
          continue;
        }
        throw e;
      }
      for (var item : page.path("items")) {
        if (item instanceof ObjectNode object) {
          object.put("kind", resource.kind());
          object.put("apiVersion", resource.apiVersion());
          all.add(object);
        }
      }
      next = page.path("metadata").path("continue").asText("");
    } while (!next.isEmpty());
    return all;
  }

  /// Server-side apply.
  ///
  /// @param manager who applies, as `managedFields` will name it
  /// @param dryRun whether it is only asked what would come of it
  /// @param force whether fields that others have are taken from them
  /// @return the object as it is, or would be, after that
  public ObjectNode apply(
      String path, ObjectNode object, String manager, boolean dryRun, boolean force)
      throws IOException, InterruptedException {
    var query = new TreeMap<>(Map.of("fieldManager", manager, "force", String.valueOf(force)));
    if (dryRun) {
      query.put("dryRun", "All");
    }
    // Before 1.25 servers pass over the parameter that they do not know.
    query.put("fieldValidation", "Strict");
    return tree(
        exchange(
            "PATCH", path, query, "application/apply-patch+yaml", JSON.writeValueAsString(object)));
  }

  /// Make an object that is not there yet.
  ///
  /// @param path of the kind
  public ObjectNode create(String path, ObjectNode object)
      throws IOException, InterruptedException {
    return written("POST", path, object);
  }

  /// Put an object in the place of one whose `metadata.resourceVersion` is the same.
  public ObjectNode replace(String path, ObjectNode object)
      throws IOException, InterruptedException {
    return written("PUT", path, object);
  }

  private ObjectNode written(String method, String path, ObjectNode object)
      throws IOException, InterruptedException {
    return tree(
        exchange(
            method,
            path,
            Map.of("fieldManager", MANAGER),
            "application/json",
            JSON.writeValueAsString(object)));
  }

  /// Delete an object and what it owns. It may stay for a while, with a `deletionTimestamp`.
  ///
  /// @param uid that it must have, so that no newer one of that name is hit; empty for any
  /// @return whether there was one
  public boolean delete(String path, String uid) throws IOException, InterruptedException {
    var options =
        JSON.createObjectNode()
            .put("kind", "DeleteOptions")
            .put("apiVersion", "v1")
            .put("propagationPolicy", "Background");
    if (!uid.isEmpty()) {
      options.putObject("preconditions").put("uid", uid);
    }
    try {
      exchange("DELETE", path, Map.of(), "application/json", JSON.writeValueAsString(options));
      return true;
    } catch (ApiRefused e) {
      // 409: it was deleted, and made anew by somebody else.
      if (e.code() == 404 || (e.code() == 409 && !uid.isEmpty())) {
        return false;
      }
      throw e;
    }
  }

  /// What may be done, from the server's own mouth (`SelfSubjectAccessReview`).
  ///
  /// @param group of the API; empty for the core
  public boolean may(String verb, String group, String plural, String namespace)
      throws IOException, InterruptedException {
    var review =
        JSON.createObjectNode()
            .put("apiVersion", "authorization.k8s.io/v1")
            .put("kind", "SelfSubjectAccessReview");
    var attributes = review.putObject("spec").putObject("resourceAttributes");
    attributes.put("verb", verb).put("group", group);
    var slash = plural.indexOf('/');
    attributes.put("resource", slash < 0 ? plural : plural.substring(0, slash));
    if (slash >= 0) {
      attributes.put("subresource", plural.substring(slash + 1));
    }
    if (!namespace.isEmpty()) {
      attributes.put("namespace", namespace);
    }
    return tree(exchange(
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            Map.of(),
            "application/json",
            JSON.writeValueAsString(review)))
        .path("status")
        .path("allowed")
        .asBoolean();
  }

  /// Text as it comes, such as a log.
  public String text(String path, Map<String, String> query)
      throws IOException, InterruptedException {
    return new String(exchange("GET", path, query, "", ""), StandardCharsets.UTF_8);
  }

  /// An answer that goes on until it is closed, such as a watch or a log that is followed.
  public InputStream stream(String path, Map<String, String> query)
      throws IOException, InterruptedException {
    for (var renewed = false; ; renewed = true) {
      var answer = sent(request("GET", path, query, "", ""), BodyHandlers.ofInputStream(), false);
      if (answer.statusCode() < 300) {
        return answer.body();
      }
      try (var body = answer.body()) {
        if (answer.statusCode() == 401 && !renewed) {
          access.credentials().renew();
        } else {
          throw refusal(answer, body.readNBytes(64 * 1024));
        }
      }
    }
  }

  /// Where objects of a kind are served; empty when this server has no such kind. Remembered for
  /// some minutes; a kind that is missing is looked for anew.
  ///
  /// @param apiVersion such as `apps/v1`
  public Optional<Resource> resource(String apiVersion, String kind)
      throws IOException, InterruptedException {
    var known = kinds.get(apiVersion);
    var fresh = known != null && System.nanoTime() - known.readAt() < KINDS_KNOWN_FOR.toNanos();
    if (known == null || !fresh || !known.byKind().containsKey(kind)) {
      known = new Kinds(kindsOf(apiVersion), System.nanoTime());
      kinds.put(apiVersion, known);
    }
    return Optional.ofNullable(known.byKind().get(kind));
  }

  private Map<String, Resource> kindsOf(String apiVersion)
      throws IOException, InterruptedException {
    var path = (apiVersion.indexOf('/') < 0 ? "/api/" : "/apis/") + apiVersion;
    var byKind = new TreeMap<String, Resource>();
    var answer = get(path);
    if (answer.isPresent()) {
      for (var entry : answer.get().path("resources")) {
        var name = entry.path("name").asText();
        if (name.indexOf('/') < 0) {
          var kind = entry.path("kind").asText();
          byKind.put(
              kind, new Resource(apiVersion, kind, name, entry.path("namespaced").asBoolean()));
        }
      }
    }
    return byKind;
  }

  private byte[] exchange(
      String method, String path, Map<String, String> query, String type, String body)
      throws IOException, InterruptedException {
    var until = System.nanoTime() + PATIENCE.toNanos();
    var renewed = false;
    var tries = 0;
    while (true) {
      HttpResponse<byte[]> answer;
      places.acquire();
      try {
        answer =
            sent(
                request(method, path, query, type, body),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER),
                !method.equals("GET"));
      } catch (ApiLost e) {
        if (method.equals("GET") && tries++ == 0) {
          continue;
        }
        throw e;
      } finally {
        places.release();
      }
      var code = answer.statusCode();
      if (code < 300) {
        return answer.body();
      }
      if (code == 401 && !renewed) {
        renewed = true;
        access.credentials().renew();
        continue;
      }
      var refusal = refusal(answer, answer.body());
      var wait = refusal.retryAfter().orElse(Duration.ofSeconds(1));
      var asked = code == 429 || (code >= 500 && refusal.retryAfter().isPresent());
      if (!asked || System.nanoTime() + wait.toNanos() > until) {
        throw refusal;
      }
      Thread.sleep(wait);
    }
  }

  private HttpRequest request(
      String method, String path, Map<String, String> query, String type, String body)
      throws IOException {
    var address = new StringBuilder(access.server().toString()).append(path);
    var between = '?';
    for (var entry : query.entrySet()) {
      address.append(between).append(entry.getKey()).append('=').append(encoded(entry.getValue()));
      between = '&';
    }
    var request =
        HttpRequest.newBuilder(URI.create(address.toString()))
            .header("Accept", "application/json")
            .header("User-Agent", "fleetwright")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    var authorization = access.credentials().authorization();
    if (authorization.isPresent()) {
      request.header("Authorization", authorization.get().reveal());
    }
    return request.build();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private <T> HttpResponse<T> sent(
      HttpRequest request, HttpResponse.BodyHandler<T> handler, boolean changes)
      throws IOException, InterruptedException {
    requests.incrementAndGet();
    var answer = http.sendAsync(request, handler);
    try {
      return answer.get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new ApiLost(
          host() + " did not answer within " + ANSWER_WITHIN.toSeconds() + " s", changes, e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw lost(e.getCause() == null ? e : e.getCause(), changes);
    }
  }

  private ApiLost lost(Throwable cause, boolean changes) {
    return switch (cause) {
      case UnknownHostException e -> new ApiLost(host() + " has no address", false, e);
      case HttpConnectTimeoutException e ->
          new ApiLost(
              host() + " did not accept a connection within " + CONNECT_WITHIN.toSeconds() + " s",
              false,
              e);
      case ConnectException e
          when e.getCause() instanceof java.nio.channels.UnresolvedAddressException ->
          new ApiLost(host() + " has no address", false, e);
      case ConnectException e -> new ApiLost(host() + " does not accept connections", false, e);
      case SSLException e when handshake(e) ->
          new ApiLost(
              host()
                  + " cannot be trusted ("
                  + e.getMessage()
                  + "); check the certificate authority of the cluster's configuration",
              false,
              e);
      default ->
          new ApiLost(host() + " broke off its answer (" + words(cause) + ")", changes, cause);
    };
  }

  private static boolean handshake(SSLException e) {
    return String.valueOf(e.getMessage()).contains("PKIX")
        || String.valueOf(e.getMessage()).contains("No name matching")
        || String.valueOf(e.getMessage()).contains("No subject alternative")
        || e instanceof javax.net.ssl.SSLHandshakeException;
  }

  private static String words(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private String host() {
    return "the API server " + access.server().getAuthority();
  }

  private static ApiRefused refusal(HttpResponse<?> answer, byte[] body) {
    JsonNode status;
    try {
      status = JSON.readTree(body);
    } catch (IOException _) {
      // A proxy in between answers with a page.
      status = MissingNode.getInstance();
    }
    return new ApiRefused(
        answer.statusCode(), status == null ? MissingNode.getInstance() : status, wait(answer));
  }

  private static Duration wait(HttpResponse<?> answer) {
    var text = answer.headers().firstValue("Retry-After").orElse("").strip();
    return text.matches("[0-9]{1,4}") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
  }

  private ObjectNode tree(byte[] answer) throws ApiLost {
    try {
      if (JSON.readTree(answer) instanceof ObjectNode object) {
        return object;
      }
      throw new ApiLost(
          host() + " answered with something that is no object",
          true,
          new IOException("no object"));
    } catch (JsonProcessingException e) {
      throw new ApiLost(host() + " answered with only a part of an object", true, e);
    } catch (ApiLost e) {
      throw e;
    } catch (IOException e) {
      throw new ApiLost(host() + " answered with something unreadable", true, e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
