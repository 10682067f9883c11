package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.source.Glob;
import dev.fleetwright.pipeline.source.SourceTree;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Text;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/// Steps 1 to 3 of the load order (contract 2a.3): read a file, put in what it includes, depth
/// first; the including file is merged over what it includes.
final class Includes {
  private static final int MOST = 150;

  private final SourceTree tree;
  private final Rule.Facts facts;
  private final Problems problems;
  private final List<Unread> unread = new ArrayList<>();
  private final SequencedSet<String> open = new LinkedHashSet<>();
  private final SequencedSet<String> files = new LinkedHashSet<>();
  private int count;
  private boolean dependOnContext;

  Includes(SourceTree tree, Rule.Facts facts, Problems problems) {
    this.tree = tree;
    this.facts = facts;
    this.problems = problems;
  }

  /// An include of a kind that is not read yet.
  record Unread(Position at, String kind, String what) {}

  List<Unread> unread() {
    return List.copyOf(unread);
  }

  /// Whether another run may include other files: an include has rules, or a variable in its path.
  boolean dependOnContext() {
    return dependOnContext;
  }

  /// All files that were read, the first one first.
  List<String> files() {
    return List.copyOf(files);
  }

  /// The file with all its includes; empty if it could not be read at all.
  Optional<Mapping> load(String path) {
    return read(path, Position.startOf(path)).map(map -> withIncludes(path, map));
  }

  private Optional<Mapping> read(String path, Position from) {
    return switch (tree.read(path, YamlReader.MOST_CHARACTERS)) {
      case SourceTree.Content.Text(var text) -> {
        files.add(path);
        yield body(path, text);
      }
      case SourceTree.Content.Missing _ -> {
        problems.error(
            from,
            "local file `" + path + "` does not exist",
            Suggestion.remedy(
                path, tree.paths(), "add the file, or correct the path: it starts at the root"));
        yield Optional.empty();
      }
      case SourceTree.Content.Refused(var reason) -> {
        problems.error(from, "the file `" + path + "` " + reason, "include another file");
        yield Optional.empty();
      }
    };
  }

  /// A first document that is only `spec:` is a header and says which inputs the file takes.
  private Optional<Mapping> body(String path, String text) {
    var before = problems.errors();
    var documents = YamlReader.read(path, text, Dialect.GITLAB, problems);
    if (documents.isEmpty() && problems.errors() > before) {
      return Optional.empty();
    }
    var header =
        documents.size() > 1
            && documents.getFirst() instanceof Mapping first
            && first.get("spec").isPresent();
    if (header) {
      var spec = ((Mapping) documents.getFirst()).get("spec").orElseThrow();
      if (!Trees.isNothing(spec) && Keywords.SPEC.check(spec, "spec", problems)) {
        Trees.at((Mapping) spec, "inputs")
            .ifPresent(inputs -> unread.add(new Unread(inputs.at(), "spec:inputs", path)));
      }
    } else if (documents.size() > 1) {
      problems.warning(
          documents.get(1).at(),
          "GitLab reads only the first document of this file",
          "remove the `---` between them, or the rest");
    }
    var body =
        documents.isEmpty()
            ? new Node.Nothing(Position.startOf(path))
            : documents.get(header ? 1 : 0);
    return switch (body) {
      case Mapping map -> Optional.of(map);
      case Node.Nothing nothing -> Optional.of(new Mapping(nothing.at(), new LinkedHashMap<>()));
      case Node other -> {
        problems.error(
            other.at(),
            "invalid configuration format: the file should be a map of keys and is "
                + other.described(),
            "start lines with `job-name:`");
        yield Optional.empty();
      }
    };
  }

  private Mapping withIncludes(String path, Mapping map) {
    var include = Trees.at(map, "include");
    var own = Trees.without(map, "include");
    if (include.isEmpty()) {
      return own;
    }
    open.add(path);
    var below = new Mapping(map.at(), new LinkedHashMap<>());
    for (var item : Trees.items(Trees.flattened(include.get()))) {
      if (Keywords.INCLUDE.check(item, "include", problems)) {
        below = Trees.merged(below, included(item));
      }
    }
    open.remove(path);
    return Trees.merged(below, own);
  }

  private Mapping included(Node item) {
    var nothing = new Mapping(item.at(), new LinkedHashMap<>());
    if (item instanceof Text(var at, var location)) {
      if (location.startsWith("http://") || location.startsWith("https://")) {
        unread.add(new Unread(at, "include:remote", location));
        return nothing;
      }
      return local(at, location);
    }
    var map = (Mapping) item;
    if (!applies(map)) {
      return nothing;
    }
    if (map.get("inputs").isPresent()) {
      unread.add(new Unread(map.at(), "include:inputs", "inputs"));
    }
    for (var kind : List.of("project", "remote", "template", "component")) {
      var what = Trees.textAt(map, kind);
      if (what.isPresent()) {
        unread.add(new Unread(map.at(), "include:" + kind, what.get()));
        return nothing;
      }
    }
    return Trees.at(map, "local")
        .map(local -> local(local.at(), Trees.text(local)))
        .orElse(nothing);
  }

  private boolean applies(Mapping map) {
    var rules =
        Trees.at(map, "rules")
            .map(Trees::flattened)
            .map(node -> new RuleReader(problems).rules(node, "include:rules"))
            .orElse(List.of());
    dependOnContext |= !rules.isEmpty();
    return rules.isEmpty()
        || Rule.winner(rules, facts)
            .filter(rule -> rule.when().filter(w -> w == When.NEVER).isEmpty())
            .isPresent();
  }

  private Mapping local(Position at, String location) {
    var nothing = new Mapping(at, new LinkedHashMap<>());
    var expanded = facts.variables().inText(location);
    dependOnContext |= !expanded.equals(location);
    var path = expanded.startsWith("/") ? expanded.substring(1) : expanded;
    if (!path.endsWith(".yml") && !path.endsWith(".yaml")) {
      problems.error(
          at,
          "included file `" + path + "` does not have YAML extension",
          "name a file that ends in .yml or .yaml");
      return nothing;
    }
    if (path.contains("\\") || List.of(path.split("/", -1)).contains("..")) {
      problems.error(
          at,
          "the included path `" + path + "` leads out of the repository",
          "write it from the root");
      return nothing;
    }
    if (!Glob.isPattern(path)) {
      return one(at, path);
    }
    var glob = Glob.crossing(path);
    var matching = tree.paths().stream().filter(glob::matches).toList();
    if (matching.isEmpty()) {
      problems.warning(at, "no file matches `" + path + "`", "correct the pattern or remove it");
    }
    var all = nothing;
    for (var file : matching) {
      all = Trees.merged(all, one(at, file));
    }
    return all;
  }

  private Mapping one(Position at, String path) {
    var nothing = new Mapping(at, new LinkedHashMap<>());
    if (open.contains(path)) {
      problems.error(
          at,
          "include cycle: " + String.join(" → ", open) + " → " + path,
          "remove one of these includes");
      return nothing;
    }
    if (++count > MOST) {
      if (count == MOST + 1) {
        problems.error(at, "a maximum of " + MOST + " includes is allowed", "include fewer files");
      }
      return nothing;
    }
    return read(path, at).map(map -> withIncludes(path, map)).orElse(nothing);
  }
}
