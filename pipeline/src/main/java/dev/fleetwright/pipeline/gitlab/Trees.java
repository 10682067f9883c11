package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Entry;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// What is done with parts of a file whose shape is known to be right.
final class Trees {
  private Trees() {}

  /// Maps merge key by key; a list, a word, or nothing at all replaces what was there (contract
  /// 2a.3).
  static Node merged(Node under, Node over) {
    return under instanceof Mapping below && over instanceof Mapping above
        ? merged(below, above)
        : over;
  }

  static Mapping merged(Mapping under, Mapping over) {
    if (under.entries().isEmpty()) {
      return over;
    }
    var entries = new LinkedHashMap<>(under.entries());
    over.entries()
        .forEach((key, entry) ->
            entries.merge(
                key,
                entry,
                (before, after) ->
                    new Entry(after.keyAt(), key, merged(before.value(), after.value()))));
    return new Mapping(over.at(), entries);
  }

  static Mapping without(Mapping mapping, String key) {
    var entries = new LinkedHashMap<>(mapping.entries());
    entries.remove(key);
    return new Mapping(mapping.at(), entries);
  }

  /// Lists inside the list as if their items stood in it.
  static Node flattened(Node node) {
    if (!(node instanceof Sequence(var at, var items))
        || items.stream().noneMatch(Sequence.class::isInstance)) {
      return node;
    }
    var flat = new ArrayList<Node>();
    flatten(items, flat);
    return new Sequence(at, flat);
  }

  private static void flatten(List<Node> items, List<Node> flat) {
    for (var item : items) {
      if (item instanceof Sequence(_, var inner)) {
        flatten(inner, flat);
      } else {
        flat.add(item);
      }
    }
  }

  static boolean isNothing(Node node) {
    return node instanceof Nothing;
  }

  /// The value of a key that is there and not empty.
  static Optional<Node> at(Mapping mapping, String key) {
    return mapping.get(key).filter(value -> !isNothing(value));
  }

  static String text(Node node) {
    return ((Scalar) node).text();
  }

  /// The text of a key, empty also if its value is no word; that is reported elsewhere.
  static Optional<String> textAt(Node node, String key) {
    return node instanceof Mapping mapping
        ? at(mapping, key).filter(Scalar.class::isInstance).map(Trees::text)
        : Optional.empty();
  }

  static boolean isTrue(Node node) {
    return node instanceof Node.Truth(_, var value) && value;
  }

  /// The items of a list, or the one value as a list of one.
  static List<Node> items(Node node) {
    return switch (node) {
      case Sequence(_, var items) -> items;
      case Nothing _ -> List.of();
      case Node one -> List.of(one);
    };
  }

  /// The texts of a list of texts, or of a text alone; lists in it are flattened.
  static List<String> texts(Node node) {
    return items(flattened(node)).stream()
        .filter(item -> !isNothing(item))
        .map(Trees::text)
        .toList();
  }

  static List<Integer> numbers(Node node) {
    return items(node).stream().map(item -> ((Node.Whole) item).value().intValue()).toList();
  }
}
