package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Entry;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Reference;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Steps 4 and 5 of the load order (contract 2a.3): first `extends`, then `!reference`, both over
/// the file with everything included in it.
final class Resolution {
  private static final int DEEPEST_EXTENDS = 11;
  private static final int DEEPEST_REFERENCES = 10;

  /// Values after every reference is written out; beyond it someone is building a bomb.
  private static final int MOST_NODES = 1_000_000;

  /// Keys that are taken over by `extends` in all; the largest file that we know has some 20 000.
  private static final long MOST_MERGED = 2_000_000;

  private final Mapping root;
  private final Problems problems;

  /// Whether an include could not be read, so that a missing name may be in it.
  private final boolean incomplete;

  private final Map<String, Node> extended = new HashMap<>();

  /// How many levels a job extends, itself among them; jobs that extend nothing are not in it.
  private final Map<String, Integer> levels = new HashMap<>();

  private final Map<List<String>, Sized> referenced = new HashMap<>();
  private boolean tooLarge;
  private long merged;

  private Resolution(Mapping root, boolean incomplete, Problems problems) {
    this.root = root;
    this.incomplete = incomplete;
    this.problems = problems;
  }

  /// @param changed whether a reference in it was replaced
  private record Sized(Node node, long size, boolean changed) {}

  static Mapping resolved(Mapping root, boolean incomplete, Problems problems) {
    var extending = new Resolution(root, incomplete, problems);
    var flat =
        root.mapValues(entry -> extending.extended(entry.key(), entry.value(), new ArrayList<>()));
    return new Resolution(flat, incomplete, problems).withReferences();
  }

  private Node extended(String name, Node job, List<String> way) {
    if (!(job instanceof Mapping mapping) || mapping.get("extends").isEmpty()) {
      return job;
    }
    var known = extended.get(name);
    if (known != null) {
      return known;
    }
    var entry = mapping.entries().get("extends");
    if (entry == null || Trees.isNothing(entry.value())) {
      return mapping;
    }
    way.add(name);
    var base = new Mapping(mapping.at(), new LinkedHashMap<>());
    var level = 2;
    for (var parent : parents(name, entry.value())) {
      var taken = parent(name, parent, way);
      level = Math.max(level, levels.getOrDefault(parent.text(), 1) + 1);
      // A parent that was resolved before is as deep as it was then.
      if (level > DEEPEST_EXTENDS) {
        tooDeep(name, parent);
        level = DEEPEST_EXTENDS;
      } else {
        merged += weight(taken);
        if (merged > MOST_MERGED) {
          tooMuch(parent);
          break;
        }
        base = Trees.merged(base, taken);
      }
    }
    way.removeLast();
    levels.put(name, level);
    var result = Trees.merged(base, mapping);
    extended.put(name, result);
    return result;
  }

  private List<Scalar> parents(String name, Node value) {
    var parents = new ArrayList<Scalar>();
    for (var item : Trees.items(Trees.flattened(value))) {
      if (item instanceof Node.Text text) {
        parents.add(text);
      } else {
        problems.error(
            item.at(),
            "jobs:"
                + name
                + ":extends should be a text or a list of texts and is "
                + item.described(),
            "name the job whose keywords it takes over");
      }
    }
    return parents;
  }

  private Mapping parent(String name, Scalar parent, List<String> way) {
    var nothing = new Mapping(parent.at(), new LinkedHashMap<>());
    var found = root.get(parent.text()).orElse(null);
    if (found == null) {
      missing(
          parent.at(),
          name + ": unknown key in `extends`: " + parent.text(),
          Suggestion.remedy(
              parent.text(), root.entries().keySet(), "define `" + parent.text() + "`"));
      return nothing;
    }
    if (way.contains(parent.text())) {
      problems.error(
          parent.at(),
          name + ": circular dependency detected in `extends`: " + String.join(" → ", way),
          "remove one of them");
      return nothing;
    }
    if (way.size() >= DEEPEST_EXTENDS) {
      tooDeep(name, parent);
      return nothing;
    }
    if (!(extended(parent.text(), found, way) instanceof Mapping mapping)) {
      problems.error(
          parent.at(),
          name + ": invalid base in `extends`: " + parent.text() + " is " + found.described(),
          "extend a job or a hidden job");
      return nothing;
    }
    return mapping;
  }

  /// What merging it costs: its keys, and those of the maps in it.
  private static long weight(Mapping mapping) {
    var weight = (long) mapping.entries().size();
    for (var entry : mapping.entries().values()) {
      weight += entry.value() instanceof Mapping inner ? inner.entries().size() : 0;
    }
    return weight;
  }

  private void tooMuch(Scalar at) {
    if (!tooLarge) {
      tooLarge = true;
      problems.error(
          at.at(),
          "with all that is extended the file has more than " + MOST_MERGED + " keys",
          "extend fewer or smaller jobs");
    }
  }

  private void tooDeep(String name, Scalar parent) {
    problems.error(
        parent.at(),
        name + ": nesting too deep in `extends` (" + DEEPEST_EXTENDS + " levels)",
        "extend the last one directly");
  }

  private void missing(Position at, String message, String remedy) {
    if (incomplete) {
      problems.warning(at, message, "it may be in an include that is not read yet");
    } else {
      problems.error(at, message, remedy);
    }
  }

  private Mapping withReferences() {
    // Too large a file is given up as a whole; the problem says so.
    return resolve(root, 0, new HashSet<>()).node() instanceof Mapping mapping
        ? mapping
        : new Mapping(root.at(), new LinkedHashMap<>());
  }

  private Sized resolve(Node node, int depth, Set<List<String>> open) {
    return switch (node) {
      case Scalar scalar -> new Sized(scalar, 1, false);
      case Sequence sequence -> {
        var items = new ArrayList<Node>();
        var size = 1L;
        var changed = false;
        for (var item : sequence.items()) {
          var resolved = resolve(item, depth, open);
          // A reference to nothing was reported, or is not known yet; it is no item.
          if (!(item instanceof Reference && Trees.isNothing(resolved.node()))) {
            items.add(resolved.node());
          }
          size += resolved.size();
          changed |= resolved.changed();
        }
        yield bounded(changed ? new Sequence(sequence.at(), items) : sequence, size, changed);
      }
      case Mapping mapping -> {
        var entries = new LinkedHashMap<String, Entry>();
        var size = 1L;
        var changed = false;
        for (var entry : mapping.entries().values()) {
          var resolved = resolve(entry.value(), depth, open);
          entries.put(entry.key(), new Entry(entry.keyAt(), entry.key(), resolved.node()));
          size += resolved.size();
          changed |= resolved.changed();
        }
        yield bounded(changed ? new Mapping(mapping.at(), entries) : mapping, size, changed);
      }
      case Reference reference -> referenced(reference, depth, open);
    };
  }

  private Sized bounded(Node node, long size, boolean changed) {
    if (size <= MOST_NODES) {
      return new Sized(node, size, changed);
    }
    if (!tooLarge) {
      tooLarge = true;
      problems.error(
          node.at(),
          "with its references written out the file has more than " + MOST_NODES + " values",
          "use fewer references inside references");
    }
    return new Sized(new Nothing(node.at()), 1, true);
  }

  private Sized referenced(Reference reference, int depth, Set<List<String>> open) {
    var nothing = new Sized(new Nothing(reference.at()), 1, true);
    var known = referenced.get(reference.path());
    if (known != null) {
      return known;
    }
    if (open.contains(reference.path())) {
      problems.error(
          reference.at(), reference.described() + " is part of a circular chain", "remove it");
      return nothing;
    }
    if (depth >= DEEPEST_REFERENCES) {
      problems.error(
          reference.at(),
          reference.described() + " is nested more than " + DEEPEST_REFERENCES + " levels deep",
          "refer to the last one directly");
      return nothing;
    }
    var target = find(reference);
    if (target == null) {
      return nothing;
    }
    open.add(reference.path());
    var resolved = resolve(target, depth + 1, open);
    open.remove(reference.path());
    var replaced = new Sized(resolved.node(), resolved.size(), true);
    referenced.put(reference.path(), replaced);
    return replaced;
  }

  private static @Nullable Node item(Sequence list, String index) {
    return index.matches("\\d{1,4}") && Integer.parseInt(index) < list.items().size()
        ? list.items().get(Integer.parseInt(index))
        : null;
  }

  private @Nullable Node find(Reference reference) {
    Node node = root;
    for (var step : reference.path()) {
      var keys = node instanceof Mapping mapping ? mapping.entries().keySet() : Set.<String>of();
      var next =
          switch (node) {
            case Mapping mapping -> mapping.get(step).orElse(null);
            case Sequence list -> item(list, step);
            case Scalar _, Reference _ -> null;
          };
      if (next == null) {
        missing(
            reference.at(),
            reference.described() + " could not be found",
            Suggestion.remedy(step, keys, "there is no `" + step + "`"));
        return null;
      }
      node = next;
    }
    return node;
  }
}
