package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Place;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// How what belongs to a place is told from everything else in a cluster: labels to find it by, and
/// a field manager of its own, so that the API server itself turns down another environment that
/// wants the same object.
///
/// @param label the value of [#PLACE], unique to the place
record Identity(Place place, String label) {

  /// Label: the place, on objects and on the pods that they make.
  static final String PLACE = "fleetwright.dev/place";

  /// Label: the component, on objects and on the pods that they make.
  static final String COMPONENT = "fleetwright.dev/component";

  /// Annotation: the digest of what was applied, which says whether anything has to be.
  static final String APPLIED = "fleetwright.dev/applied";

  /// Annotation: the deploy that last changed the object.
  static final String DEPLOY = "fleetwright.dev/deployment-id";

  /// Annotation: project and environment, for people.
  static final String ENVIRONMENT = "fleetwright.dev/environment";

  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final int LONGEST_LABEL = 63;

  static Identity of(Place place) {
    var all = place.project() + "\n" + place.environment() + "\n" + place.target();
    var hash = Digest.of(all.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 10);
    var words = (place.project() + "-" + place.environment()).replaceAll("[^A-Za-z0-9-]", "-");
    var most = LONGEST_LABEL - hash.length() - 1;
    return new Identity(
        place, (words.length() > most ? words.substring(0, most) : words) + "-" + hash);
  }

  /// The namespace of a place whose target names none.
  static String namespace(Place place) {
    var words = (place.project() + "-" + place.environment()).replaceAll("[^a-z0-9-]", "-");
    return words.length() > LONGEST_LABEL ? of(place).label().replaceAll("[^a-z0-9-]", "-") : words;
  }

  /// Who applies for this place.
  String manager() {
    return "fleetwright-" + label;
  }

  String selector() {
    return PLACE + "=" + label;
  }

  /// Mark an object as this place's. What the user wrote stays, except for our own labels.
  void mark(ObjectNode object, String component) {
    var metadata = object.withObjectProperty("metadata");
    labels(metadata, component);
    if (!metadata.path("labels").has(MANAGED_BY)) {
      metadata.withObjectProperty("labels").put(MANAGED_BY, "fleetwright");
    }
    metadata
        .withObjectProperty("annotations")
        .put(ENVIRONMENT, place.project() + "/" + place.environment());
    template(object)
        .ifPresent(template -> {
          var inside = template.withObjectProperty("metadata");
          labels(inside, component);
          board(inside);
          board(metadata);
        });
  }

  private void labels(ObjectNode metadata, String component) {
    metadata.withObjectProperty("labels").put(PLACE, label).put(COMPONENT, component);
  }

  /// By these, GitLab's deploy boards and those who copied them find what belongs to an
  /// environment.
  private void board(ObjectNode metadata) {
    var annotations = metadata.withObjectProperty("annotations");
    if (!annotations.has("app.gitlab.com/env")) {
      annotations
          .put("app.gitlab.com/app", place.project().toString())
          .put("app.gitlab.com/env", place.environment().toString());
    }
  }

  /// The template of the pods that an object makes.
  static Optional<ObjectNode> template(ObjectNode object) {
    var spec = object.path("spec");
    var template =
        spec.has("jobTemplate")
            ? spec.path("jobTemplate").path("spec").path("template")
            : spec.path("template");
    return template instanceof ObjectNode found && found.path("spec").has("containers")
        ? Optional.of(found)
        : Optional.empty();
  }

  static String annotation(JsonNode object, String name) {
    return object.path("metadata").path("annotations").path(name).asText("");
  }

  static String labelOf(JsonNode object, String name) {
    return object.path("metadata").path("labels").path(name).asText("");
  }

  static void stamp(ObjectNode object, String digest, ApplyId order) {
    object
        .withObjectProperty("metadata")
        .withObjectProperty("annotations")
        .put(APPLIED, digest)
        .put(DEPLOY, String.valueOf(order.deploy()));
  }
}
