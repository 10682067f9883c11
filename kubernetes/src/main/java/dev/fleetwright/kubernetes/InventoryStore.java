package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.kubernetes.client.ApiRefused;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import java.io.IOException;
import java.util.Optional;

/// Reads and writes an [Inventory]. Each write names the version that was read: when two servers
/// write at once, one of them is told so, reads again, and finds the other's token.
final class InventoryStore {

  /// A ConfigMap holds 1 MiB (etcd), and an order that is under way has two states in it.
  private static final int LARGEST = 950_000;

  private static final String KEY = "inventory.json";

  private final ApiServer server;
  private final String namespace;
  private final Identity identity;
  private Optional<ObjectNode> known = Optional.empty();

  InventoryStore(ApiServer server, String namespace, Identity identity) {
    this.server = server;
    this.namespace = namespace;
    this.identity = identity;
  }

  private static final Resource CONFIG_MAPS = new Resource("v1", "ConfigMap", "configmaps", true);

  /// The last that was written; [Inventory#EMPTY] when nothing was.
  Inventory read() throws IOException, InterruptedException {
    known = server.get(CONFIG_MAPS.path(namespace, name()));
    var text = known.map(map -> map.path("data").path(KEY).asText("")).orElse("");
    try {
      return text.isEmpty() ? Inventory.EMPTY : Inventory.read(text);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "somebody has changed ConfigMap " + name() + " in namespace " + namespace + " by hand",
          e);
    }
  }

  /// Write it, if nobody has since it was read.
  ///
  /// @return whether it was written; if not, read it again
  boolean write(Inventory inventory) throws IOException, InterruptedException {
    var text = inventory.text();
    if (text.length() > LARGEST) {
      throw new IOException(
          "this environment has too many objects for one inventory (%d bytes); divide it into several environments"
              .formatted(text.length()));
    }
    var map = known.map(ObjectNode::deepCopy).orElseGet(this::fresh);
    map.withObjectProperty("data").put(KEY, text);
    try {
      known =
          Optional.of(
              known.isPresent()
                  ? server.replace(CONFIG_MAPS.path(namespace, name()), map)
                  : server.create(CONFIG_MAPS.path(namespace), map));
      return true;
    } catch (ApiRefused e) {
      if (e.code() == 409) {
        return false;
      }
      throw e;
    }
  }

  private ObjectNode fresh() {
    var map = ApiServer.json().createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
    var metadata = map.putObject("metadata").put("name", name()).put("namespace", namespace);
    metadata
        .putObject("labels")
        .put("app.kubernetes.io/managed-by", "fleetwright")
        .put("fleetwright.dev/inventory-of", identity.label());
    metadata
        .putObject("annotations")
        .put(
            Identity.ENVIRONMENT,
            identity.place().project() + "/" + identity.place().environment());
    return map;
  }

  private String name() {
    return "fleetwright-inventory-" + identity.label().toLowerCase(java.util.Locale.ROOT);
  }
}
