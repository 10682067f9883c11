package dev.fleetwright.kubernetes.render;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Looks at a kustomization, and at all that it builds upon, before it is rendered: they may name
/// only what is in the tree.
///
/// Kustomize itself takes any folder of the disk as a base, and URLs, which it clones with `git`.
final class KustomizationCheck {

  private static final int LARGEST = 1 << 20;
  private static final int DEEPEST = 50;

  /// Keys whose texts are paths.
  private static final Set<String> PATHS =
      Set.of(
          "bases",
          "components",
          "configurations",
          "crds",
          "env",
          "envs",
          "files",
          "generators",
          "patchesStrategicMerge",
          "path",
          "resources",
          "transformers",
          "validators");

  /// What of a kustomization names files at all; everything else is text of the objects.
  private static final Set<String> TOP =
      Set.of(
          "bases",
          "components",
          "configMapGenerator",
          "configurations",
          "crds",
          "generators",
          "openapi",
          "patches",
          "patchesJson6902",
          "patchesStrategicMerge",
          "replacements",
          "resources",
          "secretGenerator",
          "transformers",
          "validators");

  /// Keys that run programs or fetch charts.
  private static final Set<String> NEVER =
      Set.of("helmCharts", "helmChartInflationGenerator", "helmGlobals");

  /// `host/path` without a scheme counts as a repository for kustomize when it looks like one.
  private static final Pattern REMOTE =
      Pattern.compile(
          "(?i).*(://|\\?ref=|\\?version=|\\.git($|/|\\?)|::).*|[a-z0-9_.-]+@.*:.*"
              + "|(www\\.)?(github|gitlab|bitbucket)\\.[a-z.]+[/:].*");

  private final Path tree;
  private final List<String> problems = new ArrayList<>();
  private final Deque<Path> folders = new ArrayDeque<>();

  private KustomizationCheck(Path tree) {
    this.tree = tree;
  }

  /// Everything that is wrong in the kustomization of a folder and in those that it builds upon,
  /// with file and line.
  ///
  /// @param tree without links in its path
  static List<String> of(Path tree, Path folder) throws IOException {
    var check = new KustomizationCheck(tree);
    check.folders.add(folder);
    var seen = new HashSet<Path>();
    while (!check.folders.isEmpty()) {
      var next = check.folders.removeFirst();
      if (!seen.add(next.toRealPath())) {
        continue;
      }
      for (var name : Source.KUSTOMIZATIONS) {
        if (Files.isRegularFile(next.resolve(name))) {
          check.file(next.resolve(name));
        }
      }
    }
    return check.problems;
  }

  private void file(Path file) throws IOException {
    var name = tree.relativize(file).toString();
    if (Files.size(file) > LARGEST) {
      problems.add(name + " is larger than 1 MB");
      return;
    }
    try {
      var settings =
          LoadSettings.builder()
              .setLabel(name)
              .setMaxAliasesForCollections(50)
              .setAllowDuplicateKeys(true)
              .build();
      for (var document : new Compose(settings).composeAllFromString(Files.readString(file))) {
        look(file, "", document, 0);
      }
    } catch (YamlEngineException e) {
      problems.add(name + " cannot be read: " + e.getMessage());
    } catch (StackOverflowError _) {
      problems.add(name + " is nested too deeply");
    }
  }

  private void look(Path file, String key, Node node, int depth) {
    if (depth > DEEPEST) {
      problem(file, node, "it is nested too deeply");
      return;
    }
    switch (node) {
      case ScalarNode scalar when PATHS.contains(key) -> path(file, scalar);
      case SequenceNode list -> list.getValue().forEach(it -> look(file, key, it, depth + 1));
      case MappingNode mapping -> {
        // Of an operation on an object, `path` is a place in the object.
        var isOperation =
            mapping.getValue().stream().anyMatch(it -> name(it.getKeyNode()).equals("op"));
        for (var entry : mapping.getValue()) {
          var inner = name(entry.getKeyNode());
          if (NEVER.contains(inner)) {
            problem(
                file,
                entry.getKeyNode(),
                "`%s` fetches charts; put the chart into the repository and name it as a chart"
                    .formatted(inner));
          } else if (!isOperation && (depth > 0 || TOP.contains(inner))) {
            look(file, inner, entry.getValueNode(), depth + 1);
          }
        }
      }
      default -> {}
    }
  }

  private static String name(Node key) {
    return key instanceof ScalarNode it ? it.getValue() : "";
  }

  private void path(Path file, ScalarNode scalar) {
    // A patch or an object may be written in place of its file's name.
    if (scalar.getValue().indexOf('\n') >= 0 || scalar.getValue().startsWith("{")) {
      return;
    }
    // Of a generator: `name.in.the.map=path`.
    var text = scalar.getValue().substring(scalar.getValue().indexOf('=') + 1).strip();
    if (REMOTE.matches(scalar.getValue())) {
      problem(
          file,
          scalar,
          "`%s` is somewhere else, and nothing is fetched while rendering; put it into the repository"
              .formatted(scalar.getValue()));
    } else if (text.indexOf('\0') >= 0 || !file.resolveSibling(text).normalize().startsWith(tree)) {
      problem(
          file,
          scalar,
          "`%s` leaves the folder of the manifests; name one that holds both".formatted(text));
    } else if (Files.isDirectory(file.resolveSibling(text))) {
      folders.add(file.resolveSibling(text));
    }
  }

  private void problem(Path file, Node node, String what) {
    problems.add(
        "%s line %d: %s"
            .formatted(
                tree.relativize(file),
                node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1),
                what));
  }
}
