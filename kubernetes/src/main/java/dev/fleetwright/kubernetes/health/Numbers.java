package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalLong;

/// Whole numbers in objects.
final class Numbers {
  private Numbers() {}

  /// A whole number, also one in quotes; a generation above nine digits is a hash of some
  /// controller and no number.
  static OptionalLong whole(JsonNode node) {
    if (node.isIntegralNumber()) {
      return OptionalLong.of(node.asLong());
    }
    var text = node.isTextual() ? node.asText() : "";
    return !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  static long orElse(JsonNode node, long other) {
    return whole(node).orElse(other);
  }
}
