package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.kubernetes.client.ApiRefused;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import java.io.IOException;
import java.util.Optional;

/// The namespace of a place.
final class Namespace {

  private static final Resource NAMESPACES = new Resource("v1", "Namespace", "namespaces", false);
  private static final Resource CLAIMS =
      new Resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims", true);

  private final ApiServer server;
  private final KubernetesSettings settings;
  private final Identity identity;

  Namespace(ApiServer server, KubernetesSettings settings, Identity identity) {
    this.server = server;
    this.settings = settings;
    this.identity = identity;
  }

  /// How it is.
  enum Presence {
    THERE,
    MISSING,
    GOING
  }

  Presence look() throws IOException, InterruptedException {
    Optional<ObjectNode> live;
    try {
      live = server.get(NAMESPACES.path("", settings.namespace()));
    } catch (ApiRefused e) {
      if (e.code() == 403) {
        // An account that has rights in one namespace only may not look at namespaces.
        return Presence.THERE;
      }
      throw e;
    }
    if (live.isEmpty()) {
      return Presence.MISSING;
    }
    return live.get().path("metadata").has("deletionTimestamp") ? Presence.GOING : Presence.THERE;
  }

  String missing() {
    return "namespace `%s` is not there; make it, or give the target `create_namespace: true` in fleetwright.yml"
        .formatted(settings.namespace());
  }

  /// Make it.
  ///
  /// @return whether it was made now; somebody else may have been faster
  boolean make() throws IOException, InterruptedException {
    var body = ApiServer.json().createObjectNode().put("apiVersion", "v1").put("kind", "Namespace");
    var metadata = body.putObject("metadata").put("name", settings.namespace());
    metadata
        .putObject("labels")
        .put("app.kubernetes.io/managed-by", "fleetwright")
        .put("fleetwright.dev/made-for", identity.label());
    try {
      server.create(NAMESPACES.path(""), body);
      return true;
    } catch (ApiRefused e) {
      if (e.code() == 409) {
        return false;
      }
      throw e;
    }
  }

  /// Delete it, unless there is data in it.
  ///
  /// @return what was done, in words
  String remove() throws IOException, InterruptedException {
    if (!server.list(CLAIMS, settings.namespace(), "").isEmpty()) {
      return "namespace `%s` stays: it has persistent volume claims"
          .formatted(settings.namespace());
    }
    server.delete(NAMESPACES.path("", settings.namespace()), "");
    return "namespace `%s` deleted".formatted(settings.namespace());
  }
}
