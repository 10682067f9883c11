package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What differs between two forms of one object, a line for each field, for people.
///
/// Values of Secrets are never shown, nor is the annotation in which `kubectl` repeats them.
final class FieldChanges {

  private static final int MOST_LINES = 200;
  private static final int LONGEST_VALUE = 200;

  /// What the server counts and keeps, and what we write for ourselves.
  private static final Set<String> NOT_SHOWN =
      Set.of(
          "status",
          "metadata.managedFields",
          "metadata.resourceVersion",
          "metadata.generation",
          "metadata.uid",
          "metadata.creationTimestamp",
          "metadata.selfLink",
          "metadata.annotations." + Identity.APPLIED,
          "metadata.annotations." + Identity.DEPLOY,
          "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
          "metadata.annotations.deployment.kubernetes.io/revision");

  private final boolean masked;
  private final List<String> lines = new ArrayList<>();

  private FieldChanges(boolean masked) {
    this.masked = masked;
  }

  static List<String> between(ObjectNode before, ObjectNode after) {
    var changes = new FieldChanges(ObjectKey.of(after).is("", "Secret"));
    changes.compare("", before, after);
    return changes.clipped();
  }

  /// All fields of what is new.
  static List<String> of(ObjectNode created) {
    var changes = new FieldChanges(ObjectKey.of(created).is("", "Secret"));
    changes.compare("", MissingNode.getInstance(), created);
    return changes.clipped();
  }

  private List<String> clipped() {
    if (lines.size() <= MOST_LINES) {
      return lines;
    }
    var some = new ArrayList<>(lines.subList(0, MOST_LINES));
    some.add("  … and " + (lines.size() - MOST_LINES) + " lines more");
    return some;
  }

  private void compare(String path, JsonNode before, JsonNode after) {
    if (before.equals(after) || NOT_SHOWN.contains(path)) {
      return;
    }
    var left = parts(before);
    var right = parts(after);
    var wholly =
        (left.isEmpty() && right.isEmpty())
            || (!before.isMissingNode()
                && !after.isMissingNode()
                && left.isEmpty() != right.isEmpty());
    if (wholly) {
      line("- ", path, before);
      line("+ ", path, after);
      return;
    }
    var names = new LinkedHashSet<>(left.keySet());
    names.addAll(right.keySet());
    for (var name : names) {
      compare(
          path.isEmpty() ? name : name.startsWith("[") ? path + name : path + "." + name,
          left.getOrDefault(name, MissingNode.getInstance()),
          right.getOrDefault(name, MissingNode.getInstance()));
    }
  }

  private void line(String sign, String path, JsonNode value) {
    if (!value.isMissingNode()) {
      lines.add(sign + path + ": " + shown(path, value));
    }
  }

  private String shown(String path, JsonNode value) {
    if (masked && (path.startsWith("data.") || path.startsWith("stringData."))) {
      return "***";
    }
    var text = value.isTextual() ? value.asText() : value.toString();
    var one = text.replace("\n", "⏎").replaceAll("\\p{Cntrl}", "·");
    return one.length() <= LONGEST_VALUE ? one : one.substring(0, LONGEST_VALUE) + " …";
  }

  /// Elements of lists by their names where they have some, so that one that is put in front does
  /// not look like a change of all.
  private static Map<String, JsonNode> parts(JsonNode value) {
    var parts = new LinkedHashMap<String, JsonNode>();
    if (value instanceof ObjectNode object) {
      object.properties().forEach(entry -> parts.put(entry.getKey(), entry.getValue()));
    } else if (value instanceof ArrayNode array) {
      for (var i = 0; i < array.size(); i++) {
        var item = array.get(i);
        var name = item.path("name").isTextual() ? item.path("name").asText() : String.valueOf(i);
        if (parts.putIfAbsent("[" + name + "]", item) != null) {
          parts.put("[" + i + "]", item);
        }
      }
    }
    return parts;
  }
}
