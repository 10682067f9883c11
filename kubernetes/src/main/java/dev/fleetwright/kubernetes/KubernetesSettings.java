package dev.fleetwright.kubernetes;

import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.kubernetes.client.Access;
import dev.fleetwright.kubernetes.client.Accesses;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The settings of one target of kind `kubernetes`, checked, for one place.
///
/// @param namespace where objects go
/// @param createNamespace whether it is made where it is missing
/// @param removeNamespace whether taking the environment down deletes it, when we made it
/// @param clusterWide whether manifests may have objects in other namespaces, or in none
/// @param takeOver managers whose fields may be taken from them
/// @param healthyWithin how long objects may take to become healthy
record KubernetesSettings(
    String name,
    String namespace,
    boolean createNamespace,
    boolean removeNamespace,
    boolean clusterWide,
    List<String> takeOver,
    Duration healthyWithin) {

  private static final Set<String> KEYS =
      Set.of(
          "kubeconfig",
          "context",
          "server",
          "token",
          "certificate_authority",
          "in_cluster",
          "namespace",
          "create_namespace",
          "remove_namespace",
          "cluster_wide",
          "take_over",
          "healthy_within",
          // For the planner and the reader of the file.
          "variables",
          "keep");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,7}) ?(ms|s|min|m|h)");
  private static final Duration USUAL_PATIENCE = Duration.ofMinutes(5);

  KubernetesSettings {
    takeOver = List.copyOf(takeOver);
  }

  /// What a binding says, whatever the place.
  ///
  /// @throws IllegalArgumentException that names all that is wrong, one line each, and what to
  ///   write
  static void check(TargetBinding binding) {
    var problems = new ArrayList<String>();
    binding.settings().values().keySet().stream()
        .map(key -> key.split("\\.", 2)[0])
        .distinct()
        .filter(key -> !KEYS.contains(key))
        .forEach(key ->
            problems.add("`" + key + "` is not a setting of a kubernetes target; remove it"));
    text(binding, "namespace")
        .filter(n -> !NAMESPACE.matcher(n).matches())
        .ifPresent(n -> problems.add("`namespace: " + n + "` is no name of a namespace"));
    text(binding, "healthy_within")
        .filter(d -> duration(d).isEmpty())
        .ifPresent(d -> problems.add("`healthy_within: " + d + "` is no time; write `5 min`"));
    if (text(binding, "server").isPresent() != text(binding, "token").isPresent()) {
      problems.add("`server` and `token` go together: the address and who asks there");
    }
    var ways = new TreeMap<String, Boolean>();
    ways.put("kubeconfig", text(binding, "kubeconfig").isPresent());
    ways.put("server", text(binding, "server").isPresent());
    ways.put("in_cluster", yes(binding, "in_cluster"));
    var chosen = ways.keySet().stream().filter(ways::get).toList();
    if (chosen.size() > 1) {
      problems.add(
          "`" + String.join("` and `", chosen) + "` say the same in different ways; keep one");
    }
    for (var key : List.of("kubeconfig", "token", "certificate_authority")) {
      text(binding, key)
          .filter(t -> !t.startsWith("file:"))
          .ifPresent(_ ->
              // The value may be a token that somebody pasted: it must not come back in a message.
              problems.add(
                  "`" + key + "` is no reference to a file; write `" + key + ": file:/path`"));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "target `" + binding.name() + "`: " + String.join("\n", problems));
    }
  }

  /// What a binding says for one place.
  ///
  /// @param ofContext the namespace of the kubeconfig's context
  static KubernetesSettings of(TargetBinding binding, Place place, Optional<String> ofContext) {
    var named = text(binding, "namespace").or(() -> ofContext);
    return new KubernetesSettings(
        binding.name(),
        named.orElseGet(() -> Identity.namespace(place)),
        text(binding, "create_namespace").map("true"::equals).orElse(named.isEmpty()),
        text(binding, "remove_namespace").map("true"::equals).orElse(named.isEmpty()),
        yes(binding, "cluster_wide"),
        binding.settings().list("take_over"),
        text(binding, "healthy_within")
            .flatMap(KubernetesSettings::duration)
            .orElse(USUAL_PATIENCE));
  }

  /// How to get at the cluster.
  ///
  /// @throws IOException if that cannot be read; the message says what to do
  static Access access(TargetBinding binding, Path home) throws IOException {
    if (yes(binding, "in_cluster")) {
      return Accesses.inCluster();
    }
    if (text(binding, "server").isPresent()) {
      return Accesses.token(
          text(binding, "server").get(),
          file(binding, "token", home).orElseThrow(),
          file(binding, "certificate_authority", home));
    }
    return Accesses.kubeconfig(
        file(binding, "kubeconfig", home).orElse(home.resolve(".kube/config")),
        text(binding, "context"));
  }

  /// What makes one cluster's access differ from another's, and from the same one after somebody
  /// has written other credentials.
  static String accessKey(TargetBinding binding, Path home) {
    var key = new StringBuilder();
    for (var name :
        List.of(
            "kubeconfig", "context", "server", "token", "certificate_authority", "in_cluster")) {
      key.append(text(binding, name).orElse("")).append('\n');
    }
    for (var name : List.of("kubeconfig", "certificate_authority")) {
      var written = file(binding, name, home).map(Path::toFile).map(java.io.File::lastModified);
      key.append(written.orElse(0L)).append('\n');
    }
    return key.toString();
  }

  private static Optional<Path> file(TargetBinding binding, String key, Path home) {
    return text(binding, key)
        .map(text -> text.substring("file:".length()))
        .map(path -> path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path));
  }

  static Optional<Duration> duration(String text) {
    var match = DURATION.matcher(text.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    var number = Long.parseLong(match.group(1));
    return Optional.of(
        switch (match.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofMinutes(number);
        });
  }

  private static boolean yes(TargetBinding binding, String key) {
    return text(binding, key).filter("true"::equals).isPresent();
  }

  private static Optional<String> text(TargetBinding binding, String key) {
    return binding.settings().text(key);
  }
}
