package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.kubernetes.client.ApiServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What `managedFields` says: whose each field is.
///
/// The fingerprint of an object is the set of fields that are ours, with their values. Whoever
/// changes one of them, takes one away or makes one his own changes the fingerprint; what the
/// server fills in, rewrites or counts does not. So a list of objects tells which of them have
/// drifted, without asking for any of them by itself.
final class Ownership {

  private static final int LENGTH = 32;

  private Ownership() {}

  /// @param scaled whether somebody else says how many replicas there are
  static String fingerprint(ObjectNode live, String manager, boolean scaled) {
    var ours = fields(live, manager);
    var picked = ours.isMissingNode() ? MissingNode.getInstance() : picked(live, ours);
    if (picked instanceof ObjectNode object) {
      if (object.path("metadata").path("annotations") instanceof ObjectNode annotations) {
        annotations.remove(List.of(Identity.DEPLOY, Identity.APPLIED));
      }
      if (scaled && object.path("spec") instanceof ObjectNode spec) {
        spec.remove("replicas");
      }
    }
    return CanonicalJson.digest(
            JsonNodeFactory.instance.arrayNode().add(picked.isMissingNode() ? null : picked))
        .hex()
        .substring(0, LENGTH);
  }

  /// The fields that a manager has applied.
  private static JsonNode fields(JsonNode live, String manager) {
    for (var entry : live.path("metadata").path("managedFields")) {
      if (entry.path("manager").asText().equals(manager)
          && entry.path("operation").asText().equals("Apply")) {
        return entry.path("fieldsV1");
      }
    }
    return MissingNode.getInstance();
  }

  /// Whether the manager says how many replicas there are.
  static boolean hasReplicas(JsonNode live, String manager) {
    return fields(live, manager).path("f:spec").has("f:replicas");
  }

  /// What of what we want others have now, such as `spec.replicas (kubectl-edit)`.
  static List<String> takenFrom(ObjectNode live, ObjectNode wanted, String manager) {
    var taken = new ArrayList<String>();
    for (var entry : live.path("metadata").path("managedFields")) {
      var who = entry.path("manager").asText();
      if (!who.equals(manager) && !entry.has("subresource")) {
        taken(entry.path("fieldsV1"), fields(live, manager), live, wanted, "", who, taken);
      }
    }
    return taken;
  }

  private static void taken(
      JsonNode theirs,
      JsonNode ours,
      JsonNode live,
      JsonNode wanted,
      String path,
      String who,
      List<String> taken) {
    for (var entry : theirs.properties()) {
      var child = child(live, entry.getKey());
      var want = child(wanted, entry.getKey());
      if (want.isMissingNode() || entry.getKey().equals(".")) {
        continue;
      }
      var name = name(path, entry.getKey());
      if (entry.getValue().isEmpty()) {
        if (!ours.has(entry.getKey()) && !child.equals(want)) {
          taken.add(name + " (" + who + ")");
        }
      } else {
        taken(entry.getValue(), ours.path(entry.getKey()), child, want, name, who, taken);
      }
    }
  }

  private static String name(String path, String key) {
    var own = key.substring(2);
    return key.startsWith("f:")
        ? (path.isEmpty() ? own : path + "." + own)
        : path + "[" + own + "]";
  }

  /// The part of a value that a set of fields covers.
  private static JsonNode picked(JsonNode value, JsonNode fields) {
    var picked = JsonNodeFactory.instance.objectNode();
    for (var entry : fields.properties()) {
      if (entry.getKey().equals(".")) {
        continue;
      }
      var child = child(value, entry.getKey());
      if (child.isMissingNode()) {
        picked.putNull(entry.getKey().substring(2) + " is gone");
      } else if (entry.getValue().isEmpty()
          || entry.getValue().properties().stream().allMatch(e -> e.getKey().equals("."))) {
        picked.set(entry.getKey().substring(2), child);
      } else {
        picked.set(entry.getKey().substring(2), picked(child, entry.getValue()));
      }
    }
    return picked;
  }

  /// `f:` is a field, `k:` an element of a list by its keys, `v:` an element of a set.
  private static JsonNode child(JsonNode value, String step) {
    if (step.startsWith("f:")) {
      return value.path(step.substring(2));
    }
    if (!(value instanceof ArrayNode array) || step.length() < 2) {
      return MissingNode.getInstance();
    }
    JsonNode wanted;
    try {
      wanted = ApiServer.json().readTree(step.substring(2));
    } catch (JsonProcessingException _) {
      return MissingNode.getInstance();
    }
    for (var item : array) {
      if (step.startsWith("k:") ? has(item, wanted) : item.equals(wanted)) {
        return item;
      }
    }
    return MissingNode.getInstance();
  }

  private static boolean has(JsonNode item, JsonNode keys) {
    for (Map.Entry<String, JsonNode> key : keys.properties()) {
      // A port's protocol may be left out of what we want, and is TCP then.
      var given = item.path(key.getKey());
      if (!given.equals(key.getValue())
          && !(given.isMissingNode() && key.getValue().asText().equals("TCP"))) {
        return false;
      }
    }
    return true;
  }
}
