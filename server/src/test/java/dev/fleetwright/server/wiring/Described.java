package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The API as the server describes it, to hold real answers against. For that the schemas are made
/// stricter than they are served: a field that is not described is a mistake of ours.
final class Described {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode document;
  private final JsonNode strict;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private Described(JsonNode document) {
    this.document = document;
    this.strict = document.deepCopy();
    this.strict.at("/components/schemas").forEach(Described::close);
  }

  static Described by(ServerUnderTest server) throws IOException, InterruptedException {
    var answer = server.sendAsRoot("GET", "/api/v1/openapi.json", "");
    assertThat(answer.statusCode()).isEqualTo(200);
    return new Described(JSON.readTree(answer.body()));
  }

  JsonNode document() {
    return document;
  }

  /// Check an answer against what is said of it.
  ///
  /// @param path of the route, with `{name}`
  void check(String method, String path, HttpResponse<String> answer) throws IOException {
    var what = method + " " + path + " " + answer.statusCode();
    var response =
        document
            .path("paths")
            .path(path)
            .path(method.toLowerCase(Locale.ROOT))
            .path("responses")
            .path(Integer.toString(answer.statusCode()));
    assertThat(response.isMissingNode()).as(what + " is not described").isFalse();
    var type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    var schema = response.path("content").path(type).path("schema");
    assertThat(schema.isMissingNode()).as(what + " as " + type + " is not described").isFalse();
    if (type.equals("application/json")) {
      assertThat(errors(schema, JSON.readTree(answer.body())))
          .as(what + " " + answer.body())
          .isEmpty();
    }
  }

  /// What is wrong with a value by a schema of the document.
  List<String> errors(JsonNode schema, JsonNode value) {
    var whole = (ObjectNode) schema.deepCopy();
    whole.set("components", strict.path("components"));
    return schemas.getSchema(whole).validate(value).stream().map(Object::toString).toList();
  }

  /// All `$ref`s, wherever they are.
  List<String> references() {
    var found = new ArrayList<String>();
    document.findValues("$ref").forEach(r -> found.add(r.asText()));
    return found;
  }

  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object && object.has("properties")) {
      object.put("additionalProperties", false);
    }
  }
}
