package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One object as it shall be: what the user wrote, with our marks on it.
///
/// @param component that it is a part of
/// @param digest of the body; the same digest means that nothing has to be done
/// @param body without the digest and the deploy, which are stamped on when it is applied
record Wanted(ObjectKey key, String apiVersion, String component, String digest, ObjectNode body) {

  /// When in a deploy an object's turn is.
  enum Phase {
    /// Hooks that come first, such as migrations.
    BEFORE,
    /// What the environment consists of.
    MAIN,
    /// Hooks that come when all is healthy.
    AFTER,
    /// What its annotations say not to apply.
    NEVER
  }

  /// Kinds in the order in which they need each other; custom resources go with workloads.
  private static final List<List<String>> RANKS =
      List.of(
          List.of("Namespace"),
          List.of(
              "PriorityClass",
              "ResourceQuota",
              "LimitRange",
              "NetworkPolicy",
              "PodSecurityPolicy",
              "RuntimeClass",
              "StorageClass",
              "IngressClass"),
          List.of("CustomResourceDefinition"),
          List.of("ServiceAccount"),
          List.of("ClusterRole", "Role"),
          List.of("ClusterRoleBinding", "RoleBinding"),
          List.of("ConfigMap", "Secret", "PersistentVolume"),
          List.of("PersistentVolumeClaim"),
          List.of("Service"),
          List.of(),
          List.of("HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress", "HTTPRoute"),
          List.of("APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"));

  private static final int WORKLOADS = 9;

  /// What must not be lost by mistake: it holds data, or everything else.
  private static final List<String> PRECIOUS =
      List.of("PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition");

  private static final Map<String, Phase> ARGO =
      Map.of(
          "PreSync",
          Phase.BEFORE,
          "Sync",
          Phase.MAIN,
          "PostSync",
          Phase.AFTER,
          "Skip",
          Phase.NEVER,
          "SyncFail",
          Phase.NEVER,
          "PostDelete",
          Phase.NEVER,
          "PreDelete",
          Phase.NEVER);

  static final Comparator<Wanted> ORDER =
      Comparator.comparing(Wanted::phase)
          .thenComparingInt(Wanted::wave)
          .thenComparingInt(Wanted::rank)
          .thenComparing(Wanted::key);

  /// Whether it is run in the course of a deploy rather than being a part of the environment.
  boolean hook() {
    return !argoHook().isEmpty() || !helmHooks().isEmpty();
  }

  Phase phase() {
    if (!argoHook().isEmpty()) {
      return ARGO.getOrDefault(argoHook(), Phase.MAIN);
    }
    var helm = helmHooks();
    if (helm.isEmpty()) {
      return Phase.MAIN;
    }
    if (helm.stream().anyMatch(List.of("pre-install", "pre-upgrade")::contains)) {
      return Phase.BEFORE;
    }
    return helm.stream().anyMatch(List.of("post-install", "post-upgrade")::contains)
        ? Phase.AFTER
        : Phase.NEVER;
  }

  /// Argo CD's `sync-wave` and Helm's `hook-weight`: lower ones first, each healthy before the
  /// next.
  int wave() {
    var text = annotation("argocd.argoproj.io/sync-wave");
    return whole(text.isEmpty() ? annotation("helm.sh/hook-weight") : text);
  }

  private static int whole(String text) {
    return text.matches("-?[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }

  int rank() {
    for (var rank = 0; rank < RANKS.size(); rank++) {
      if (RANKS.get(rank).contains(key.kind())) {
        return rank;
      }
    }
    return WORKLOADS;
  }

  /// Whether a hook is deleted once it has succeeded.
  boolean goesWhenDone() {
    return (annotation("argocd.argoproj.io/hook-delete-policy")
            + annotation("helm.sh/hook-delete-policy"))
        .toLowerCase(java.util.Locale.ROOT)
        .replace("-", "")
        .contains("hooksucceeded");
  }

  /// Whether the user allows it to be deleted and made anew where it cannot be changed in place. A
  /// Job that has run is nothing that could be lost by that.
  boolean replaceable() {
    return key.is("batch", "Job")
        || annotation("fleetwright.dev/replace").equals("true")
        || annotation("argocd.argoproj.io/sync-options").contains("Replace=true");
  }

  /// Whether an object is never deleted unless its own annotation asks for it.
  static boolean precious(ObjectKey key, JsonNode live) {
    return (PRECIOUS.contains(key.kind())
            || Identity.annotation(live, "helm.sh/resource-policy").equals("keep")
            || Identity.annotation(live, "argocd.argoproj.io/sync-options").contains("Prune=false"))
        && !Identity.annotation(live, "fleetwright.dev/prune").equals("true");
  }

  /// How many replicas it asks for.
  Optional<Integer> replicas() {
    var replicas = body.path("spec").path("replicas");
    return replicas.isInt() ? Optional.of(replicas.asInt()) : Optional.empty();
  }

  private String argoHook() {
    return annotation("argocd.argoproj.io/hook").split(",", -1)[0].strip();
  }

  private List<String> helmHooks() {
    var text = annotation("helm.sh/hook").strip();
    return text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*", -1));
  }

  private String annotation(String name) {
    return Identity.annotation(body, name);
  }
}
