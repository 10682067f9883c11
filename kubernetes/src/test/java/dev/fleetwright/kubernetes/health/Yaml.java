package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Objects as people write them.
final class Yaml {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Yaml() {}

  static JsonNode of(String text) {
    return all(text).getFirst();
  }

  static List<JsonNode> all(String text) {
    var settings = LoadSettings.builder().setAllowDuplicateKeys(true).build();
    return StreamSupport.stream(new Load(settings).loadAllFromString(text).spliterator(), false)
        .map(it -> MAPPER.<JsonNode>valueToTree(it))
        .toList();
  }
}
