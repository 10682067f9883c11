package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;

/// Which object: whatever version of its API it is written in, it is the same one.
///
/// @param group of the API; empty for the core
/// @param namespace empty for what lies in none
record ObjectKey(String group, String kind, String namespace, String name)
    implements Comparable<ObjectKey> {

  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::kind)
          .thenComparing(ObjectKey::name)
          .thenComparing(ObjectKey::namespace)
          .thenComparing(ObjectKey::group);

  static ObjectKey of(JsonNode object) {
    var metadata = object.path("metadata");
    return new ObjectKey(
        group(object.path("apiVersion").asText()),
        object.path("kind").asText(),
        metadata.path("namespace").asText(""),
        metadata.path("name").asText());
  }

  static String group(String apiVersion) {
    var slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  boolean is(String otherGroup, String otherKind) {
    return group.equals(otherGroup) && kind.equals(otherKind);
  }

  /// For people: `Deployment web`.
  String words() {
    return kind + " " + name;
  }

  @Override
  public int compareTo(ObjectKey other) {
    return ORDER.compare(this, other);
  }
}
