package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/// The group and kind of an object, without the version.
///
/// @param group empty for the core group
record Kind(String group, String name) {

  /// The API groups of Kubernetes itself. Everything else is somebody's custom resource, also
  /// `gateway.networking.k8s.io` and `snapshot.storage.k8s.io`.
  private static final Set<String> OWN =
      Set.of(
          "",
          "admissionregistration.k8s.io",
          "apiextensions.k8s.io",
          "apiregistration.k8s.io",
          "apps",
          "authentication.k8s.io",
          "authorization.k8s.io",
          "autoscaling",
          "batch",
          "certificates.k8s.io",
          "coordination.k8s.io",
          "discovery.k8s.io",
          "events.k8s.io",
          "extensions",
          "flowcontrol.apiserver.k8s.io",
          "networking.k8s.io",
          "node.k8s.io",
          "policy",
          "rbac.authorization.k8s.io",
          "resource.k8s.io",
          "scheduling.k8s.io",
          "storage.k8s.io");

  static Kind of(JsonNode object) {
    var version = object.path("apiVersion").asText("");
    var slash = version.indexOf('/');
    return new Kind(slash < 0 ? "" : version.substring(0, slash), object.path("kind").asText(""));
  }

  boolean isKubernetesOwn() {
    return OWN.contains(group);
  }

  /// As rules name it: `apps/Deployment`, `/Pod`.
  @Override
  public String toString() {
    return group + "/" + name;
  }
}
