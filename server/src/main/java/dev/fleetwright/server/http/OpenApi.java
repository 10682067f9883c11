package dev.fleetwright.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.api.Failure;
import dev.fleetwright.api.Json;
import dev.fleetwright.api.Page;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Describes the API as OpenAPI 3.1, from the routes that are registered and the records that they
/// really read and write. There is nothing to keep in step by hand.
final class OpenApi {

  private final List<Route> routes;
  private final TreeMap<String, ObjectNode> schemas = new TreeMap<>();
  private final Set<Class<?>> requests = new HashSet<>();

  private OpenApi(List<Route> routes) {
    this.routes = routes.stream().filter(Route::described).toList();
  }

  /// The document.
  static JsonNode describe(List<Route> routes, String version) {
    return new OpenApi(routes).document(version);
  }

  private JsonNode document(String version) {
    routes.forEach(route -> route.takes().ifPresent(this::collectRequests));
    var document = object();
    document.put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Fleetwright")
        .put("version", version)
        .put(
            "description",
            "From a commit to a running fleet. Times are UTC. A field that is not there has no value."
                + " Clients have to put up with fields and enum words that they do not know.")
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("identifier", "Apache-2.0");
    document.putArray("servers").addObject().put("url", "/");
    var paths = document.putObject("paths");
    for (var route : routes) {
      var path =
          paths.get(route.path()) instanceof ObjectNode there
              ? there
              : paths.putObject(route.path());
      path.set(route.method().name().toLowerCase(Locale.ROOT), operation(route));
    }
    var components = document.putObject("components");
    schema(Failure.Body.class);
    components.set("schemas", Json.strict().valueToTree(schemas));
    components
        .putObject("securitySchemes")
        .putObject("token")
        .put("type", "http")
        .put("scheme", "bearer");
    return document;
  }

  private ObjectNode operation(Route route) {
    var operation = object();
    operation.put("operationId", operationId(route)).put("summary", route.summary());
    var security = operation.putArray("security");
    if (route.access() == Access.SIGNED_IN) {
      security.addObject().putArray("token");
    }
    var parameters = operation.putArray("parameters");
    for (var name : route.pathParameters()) {
      parameter(parameters, name, "path", true, "").put("type", isId(name) ? "integer" : "string");
    }
    for (var query : route.query()) {
      parameter(parameters, query.name(), "query", query.required(), query.words())
          .put("type", query.type());
    }
    route
        .takes()
        .ifPresent(type -> {
          var body = operation.putObject("requestBody");
          body.put("required", needsBody(type));
          content(body, "application/json").set("schema", schema(type));
        });
    operation.set("responses", responses(route));
    return operation;
  }

  private ObjectNode responses(Route route) {
    var responses = object();
    var good = responses.putObject(Integer.toString(route.status()));
    good.put("description", "All is well.");
    switch (route.gives()) {
      case Gives.One(var type) -> content(good, "application/json").set("schema", schema(type));
      case Gives.PageOf(var type) -> content(good, "application/json").set("schema", pageOf(type));
      case Gives.Events(var type) -> {
        good.put("description", "Server-sent events; the data of each is as here.");
        content(good, "text/event-stream").set("schema", schema(type));
      }
      case Gives.Text() -> content(good, "text/plain").putObject("schema").put("type", "string");
      case Gives.File(var mediaType) ->
          content(good, mediaType)
              .putObject("schema")
              .put("type", "string")
              .put("contentMediaType", mediaType);
      case Gives.Json() ->
          content(good, "application/json").putObject("schema").put("type", "object");
      case Gives.ForPeople(), Gives.Foreign() ->
          throw new IllegalStateException("not a part of the API: " + route.path());
    }
    for (var status : refusals(route)) {
      var no = responses.putObject(Integer.toString(status));
      no.put("description", words(status));
      content(no, "application/json").set("schema", schema(Failure.Body.class));
    }
    return responses;
  }

  /// Every status that such a route can refuse with.
  static Set<Integer> refusals(Route route) {
    var statuses = new TreeSet<>(Set.of(500, 503));
    if (route.access() != Access.OPEN) {
      statuses.addAll(Set.of(401, 429));
    }
    if (route.access() == Access.SIGNED_IN) {
      statuses.add(403);
    }
    if (!route.pathParameters().isEmpty()) {
      statuses.add(404);
    }
    if (!route.query().isEmpty()) {
      statuses.add(400);
    }
    if (route.takes().isPresent()) {
      statuses.addAll(Set.of(400, 404, 413, 415));
    }
    if (route.access() == Access.SIGNED) {
      statuses.addAll(Set.of(400, 413, 415));
    }
    if (route.mayRefuse()) {
      statuses.addAll(Set.of(409, 422));
    }
    if (route.gives() instanceof Gives.Text && !route.pathParameters().isEmpty()) {
      statuses.add(416);
    }
    return statuses;
  }

  private static String words(int status) {
    return switch (status) {
      case 400 -> "The request cannot be understood.";
      case 401 -> "There is no token, or it opens nothing here.";
      case 403 -> "Not asked by a page of this server.";
      case 404 -> "There is no such thing.";
      case 409 -> "Not possible as things are.";
      case 413 -> "The body is too large.";
      case 415 -> "The body is of another kind.";
      case 416 -> "The range begins beyond the end.";
      case 422 -> "There are mistakes in files; each is told.";
      case 429 -> "Too many failed attempts.";
      case 503 -> "Not now: see `Retry-After`.";
      default -> "The server made a mistake.";
    };
  }

  private ObjectNode pageOf(Class<?> item) {
    var page = record(Page.class, false);
    ((ObjectNode) page.get("properties"))
        .putObject("items")
        .put("type", "array")
        .set("items", schema(item));
    return page;
  }

  private JsonNode schema(Type type) {
    return switch (type) {
      case ParameterizedType generic -> generic(generic);
      case Class<?> simple -> simple(simple);
      default -> throw new IllegalArgumentException("no schema for " + type);
    };
  }

  private JsonNode generic(ParameterizedType type) {
    var raw = (Class<?>) type.getRawType();
    var arguments = type.getActualTypeArguments();
    if (raw == Optional.class) {
      return schema(arguments[0]);
    } else if (Collection.class.isAssignableFrom(raw)) {
      var array = object().put("type", "array");
      array.set("items", schema(arguments[0]));
      return array;
    } else if (Map.class.isAssignableFrom(raw)) {
      var map = object().put("type", "object");
      map.set("additionalProperties", schema(arguments[1]));
      return map;
    }
    throw new IllegalArgumentException("no schema for " + type);
  }

  private JsonNode simple(Class<?> type) {
    if (type == String.class) {
      return object().put("type", "string");
    } else if (type == int.class || type == Integer.class) {
      return object().put("type", "integer").put("format", "int32");
    } else if (type == long.class || type == Long.class) {
      return object().put("type", "integer").put("format", "int64");
    } else if (type == double.class || type == Double.class) {
      return object().put("type", "number").put("format", "double");
    } else if (type == boolean.class || type == Boolean.class) {
      return object().put("type", "boolean");
    } else if (type == Instant.class) {
      return object().put("type", "string").put("format", "date-time");
    } else if (type.isEnum()) {
      return named(type, () -> words(type));
    } else if (type.isRecord()) {
      return named(type, () -> record(type, requests.contains(type)));
    }
    throw new IllegalArgumentException("no schema for " + type);
  }

  private JsonNode named(Class<?> type, java.util.function.Supplier<ObjectNode> make) {
    var name = name(type);
    if (!schemas.containsKey(name)) {
      // Before its parts, which may name it.
      schemas.put(name, object());
      schemas.put(name, make.get());
    }
    return object().put("$ref", "#/components/schemas/" + name);
  }

  private static ObjectNode words(Class<?> type) {
    var words = object().put("type", "string");
    var list = words.putArray("enum");
    for (var constant : type.getEnumConstants()) {
      list.add(Json.word((Enum<?>) constant));
    }
    return words;
  }

  private ObjectNode record(Class<?> type, boolean strict) {
    var schema = object().put("type", "object");
    var required = object().arrayNode();
    var properties = schema.putObject("properties");
    for (var component : type.getRecordComponents()) {
      if (!(component.getGenericType() instanceof java.lang.reflect.TypeVariable<?>)
          && !isListOfVariable(component)) {
        properties.set(Json.name(component.getName()), schema(component.getGenericType()));
      }
      if (component.getType() != Optional.class) {
        required.add(Json.name(component.getName()));
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    if (strict) {
      schema.put("additionalProperties", false);
    }
    return schema;
  }

  private static boolean isListOfVariable(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType type
        && type.getActualTypeArguments()[0] instanceof java.lang.reflect.TypeVariable<?>;
  }

  private static boolean needsBody(Class<?> type) {
    for (var component : type.getRecordComponents()) {
      if (component.getType() != Optional.class) {
        return true;
      }
    }
    return false;
  }

  private void collectRequests(Class<?> type) {
    if (type.isRecord() && requests.add(type)) {
      for (var component : type.getRecordComponents()) {
        collectRequests(component.getType());
      }
    }
  }

  private static ObjectNode parameter(
      ArrayNode parameters, String name, String in, boolean required, String words) {
    var parameter = parameters.addObject();
    parameter.put("name", name).put("in", in).put("required", required);
    if (!words.isEmpty()) {
      parameter.put("description", words);
    }
    return parameter.putObject("schema");
  }

  private static boolean isId(String name) {
    return !name.equals("project") && !name.equals("environment");
  }

  private static ObjectNode content(ObjectNode holder, String type) {
    return holder.putObject("content").putObject(type);
  }

  private static String operationId(Route route) {
    return route.method().name().toLowerCase(Locale.ROOT)
        + route.path().replaceAll("[^A-Za-z0-9]+", "_").replaceAll("_$", "");
  }

  /// `Deploy.Request` as `DeployRequest`.
  private static String name(Class<?> type) {
    var outer = type.getEnclosingClass();
    return (outer == null ? "" : name(outer)) + type.getSimpleName();
  }

  private static ObjectNode object() {
    return Json.strict().createObjectNode();
  }
}
