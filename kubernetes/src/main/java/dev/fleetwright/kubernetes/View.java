package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Observation.Instance;
import dev.fleetwright.kubernetes.Inventory.Entry;
import dev.fleetwright.kubernetes.Inventory.State;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import dev.fleetwright.kubernetes.health.ObjectHealth;
import dev.fleetwright.kubernetes.health.Surroundings;
import dev.fleetwright.kubernetes.health.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is there of a place, seen a moment ago: one list for each kind of object, and the pods.
///
/// @param objects all that carry the place's label, and no others
record View(
    Map<ObjectKey, ObjectNode> objects,
    List<JsonNode> pods,
    List<JsonNode> replicaSets,
    PodNews news,
    Instant at) {

  private static final ObjectHealth HEALTH = ObjectHealth.shipped();
  private static final Set<String> MAKE_PODS = Set.of("StatefulSet", "DaemonSet", "Job");
  private static final Resource PODS = new Resource("v1", "Pod", "pods", true);
  private static final Resource REPLICA_SETS =
      new Resource("apps/v1", "ReplicaSet", "replicasets", true);

  /// Look.
  ///
  /// @param entries the kinds and namespaces to look at
  static View of(
      ApiServer server, KubernetesSettings settings, Identity identity, Collection<Entry> entries)
      throws IOException, InterruptedException {
    var namespaces = new TreeMap<String, TreeSet<String>>();
    var kinds = new TreeMap<String, Entry>();
    for (var entry : entries) {
      var kind = entry.key().group() + "/" + entry.key().kind();
      kinds.put(kind, entry);
      namespaces.computeIfAbsent(kind, _ -> new TreeSet<>()).add(entry.key().namespace());
    }
    var lists = new LinkedHashMap<Resource, String>();
    for (var kind : kinds.entrySet()) {
      var resource = server.resource(kind.getValue().apiVersion(), kind.getValue().key().kind());
      if (resource.isPresent()) {
        lists.put(resource.get(), only(namespaces.getOrDefault(kind.getKey(), new TreeSet<>())));
      }
    }
    var workloads =
        entries.stream().anyMatch(e -> !e.key().group().isEmpty() || e.key().kind().equals("Pod"));
    if (workloads) {
      var everywhere = settings.clusterWide() ? "" : settings.namespace();
      lists.put(PODS, everywhere);
      lists.put(REPLICA_SETS, everywhere);
    }
    var objects = new TreeMap<ObjectKey, ObjectNode>();
    var pods = new ArrayList<JsonNode>();
    var replicaSets = new ArrayList<JsonNode>();
    for (var list :
        AllAtOnce.each(
            lists.entrySet(), l -> server.list(l.getKey(), l.getValue(), identity.selector()))) {
      for (var object : list) {
        objects.put(ObjectKey.of(object), object);
        switch (object.path("kind").asText()) {
          case "Pod" -> pods.add(object);
          case "ReplicaSet" -> replicaSets.add(object);
          default -> {}
        }
      }
    }
    var where = settings.clusterWide() ? "" : settings.namespace();
    return new View(
        objects,
        List.copyOf(pods),
        List.copyOf(replicaSets),
        new PodNews(server, where, List.copyOf(pods)),
        Instant.now());
  }

  /// One namespace, or all.
  private static String only(Collection<String> namespaces) {
    return namespaces.size() == 1 ? namespaces.iterator().next() : "";
  }

  Optional<ObjectNode> object(ObjectKey key) {
    return Optional.ofNullable(objects.get(key));
  }

  /// Whether an object is as it was left.
  boolean holds(Entry entry, Identity identity) {
    if (entry.isHook()) {
      return true;
    }
    var live = objects.get(entry.key());
    return live != null
        && !live.path("metadata").has("deletionTimestamp")
        && Identity.annotation(live, Identity.APPLIED).equals(entry.digest())
        && (entry.fingerprint().isEmpty()
            || fingerprint(live, identity, Scaling.marked(entry)).equals(entry.fingerprint()));
  }

  private static String fingerprint(ObjectNode live, Identity identity, boolean scaled) {
    return Scaling.mark(Ownership.fingerprint(live, identity.manager(), scaled), scaled);
  }

  /// The state with what is seen now as what it is to be compared with from here on.
  State fingerprinted(State state, Identity identity, Collection<ObjectKey> scaled) {
    return new State(
        state.components(),
        state.entries().stream()
            .map(entry ->
                object(entry.key())
                    .map(live ->
                        entry.seen(fingerprint(live, identity, scaled.contains(entry.key()))))
                    .orElse(entry))
            .toList());
  }

  /// How one object is.
  Verdict verdict(ObjectKey key) {
    var live = objects.get(key);
    if (live == null) {
      return ObjectHealth.missing(key.kind(), key.name());
    }
    var around =
        Surroundings.at(at)
            .withPods(
                selected(live, pods).stream()
                    .filter(pod -> !pod.path("metadata").has("deletionTimestamp"))
                    .toList())
            .withReplicaSets(
                key.kind().equals("Deployment") ? selected(live, replicaSets) : List.of());
    var verdict = HEALTH.judge(live, around);
    return switch (verdict) {
      case Verdict.Failed _ -> HEALTH.judge(live, news.with(around));
      // That nobody may make its pods, only events tell.
      case Verdict.InProgress _ when around.pods().isEmpty() && MAKE_PODS.contains(key.kind()) ->
          HEALTH.judge(live, news.with(around));
      case Verdict.InProgress _,
          Verdict.Current _,
          Verdict.Suspended _,
          Verdict.Terminating _,
          Verdict.NotFound _,
          Verdict.Unknown _ ->
          verdict;
    };
  }

  // A pod that is being deleted says nothing of what will be: another comes in its place.
  private static List<JsonNode> selected(ObjectNode live, List<JsonNode> pods) {
    var labels = live.path("spec").path("selector").path("matchLabels");
    if (!labels.isObject() || labels.isEmpty()) {
      return pods.stream().filter(p -> ownedBy(p, live)).toList();
    }
    var namespace = live.path("metadata").path("namespace");
    return pods.stream()
        .filter(pod ->
            pod.path("metadata").path("namespace").equals(namespace)
                && labels.properties().stream()
                    .allMatch(label ->
                        pod.path("metadata")
                            .path("labels")
                            .path(label.getKey())
                            .equals(label.getValue())))
        .toList();
  }

  private static boolean ownedBy(JsonNode pod, ObjectNode owner) {
    for (var reference : pod.path("metadata").path("ownerReferences")) {
      if (reference.path("uid").equals(owner.path("metadata").path("uid"))) {
        return true;
      }
    }
    return false;
  }

  /// What the engine is told.
  Observation observation(Inventory inventory, Identity identity, String host) {
    var names = new TreeSet<>(inventory.now().components().keySet());
    inventory.next().ifPresent(next -> names.addAll(next.state().components().keySet()));
    var instances = new ArrayList<Instance>();
    for (var name : names) {
      instance(inventory, identity, host, name).ifPresent(instances::add);
    }
    return new Observation(instances, List.of(host));
  }

  private Optional<Instance> instance(
      Inventory inventory, Identity identity, String host, String component) {
    var now = inventory.now();
    if (now.components().containsKey(component) && holdsAll(now, component, identity)) {
      return Optional.of(
          instance(
              host, component, new Digest(now.components().get(component)), now.of(component), ""));
    }
    if (inventory.next().isPresent()) {
      var next = inventory.next().get().state();
      if (next.components().containsKey(component) && holdsAll(next, component, identity)) {
        return Optional.of(
            instance(
                host,
                component,
                new Digest(next.components().get(component)),
                next.of(component),
                ""));
      }
    }
    var entries = new ArrayList<>(now.of(component));
    inventory.next().ifPresent(next -> entries.addAll(next.state().of(component)));
    var there = entries.stream().filter(e -> objects.containsKey(e.key())).toList();
    if (there.isEmpty() && !now.components().containsKey(component)) {
      return Optional.empty();
    }
    var odd =
        entries.stream()
            .filter(e -> !holds(e, identity))
            .map(
                e -> e.key().words() + (objects.containsKey(e.key()) ? " was changed" : " is gone"))
            .distinct()
            .toList();
    return Optional.of(
        instance(host, component, mixture(entries, identity), entries, String.join(", ", odd)));
  }

  private boolean holdsAll(State state, String component, Identity identity) {
    return state.of(component).stream().allMatch(e -> holds(e, identity));
  }

  /// What is neither the one nor the other has a digest of its own, so that whatever moves it
  /// changes the basis of a plan.
  private Digest mixture(List<Entry> entries, Identity identity) {
    var text = new StringBuilder("mixture");
    for (var entry : entries) {
      text.append('\n').append(entry.key());
      object(entry.key())
          .ifPresent(
              live -> text.append(' ').append(fingerprint(live, identity, Scaling.marked(entry))));
    }
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Instance instance(
      String host, String component, Digest runs, List<Entry> entries, String oddity) {
    var worst = Health.HEALTHY;
    var words = "";
    for (var entry : entries.stream().filter(e -> !e.isHook()).distinct().toList()) {
      var verdict = verdict(entry.key());
      var health = health(verdict);
      if (health.compareTo(worst) > 0) {
        worst = health;
        words = entry.key().words() + ": " + verdict.sentence();
      }
    }
    if (worst == Health.HEALTHY) {
      words = entries.size() + (entries.size() == 1 ? " object" : " objects") + pods(component);
    }
    return new Instance(
        host,
        component,
        runs,
        worst,
        endpoint(entries),
        oddity.isEmpty() ? words : oddity + "; " + words);
  }

  private String pods(String component) {
    var own =
        pods.stream()
            .filter(p -> Identity.labelOf(p, Identity.COMPONENT).equals(component))
            .toList();
    var ready =
        own.stream()
            .filter(p ->
                p.path("status").path("conditions").findValuesAsText("type").contains("Ready")
                    && ready(p))
            .count();
    return own.isEmpty() ? "" : ", " + ready + " of " + own.size() + " pods ready";
  }

  private static boolean ready(JsonNode pod) {
    for (var condition : pod.path("status").path("conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path("status").asText().equals("True");
      }
    }
    return false;
  }

  static Health health(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Current _ -> Health.HEALTHY;
      case Verdict.InProgress _, Verdict.Suspended _, Verdict.Terminating _, Verdict.Unknown _ ->
          Health.STARTING;
      case Verdict.Failed _ -> Health.FAILING;
      case Verdict.NotFound _ -> Health.DOWN;
    };
  }

  /// Where people reach a component: what an Ingress or a load balancer says.
  private String endpoint(List<Entry> entries) {
    return entries.stream()
        .map(e -> objects.get(e.key()))
        .filter(java.util.Objects::nonNull)
        .map(View::address)
        .filter(a -> !a.isEmpty())
        .max(Comparator.naturalOrder())
        .orElse("");
  }

  private static String address(ObjectNode object) {
    var spec = object.path("spec");
    return switch (object.path("kind").asText()) {
      case "Ingress" -> {
        var host = spec.path("rules").path(0).path("host").asText("");
        var scheme = spec.path("tls").isEmpty() ? "http://" : "https://";
        yield host.isEmpty() ? "" : scheme + host;
      }
      case "Service" -> {
        var balancer = object.path("status").path("loadBalancer").path("ingress").path(0);
        var host = balancer.path("ip").asText(balancer.path("hostname").asText(""));
        var port = spec.path("ports").path(0).path("port").asInt();
        yield host.isEmpty() ? "" : "http://" + host + ":" + port;
      }
      default -> "";
    };
  }
}
