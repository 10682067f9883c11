package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.kubernetes.client.ApiRefused;
import dev.fleetwright.kubernetes.client.ApiRefused.Conflict;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Applies one object, or asks what would come of it.
///
/// Fields that others have are left to them, with two exceptions: managers that the target's
/// `take_over` names, and fields that this place had applied before. The latter were changed by
/// hand since: that is drift, it is in the plan, and a deploy ends it.
final class Writer {

  private final ApiServer server;
  private final KubernetesSettings settings;
  private final Identity identity;

  Writer(ApiServer server, KubernetesSettings settings, Identity identity) {
    this.server = server;
    this.settings = settings;
    this.identity = identity;
  }

  /// Asked before: what an object was as it was last applied, where it was.
  @FunctionalInterface
  interface Before {
    Optional<Wanted> of(ObjectKey key) throws IOException, InterruptedException;
  }

  /// What would come of it.
  ///
  /// @param object as it would be
  /// @param taken the fields that would be taken from others
  record Trial(ObjectNode object, List<Conflict> taken) {}

  Trial attempt(Wanted wanted, Optional<ObjectNode> live, Before before)
      throws IOException, InterruptedException {
    var body = body(wanted, live, new ApplyId(0, 0, false));
    try {
      return new Trial(send(wanted, body, true, false), List.of());
    } catch (ApiRefused e) {
      check(wanted, live, before, e);
      return new Trial(send(wanted, body, true, true), e.conflicts());
    }
  }

  /// Do it.
  ObjectNode apply(Wanted wanted, Optional<ObjectNode> live, Before before, ApplyId order)
      throws IOException, InterruptedException {
    var body = body(wanted, live, order);
    try {
      return send(wanted, body, false, false);
    } catch (ApiRefused e) {
      check(wanted, live, before, e);
      return send(wanted, body, false, true);
    }
  }

  /// Whether a refusal is about nothing but fields that may be taken.
  ///
  /// @throws ApiRefused the same, if not
  private void check(Wanted wanted, Optional<ObjectNode> live, Before before, ApiRefused refused)
      throws IOException, InterruptedException {
    var conflicts =
        refused.conflicts().stream()
            .filter(c -> !settings.takeOver().contains(c.manager()))
            .toList();
    if (refused.conflicts().isEmpty()) {
      throw refused;
    }
    if (conflicts.isEmpty()) {
      return;
    }
    var earlier = before.of(wanted.key());
    if (earlier.isEmpty()) {
      throw refused;
    }
    // What we had applied before is in conflict just where somebody else has changed it since.
    try {
      send(earlier.get(), body(earlier.get(), live, new ApplyId(0, 0, false)), true, false);
    } catch (ApiRefused e) {
      var ours = e.conflicts().stream().map(Conflict::field).collect(Collectors.toSet());
      if (conflicts.stream().allMatch(c -> ours.contains(c.field()))) {
        return;
      }
    }
    throw refused;
  }

  /// A field that we stop applying goes back to its default. So where an autoscaler counts replicas
  /// and we still have the field, it is applied as it is.
  private ObjectNode body(Wanted wanted, Optional<ObjectNode> live, ApplyId order) {
    var body = wanted.body().deepCopy();
    Identity.stamp(body, wanted.digest(), order);
    Protocols.fill(body);
    if (wanted.replicas().isEmpty()
        && live.filter(l -> Ownership.hasReplicas(l, identity.manager())).isPresent()) {
      var count = live.get().path("spec").path("replicas");
      if (count.isInt()) {
        body.withObjectProperty("spec").set("replicas", count);
      }
    }
    return body;
  }

  private ObjectNode send(Wanted wanted, ObjectNode body, boolean dryRun, boolean force)
      throws IOException, InterruptedException {
    return server.apply(path(wanted), body, identity.manager(), dryRun, force);
  }

  /// What is there under its name, whoever made it.
  Optional<ObjectNode> get(Wanted wanted) throws IOException, InterruptedException {
    return server.get(path(wanted));
  }

  private String path(Wanted wanted) throws IOException, InterruptedException {
    return path(wanted.apiVersion(), wanted.key());
  }

  String path(String apiVersion, ObjectKey key) throws IOException, InterruptedException {
    return resource(apiVersion, key).path(key.namespace(), key.name());
  }

  private Resource resource(String apiVersion, ObjectKey key)
      throws IOException, InterruptedException {
    return server
        .resource(apiVersion, key.kind())
        .orElseThrow(
            () -> new IOException("the cluster has no kind " + key.kind() + " in " + apiVersion));
  }

  /// Delete one object, only if it is the one that was seen.
  boolean delete(String apiVersion, ObjectKey key, ObjectNode live)
      throws IOException, InterruptedException {
    var resource = server.resource(apiVersion, key.kind());
    return resource.isPresent()
        && server.delete(
            resource.get().path(key.namespace(), key.name()),
            live.path("metadata").path("uid").asText(""));
  }
}
