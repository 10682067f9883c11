package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;

/// One entry of `status.conditions`; what is not written is the empty text.
///
/// @param since when it became so (`lastTransitionTime`)
record Condition(
    String type,
    String status,
    String reason,
    String message,
    String severity,
    String since,
    OptionalLong observedGeneration) {

  static List<Condition> of(JsonNode object) {
    return in(object.path("status").path("conditions"));
  }

  static List<Condition> in(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .filter(one -> one.isObject() && one.path("type").isTextual())
        .map(Condition::read)
        .toList();
  }

  private static Condition read(JsonNode one) {
    return new Condition(
        one.path("type").asText(),
        // Some controllers write true and false without quotes.
        one.path("status").asText(),
        one.path("reason").asText(""),
        one.path("message").asText("").strip(),
        one.path("severity").asText(""),
        one.path("lastTransitionTime").asText(""),
        Numbers.whole(one.path("observedGeneration")));
  }

  static Optional<Condition> find(JsonNode object, String type) {
    return of(object).stream().filter(one -> one.type.equals(type)).findFirst();
  }

  boolean isTrue() {
    return status.equalsIgnoreCase("true");
  }

  boolean isFalse() {
    return status.equalsIgnoreCase("false");
  }

  boolean isUnknown() {
    return status.equalsIgnoreCase("unknown");
  }

  /// The type without the domain that some put before it: `ACK.Terminal` is `Terminal`.
  String name() {
    return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('/')) + 1);
  }

  /// The best that it says for a person.
  String said() {
    if (!message.isEmpty()) {
      return message;
    }
    return reason.isEmpty() ? type + " is " + status : type + " is " + status + ": " + reason;
  }
}
