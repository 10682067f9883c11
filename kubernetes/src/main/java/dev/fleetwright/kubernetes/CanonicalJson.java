package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.artifact.Digest;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/// One form of bytes for one tree: keys in order, no space between.
final class CanonicalJson {
  private CanonicalJson() {}

  static String of(JsonNode tree) {
    return sorted(tree).toString();
  }

  static byte[] bytes(JsonNode tree) {
    return of(tree).getBytes(StandardCharsets.UTF_8);
  }

  static Digest digest(JsonNode tree) {
    return Digest.of(bytes(tree));
  }

  private static JsonNode sorted(JsonNode tree) {
    return switch (tree) {
      case ObjectNode object -> {
        var keys = new TreeMap<String, JsonNode>();
        object.properties().forEach(entry -> keys.put(entry.getKey(), sorted(entry.getValue())));
        var copy = JsonNodeFactory.instance.objectNode();
        keys.forEach(copy::set);
        yield copy;
      }
      case ArrayNode array -> {
        var copy = JsonNodeFactory.instance.arrayNode(array.size());
        array.forEach(item -> copy.add(sorted(item)));
        yield copy;
      }
      case JsonNode leaf -> leaf;
    };
  }
}
