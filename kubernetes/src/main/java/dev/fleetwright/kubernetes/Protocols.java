package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// `protocol` is a part of what tells ports apart (`x-kubernetes-list-map-keys`), and TCP when it
/// is not written. Servers before 1.21 turn server-side apply down where it is missing, with code
/// 500; so it is always sent. It is the default that they fill in themselves with any other
/// request.
final class Protocols {

  private static final String PROTOCOL = "protocol";

  private Protocols() {}

  /// Fill it in, in a Service or in whatever has pods.
  static void fill(ObjectNode object) {
    var spec = object.path("spec");
    if (object.path("kind").asText().equals("Service")) {
      ports(spec.path("ports"));
    }
    pod(spec);
    pod(spec.path("template").path("spec"));
    pod(spec.path("jobTemplate").path("spec").path("template").path("spec"));
  }

  private static void pod(JsonNode spec) {
    for (var list : new String[] {"initContainers", "containers"}) {
      for (var container : spec.path(list)) {
        ports(container.path("ports"));
      }
    }
  }

  private static void ports(JsonNode ports) {
    for (var port : ports) {
      if (port instanceof ObjectNode one && !one.has(PROTOCOL)) {
        one.put(PROTOCOL, "TCP");
      }
    }
  }
}
