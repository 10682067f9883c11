package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a CustomResourceDefinition tells of its objects: whether they have a status, and which
/// fields `kubectl get` prints.
///
/// @param hasNoStatus whether it is certain that nobody will ever write a status
record PrinterColumns(boolean hasNoStatus, List<Column> values) {

  /// A column whose name tells that it says how the object is.
  record Column(String name, String value) {}

  private static final Set<String> TELLING =
      Set.of("ready", "status", "state", "phase", "health", "healthy", "synced", "condition");

  /// Plain paths. Those into conditions need no reading: conditions are understood anyway.
  private static final Pattern PLAIN = Pattern.compile("\\.status(\\.[A-Za-z0-9_-]+)+");

  static PrinterColumns of(JsonNode object, JsonNode definition) {
    var version = version(object, definition);
    if (version.isMissingNode()) {
      return new PrinterColumns(false, List.of());
    }
    var hasStatus =
        version.path("subresources").has("status")
            || definition.path("spec").path("subresources").has("status")
            || version.path("schema").path("openAPIV3Schema").path("properties").has("status")
            || isTrue(
                version
                    .path("schema")
                    .path("openAPIV3Schema")
                    .path("x-kubernetes-preserve-unknown-fields"));
    var columns = new ArrayList<Column>();
    for (var column : version.path("additionalPrinterColumns")) {
      var path = column.path("jsonPath").asText(column.path("JSONPath").asText(""));
      var name = column.path("name").asText("").toLowerCase(Locale.ROOT);
      if (TELLING.contains(name) && PLAIN.matches(path)) {
        var value = object.at(path.replace('.', '/'));
        if (value.isTextual()) {
          columns.add(new Column(name, value.asText()));
        }
      }
    }
    return new PrinterColumns(!hasStatus, List.copyOf(columns));
  }

  private static JsonNode version(JsonNode object, JsonNode definition) {
    var written = object.path("apiVersion").asText("");
    var wanted = written.substring(written.indexOf('/') + 1);
    for (var version : definition.path("spec").path("versions")) {
      if (version.path("name").asText("").equals(wanted)) {
        return version;
      }
    }
    return definition.path("spec").path("versions").path(-1);
  }

  private static boolean isTrue(JsonNode node) {
    return node.isBoolean() && node.asBoolean();
  }
}
