package dev.fleetwright.core.target;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which part of a target a step changes. Rolling, canary and partial rollout are sequences of
/// slices; a target lists the kinds it can do among its [Capability]s.
public sealed interface Slice {

  /// Everything at once.
  record All() implements Slice {}

  /// Only these components; the others stay as they are.
  record Components(SortedSet<String> names) implements Slice {
    public Components {
      names = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }
  }

  /// Only these instances, such as hosts, named as [Preview.Possible#instances] named them.
  record Batch(List<String> instances) implements Slice {
    public Batch {
      instances = List.copyOf(instances);
    }
  }

  /// Everything at once.
  static Slice all() {
    return new All();
  }

  /// Whether the slice covers this component on this instance.
  default boolean covers(String instance, String component) {
    return switch (this) {
      case All _ -> true;
      case Components(var names) -> names.contains(component);
      case Batch(var instances) -> instances.contains(instance);
    };
  }

  /// What a target must be able to do for this slice, beyond applying everything.
  default Set<Capability> needs() {
    return switch (this) {
      case All _ -> Set.of();
      case Components _ -> Set.of(Capability.COMPONENTS);
      case Batch _ -> Set.of(Capability.BATCHES);
    };
  }

  /// For people: `everything`, `only nginx`, `edge-1, edge-2`.
  default String words() {
    return switch (this) {
      case All _ -> "everything";
      case Components(var names) -> "only " + String.join(", ", names);
      case Batch(var instances) -> String.join(", ", instances);
    };
  }

  /// The canonical form, part of a plan's hash.
  default Dictionary canonical() {
    return switch (this) {
      case All _ -> Dictionary.empty().with("kind", "all");
      case Components(var names) ->
          Dictionary.empty().with("kind", "components").with("names", Listing.ofTexts(names));
      case Batch(var instances) ->
          Dictionary.empty().with("kind", "batch").with("instances", Listing.ofTexts(instances));
    };
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws IllegalArgumentException if it is of a kind that this release does not know
  /// @throws Bencode.NotCanonical if it is something else
  static Slice of(Dictionary dictionary) {
    return switch (dictionary.text("kind")) {
      case "all" -> new All();
      case "components" -> new Components(new TreeSet<>(dictionary.listing("names").texts()));
      case "batch" -> new Batch(dictionary.listing("instances").texts());
      default ->
          throw new IllegalArgumentException("unknown kind of slice: " + dictionary.text("kind"));
    };
  }
}
