package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;

/// The rules of `kubectl rollout status` (`polymorphichelpers/rollout_status.go`), rule for rule.
public sealed interface RolloutStatus {

  /// In words for a person.
  String sentence();

  record Done(String sentence) implements RolloutStatus {}

  record Waiting(String sentence) implements RolloutStatus {}

  /// `kubectl` ends with an error.
  record Broken(String sentence) implements RolloutStatus {}

  /// A kind that `kubectl` cannot watch.
  record NotWatched(String sentence) implements RolloutStatus {}

  static RolloutStatus of(JsonNode object) {
    var kind = Kind.of(object);
    return switch (kind.toString()) {
      case "apps/Deployment", "extensions/Deployment" -> deployment(object);
      case "apps/DaemonSet", "extensions/DaemonSet" -> daemonSet(object);
      case "apps/StatefulSet" -> statefulSet(object);
      default -> new NotWatched("no rollout is known of " + kind.name());
    };
  }

  private static RolloutStatus deployment(JsonNode object) {
    if (generation(object) > observed(object)) {
      return new Waiting("waiting for its spec update to be observed");
    }
    var exceeded =
        Condition.find(object, "Progressing")
            .filter(it -> it.reason().equals("ProgressDeadlineExceeded"));
    if (exceeded.isPresent()) {
      return new Broken("it exceeded its progress deadline");
    }
    var status = object.path("status");
    // kubectl leaves an unwritten number of replicas out of the comparison; the server writes it.
    var wanted = Numbers.orElse(object.path("spec").path("replicas"), 0);
    var replicas = Numbers.orElse(status.path("replicas"), 0);
    var updated = Numbers.orElse(status.path("updatedReplicas"), 0);
    var available = Numbers.orElse(status.path("availableReplicas"), 0);
    if (updated < wanted) {
      return new Waiting("%d of %d new replicas have been updated".formatted(updated, wanted));
    }
    if (replicas > updated) {
      return new Waiting(Kstatus.count(replicas - updated, "old replica") + " pending termination");
    }
    return available < updated
        ? new Waiting("%d of %d updated replicas are available".formatted(available, updated))
        : new Done("successfully rolled out");
  }

  private static RolloutStatus daemonSet(JsonNode object) {
    if (!strategy(object).equals("RollingUpdate")) {
      return new NotWatched("its strategy is " + strategy(object));
    }
    if (generation(object) > observed(object)) {
      return new Waiting("waiting for its spec update to be observed");
    }
    var status = object.path("status");
    var desired = Numbers.orElse(status.path("desiredNumberScheduled"), 0);
    var updated = Numbers.orElse(status.path("updatedNumberScheduled"), 0);
    var available = Numbers.orElse(status.path("numberAvailable"), 0);
    if (updated < desired) {
      return new Waiting("%d of %d new pods have been updated".formatted(updated, desired));
    }
    return available < desired
        ? new Waiting("%d of %d updated pods are available".formatted(available, desired))
        : new Done("successfully rolled out");
  }

  private static RolloutStatus statefulSet(JsonNode object) {
    if (!strategy(object).equals("RollingUpdate")) {
      return new NotWatched("its strategy is " + strategy(object));
    }
    if (observed(object) == 0 || generation(object) > observed(object)) {
      return new Waiting("waiting for its spec update to be observed");
    }
    var spec = object.path("spec");
    var status = object.path("status");
    var replicas = Numbers.whole(spec.path("replicas"));
    var ready = Numbers.orElse(status.path("readyReplicas"), 0);
    if (replicas.isPresent() && ready < replicas.getAsLong()) {
      return new Waiting("waiting for %d pods to be ready".formatted(replicas.getAsLong() - ready));
    }
    var partition =
        Numbers.whole(spec.path("updateStrategy").path("rollingUpdate").path("partition"));
    if (replicas.isPresent() && partition.isPresent()) {
      var due = replicas.getAsLong() - partition.getAsLong();
      var updated = Numbers.orElse(status.path("updatedReplicas"), 0);
      // kubectl does not compare revisions then.
      return updated < due
          ? new Waiting("%d of %d new pods have been updated".formatted(updated, due))
          : new Done("partitioned roll out complete");
    }
    var from = status.path("currentRevision").asText("");
    var to = status.path("updateRevision").asText("");
    return from.equals(to)
        ? new Done("rolling update complete")
        : new Waiting("waiting for the pods to come to revision " + to);
  }

  private static String strategy(JsonNode object) {
    // The server writes the default; a manifest that was never stored has none.
    return object.path("spec").path("updateStrategy").path("type").asText("RollingUpdate");
  }

  private static long generation(JsonNode object) {
    return Numbers.orElse(object.path("metadata").path("generation"), 0);
  }

  private static long observed(JsonNode object) {
    return Numbers.orElse(object.path("status").path("observedGeneration"), 0);
  }
}
