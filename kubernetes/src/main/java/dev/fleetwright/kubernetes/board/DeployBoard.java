package dev.fleetwright.kubernetes.board;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/// How far a rollout is, pod by pod.
///
/// The sums are those of GitLab (`rollout_instances`, `Deployment` in its Kubernetes code): for
/// each track the pods of that track, and a square for each pod that is wanted and not there;
/// canaries first. Unlike GitLab's first version a square is finished only when its pod is ready
/// and of the newest revision; otherwise an update in place would be 100 % from its first second.
///
/// @param squares canaries first, then by the name of the track, then by the name of the pod
public record DeployBoard(List<Square> squares) {

  /// Pods, more than that, are counted and not drawn.
  public static final int MOST_SQUARES = 2_000;

  private static final String TRACK = "track";
  private static final String CANARY = "canary";
  private static final Set<String> HASHES = Set.of("pod-template-hash", "controller-revision-hash");

  public DeployBoard {
    squares = List.copyOf(squares);
  }

  /// @param workloads Deployments and StatefulSets; what else has replicas counts too
  /// @param pods all pods of theirs; those that are being deleted or have ended are left out
  /// @param replicaSets of the Deployments; they tell which pods are of the newest revision
  public static DeployBoard of(
      List<JsonNode> workloads, List<JsonNode> pods, List<JsonNode> replicaSets) {
    var wanted = new TreeMap<String, Long>(order());
    for (var workload : workloads) {
      wanted.merge(track(workload), replicas(workload), Long::sum);
    }
    var newest = newest(workloads, pods, replicaSets);
    var living = pods.stream().filter(DeployBoard::lives).sorted(byName()).toList();
    // A track without a workload of its own: its pods are shown all the same.
    living.forEach(pod -> wanted.putIfAbsent(track(pod), 0L));
    var squares = new ArrayList<Square>();
    wanted.forEach((track, count) -> {
      var own = living.stream().filter(pod -> track(pod).equals(track)).toList();
      own.forEach(pod -> squares.add(square(pod, track, newest)));
      for (var i = own.size(); i < Math.min(count, MOST_SQUARES); i++) {
        squares.add(Square.awaited(track));
      }
    });
    return new DeployBoard(squares.subList(0, Math.min(squares.size(), MOST_SQUARES)));
  }

  /// How much of it is done, in whole percent, rounded down: 100 means all of it. Nothing to do is
  /// done.
  public int completion() {
    return squares.isEmpty()
        ? 100
        : (int) (100L * squares.stream().filter(Square::finished).count() / squares.size());
  }

  public boolean hasCanary() {
    return squares.stream().anyMatch(it -> it.track().equals(CANARY));
  }

  private static Comparator<String> order() {
    return Comparator.comparing((String track) -> !track.equals(CANARY))
        .thenComparing(Comparator.naturalOrder());
  }

  private static Comparator<JsonNode> byName() {
    return Comparator.comparing(pod -> pod.path("metadata").path("name").asText(""));
  }

  private static Square square(JsonNode pod, String track, Set<String> newest) {
    var name = pod.path("metadata").path("name").asText("");
    var hash = hash(pod);
    var current = hash.isEmpty() || newest.isEmpty() || newest.contains(hash.get());
    var ready = condition(pod, "Ready");
    var more =
        (ready ? ", ready" : ", not ready")
            + (current ? "" : ", of an earlier revision")
            + restarts(pod);
    return Square.of(
        name, pod.path("status").path("phase").asText(""), track, ready && current, more);
  }

  private static String restarts(JsonNode pod) {
    var count =
        StreamSupport.stream(pod.path("status").path("containerStatuses").spliterator(), false)
            .mapToLong(it -> it.path("restartCount").asLong())
            .sum();
    return count == 0
        ? ""
        : count == 1 ? ", restarted once" : ", restarted %d times".formatted(count);
  }

  /// The hashes of the newest revisions; empty where nothing tells, so that no pod is called old.
  private static Set<String> newest(
      List<JsonNode> workloads, List<JsonNode> pods, List<JsonNode> replicaSets) {
    var hashes = new HashSet<String>();
    for (var workload : workloads) {
      var uid = workload.path("metadata").path("uid").asText("");
      replicaSets.stream()
          .filter(set -> owner(set).equals(uid))
          .max(Comparator.comparingLong(DeployBoard::revision))
          .flatMap(DeployBoard::hash)
          .ifPresent(hashes::add);
      var update = workload.path("status").path("updateRevision").asText("");
      if (!update.isEmpty()) {
        hashes.add(update);
      }
    }
    // A hash of a workload that is not told of says nothing about the pods of that workload.
    return pods.stream().flatMap(pod -> hash(pod).stream()).anyMatch(hashes::contains)
            || !replicaSets.isEmpty()
        ? Set.copyOf(hashes)
        : Set.of();
  }

  private static long revision(JsonNode set) {
    return set.path("metadata")
        .path("annotations")
        .path("deployment.kubernetes.io/revision")
        .asLong();
  }

  private static String owner(JsonNode object) {
    return object.path("metadata").path("ownerReferences").path(0).path("uid").asText("");
  }

  private static Optional<String> hash(JsonNode object) {
    return HASHES.stream()
        .map(label -> object.path("metadata").path("labels").path(label).asText(""))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static String track(JsonNode object) {
    var label = object.path("metadata").path("labels").path(TRACK).asText("");
    return label.isEmpty() ? Square.STABLE : label;
  }

  private static long replicas(JsonNode workload) {
    var spec = workload.path("spec").path("replicas");
    return spec.isIntegralNumber()
        ? spec.asLong()
        : workload.path("status").path("desiredNumberScheduled").asLong(1);
  }

  private static boolean lives(JsonNode pod) {
    var phase = pod.path("status").path("phase").asText("");
    return !pod.path("metadata").hasNonNull("deletionTimestamp")
        && !phase.equals("Succeeded")
        && !(phase.equals("Failed") && !owner(pod).isEmpty());
  }

  private static boolean condition(JsonNode pod, String type) {
    return StreamSupport.stream(pod.path("status").path("conditions").spliterator(), false)
        .anyMatch(it ->
            it.path("type").asText("").equals(type) && it.path("status").asText("").equals("True"));
  }
}
