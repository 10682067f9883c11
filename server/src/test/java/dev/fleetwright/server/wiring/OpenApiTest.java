package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fleetwright.server.http.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The description of the API and the API. That real answers are as described is checked by
/// [FlowTest], which meets most of them.
class OpenApiTest {

  @TempDir static Path data;
  private static ServerUnderTest server;
  private static Described described;

  @BeforeAll
  static void start() throws Exception {
    server = ServerUnderTest.first(data.resolve("server"));
    described = Described.by(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void every_route_for_programs_is_described_and_nothing_else() {
    var said = new ArrayList<String>();
    described
        .document()
        .path("paths")
        .forEachEntry((path, operations) ->
            operations
                .fieldNames()
                .forEachRemaining(
                    method -> said.add(method.toUpperCase(Locale.ROOT) + " " + path)));
    assertThat(said)
        .containsExactlyInAnyOrderElementsOf(
            server.routes().stream()
                .filter(Route::described)
                .map(r -> r.method() + " " + r.path())
                .toList());
  }

  @Test
  void the_document_is_openapi_3_1_and_holds_together() {
    var document = described.document();
    assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
    assertThat(document.path("info").path("title").asText()).isEqualTo("Fleetwright");
    assertThat(described.references())
        .isNotEmpty()
        .allSatisfy(ref -> assertThat(document.at(ref.substring(1)).isMissingNode()).isFalse());
    var ids = document.findValuesAsText("operationId");
    assertThat(ids).doesNotHaveDuplicates();
  }

  @Test
  void parameters_in_a_path_are_described_and_required() {
    for (var route : server.routes()) {
      if (route.described()) {
        var inPath = new ArrayList<String>();
        operation(route)
            .path("parameters")
            .forEach(p -> {
              if (p.path("in").asText().equals("path")) {
                assertThat(p.path("required").asBoolean()).isTrue();
                inPath.add(p.path("name").asText());
              }
            });
        assertThat(inPath).isEqualTo(route.pathParameters());
      }
    }
  }

  @Test
  void what_needs_a_token_says_so() {
    for (var route : server.routes()) {
      if (route.described()) {
        var secured = operation(route).path("security").size() == 1;
        assertThat(secured)
            .as(route.path())
            .isEqualTo(route.access() == dev.fleetwright.server.http.Access.SIGNED_IN);
      }
    }
  }

  @Test
  void requests_are_described_as_strictly_as_they_are_read() throws Exception {
    var schema = described.document().at("/components/schemas/DeployRequest");
    var json = new ObjectMapper();
    assertThat(described.errors(schema, json.readTree("{\"project\":\"a\",\"environment\":\"b\"}")))
        .isEmpty();
    assertThat(described.errors(schema, json.readTree("{\"project\":\"a\"}"))).isNotEmpty();
    assertThat(
            described.errors(
                schema,
                json.readTree("{\"project\":\"a\",\"environment\":\"b\",\"environmnt\":\"c\"}")))
        .isNotEmpty();
  }

  private static JsonNode operation(Route route) {
    return described
        .document()
        .path("paths")
        .path(route.path())
        .path(route.method().name().toLowerCase(Locale.ROOT));
  }
}
