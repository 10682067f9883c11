package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fleetwright.kubernetes.client.ApiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// As much of an API server as it takes to make trouble: it keeps what it is given, and answers
/// with what a test tells it to. What a real one does is tried on a real one ([ClusterTest]).
final class SmallApiServer implements AutoCloseable {

  /// What it says instead of doing its work.
  ///
  /// @param cutAfter bytes of the body that are sent, though all are announced; negative for all
  record Answer(int code, String body, Map<String, String> headers, int cutAfter) {

    static Answer status(int code, String reason, String message) {
      var status =
          ApiServer.json()
              .createObjectNode()
              .put("kind", "Status")
              .put("status", "Failure")
              .put("reason", reason)
              .put("message", message)
              .put("code", code);
      return new Answer(code, status.toString(), Map.of(), -1);
    }

    Answer with(String header, String value) {
      return new Answer(code, body, Map.of(header, value), cutAfter);
    }
  }

  /// One request.
  record Request(String method, String path, String query, String authorization, String body) {
    boolean is(String wantedMethod, String pathPart) {
      return method.equals(wantedMethod) && path.contains(pathPart);
    }

    boolean dryRun() {
      return query.contains("dryRun=All");
    }
  }

  /// Decides whether there is trouble.
  @FunctionalInterface
  interface Trouble {
    Optional<Answer> with(Request request);
  }

  private static final Map<String, String> KINDS =
      Map.of(
          "configmaps",
          "ConfigMap",
          "secrets",
          "Secret",
          "namespaces",
          "Namespace",
          "services",
          "Service");

  final List<Request> requests = new CopyOnWriteArrayList<>();
  volatile Trouble trouble = _ -> Optional.empty();

  private final Map<String, ObjectNode> objects = new ConcurrentSkipListMap<>();
  private final AtomicLong versions = new AtomicLong();
  private final HttpServer http;

  SmallApiServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::answer);
    http.start();
    objects.put("/api/v1/namespaces/shop", named("Namespace", "shop"));
  }

  String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /// What is kept at a path.
  Optional<ObjectNode> object(String path) {
    return Optional.ofNullable(objects.get(path));
  }

  private static ObjectNode named(String kind, String name) {
    var object = ApiServer.json().createObjectNode().put("apiVersion", "v1").put("kind", kind);
    object.putObject("metadata").put("name", name).put("uid", "uid-" + name);
    return object;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var address = exchange.getRequestURI();
      var request =
          new Request(
              exchange.getRequestMethod(),
              address.getPath(),
              Optional.ofNullable(address.getQuery()).orElse(""),
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                  .orElse(""),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      requests.add(request);
      var answer = trouble.with(request).orElse(null);
      if (answer == null) {
        answer = work(request);
      }
      var body = answer.body().getBytes(StandardCharsets.UTF_8);
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(answer.code(), body.length);
      exchange
          .getResponseBody()
          .write(body, 0, answer.cutAfter() < 0 ? body.length : answer.cutAfter());
    }
  }

  private Answer work(Request request) throws IOException {
    var path = request.path();
    if (path.equals("/api/v1")) {
      var list = ApiServer.json().createObjectNode();
      KINDS.forEach((plural, kind) ->
          list.withArrayProperty("resources")
              .addObject()
              .put("name", plural)
              .put("kind", kind)
              .put("namespaced", !plural.equals("namespaces")));
      return new Answer(200, list.toString(), Map.of(), -1);
    }
    var last = path.substring(path.lastIndexOf('/') + 1);
    if (KINDS.containsKey(last) && request.method().equals("GET")) {
      var list = ApiServer.json().createObjectNode();
      var items = list.putArray("items");
      objects.forEach((at, object) -> {
        var labels = object.path("metadata").path("labels");
        if (at.startsWith(path + "/") && labels.has(Identity.PLACE)) {
          items.add(object);
        }
      });
      return new Answer(200, list.toString(), Map.of(), -1);
    }
    return switch (request.method()) {
      case "GET" ->
          object(path)
              .map(o -> new Answer(200, o.toString(), Map.of(), -1))
              .orElseGet(() -> Answer.status(404, "NotFound", path + " not found"));
      case "POST" -> {
        var object = tree(request.body());
        yield keep(path + "/" + object.path("metadata").path("name").asText(), object, false);
      }
      case "PUT", "PATCH" -> keep(path, tree(request.body()), request.dryRun());
      case "DELETE" -> {
        objects.remove(path);
        yield new Answer(200, "{}", Map.of(), -1);
      }
      default -> Answer.status(405, "MethodNotAllowed", request.method());
    };
  }

  private Answer keep(String path, ObjectNode object, boolean dryRun) {
    object
        .withObjectProperty("metadata")
        .put("uid", "uid-" + path)
        .put("resourceVersion", String.valueOf(versions.incrementAndGet()));
    if (!dryRun) {
      objects.put(path, object);
    }
    return new Answer(200, object.toString(), Map.of(), -1);
  }

  private static ObjectNode tree(String text) throws IOException {
    JsonNode tree = ApiServer.json().readTree(text);
    return (ObjectNode) tree;
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
