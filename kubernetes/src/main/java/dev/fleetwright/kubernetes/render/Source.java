package dev.fleetwright.kubernetes.render;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What in a file tree is to be rendered, and how.
public sealed interface Source {

  /// A kustomization, as `kubectl kustomize` renders it.
  ///
  /// @param folder in the tree; empty for its root
  record Kustomize(String folder) implements Source {}

  /// A Helm chart, as `helm template` renders it: with its CRDs, without its tests, and without a
  /// cluster to look things up in.
  ///
  /// @param folder of the chart in the tree; empty for its root
  /// @param values files in the tree, the later over the earlier
  /// @param set single values over those, by their paths such as `image.tag`
  /// @param release the name of the release
  /// @param namespace of the release
  record Helm(
      String folder, List<String> values, Map<String, String> set, String release, String namespace)
      implements Source {
    public Helm {
      values = List.copyOf(values);
      set = Map.copyOf(set);
    }

    Map<String, String> sortedSet() {
      return new TreeMap<>(set);
    }
  }

  /// The names that kustomize looks for.
  List<String> KUSTOMIZATIONS = List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  /// Whether the root of a tree says by itself what it is: a kustomization or a chart.
  ///
  /// @param paths of the files in the tree
  static Optional<Source> in(Collection<String> paths, String release, String namespace) {
    if (paths.contains("Chart.yaml")) {
      return Optional.of(new Helm("", List.of(), Map.of(), release, namespace));
    }
    return KUSTOMIZATIONS.stream().anyMatch(paths::contains)
        ? Optional.of(new Kustomize(""))
        : Optional.empty();
  }
}
