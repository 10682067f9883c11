package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What is known besides the object itself. Nothing of it is needed; all of it makes verdicts come
/// earlier and sentences better.
///
/// @param now when this was seen; it decides how long something has lasted
/// @param pods the pods that belong to a workload, also those of its earlier revisions
/// @param replicaSets those that belong to a Deployment; they tell which pods are of the newest
///   revision
/// @param events events about the object and its pods (`v1` or `events.k8s.io/v1`)
/// @param lastLines what containers printed last before they ended, by `pod/container`, oldest line
///   first; masked by the caller
/// @param definition the CustomResourceDefinition of the object's kind, or a missing node: it tells
///   whether there is to be a status, and by its printer columns which fields matter
public record Surroundings(
    Instant now,
    List<JsonNode> pods,
    List<JsonNode> replicaSets,
    List<JsonNode> events,
    Map<String, List<String>> lastLines,
    JsonNode definition) {

  public Surroundings {
    pods = List.copyOf(pods);
    replicaSets = List.copyOf(replicaSets);
    events = List.copyOf(events);
    lastLines = Map.copyOf(lastLines);
  }

  /// Nothing but the time.
  public static Surroundings at(Instant now) {
    return new Surroundings(
        now, List.of(), List.of(), List.of(), Map.of(), MissingNode.getInstance());
  }

  public Surroundings withPods(List<JsonNode> pods) {
    return new Surroundings(now, pods, replicaSets, events, lastLines, definition);
  }

  public Surroundings withReplicaSets(List<JsonNode> replicaSets) {
    return new Surroundings(now, pods, replicaSets, events, lastLines, definition);
  }

  public Surroundings withEvents(List<JsonNode> events) {
    return new Surroundings(now, pods, replicaSets, events, lastLines, definition);
  }

  public Surroundings withLastLines(Map<String, List<String>> lastLines) {
    return new Surroundings(now, pods, replicaSets, events, lastLines, definition);
  }

  public Surroundings withDefinition(JsonNode definition) {
    return new Surroundings(now, pods, replicaSets, events, lastLines, definition);
  }
}
