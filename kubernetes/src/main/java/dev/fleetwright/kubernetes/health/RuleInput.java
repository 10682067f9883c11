package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a rule can see of an object, as values of CEL. Fields that are null are left out, so that
/// `has()` tells what a person means by it.
///
/// @param variables by name; `conditions` has the conditions by their type
record RuleInput(Map<String, Object> variables) {

  static RuleInput of(JsonNode object, Instant now) {
    var conditions = new LinkedHashMap<String, Object>();
    for (var condition : Condition.of(object)) {
      var value =
          Map.of(
              "type", condition.type(),
              "status", condition.status(),
              "reason", condition.reason(),
              "message", condition.message());
      // Of two of the same type the one that is true counts.
      if (condition.isTrue()) {
        conditions.put(condition.type(), value);
      } else {
        conditions.putIfAbsent(condition.type(), value);
      }
    }
    return new RuleInput(
        Map.of(
            "object", value(object),
            "metadata", map(object.path("metadata")),
            "annotations", map(object.path("metadata").path("annotations")),
            "labels", map(object.path("metadata").path("labels")),
            "spec", map(object.path("spec")),
            "status", map(object.path("status")),
            "conditions", conditions,
            "age",
                Times.since(object.path("metadata").path("creationTimestamp").asText(""), now)
                    .toSeconds()));
  }

  private static Object map(JsonNode node) {
    return node.isObject() ? value(node) : Map.of();
  }

  private static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        var map = new LinkedHashMap<String, Object>();
        node.properties()
            .forEach(field -> {
              if (!field.getValue().isNull()) {
                map.put(field.getKey(), value(field.getValue()));
              }
            });
        yield map;
      }
      case ARRAY -> {
        List<Object> list = new ArrayList<>(node.size());
        node.forEach(one -> {
          if (!one.isNull()) {
            list.add(value(one));
          }
        });
        yield list;
      }
      case BOOLEAN -> node.asBoolean();
      case NUMBER ->
          node.isIntegralNumber() && node.canConvertToLong()
              ? (Object) node.asLong()
              : node.asDouble();
      case STRING, BINARY, MISSING, NULL, POJO -> node.asText();
    };
  }
}
