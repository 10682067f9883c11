package dev.fleetwright.core.target;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import java.time.Duration;
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

  /// A share of the callers, while what runs stays and has the others. A revision that runs already
  /// needs no newcomer: applying a share of it ends the share of any other.
  ///
  /// Only what takes callers can be shared out; what does not, such as a worker, changes with the
  /// last stage, which is everything.
  ///
  /// @param percent from 1 to 99
  record Share(int percent) implements Slice {
    public Share {
      if (percent < 1 || percent > 99) {
        throw new IllegalArgumentException("a share is from 1 to 99 percent, not " + percent);
      }
    }
  }

  /// Brought up beside what runs, without callers.
  record Standby() implements Slice {}

  /// Everything, callers in one step; what ran stays up without callers for a while, so that going
  /// back to it is a switch as well.
  ///
  /// @param keep how long it stays up at least
  record Switch(Duration keep) implements Slice {
    public Switch {
      if (keep.isNegative()) {
        throw new IllegalArgumentException("nothing can be kept for " + keep);
      }
    }
  }

  /// Everything at once.
  static Slice all() {
    return new All();
  }

  /// Whether the slice covers this component on this instance.
  default boolean covers(String instance, String component) {
    return switch (this) {
      case All _, Share _, Standby _, Switch _ -> true;
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
      case Share _ -> Set.of(Capability.SHARES);
      case Standby _, Switch _ -> Set.of(Capability.STANDBY);
    };
  }

  /// For people: `everything`, `only nginx`, `edge-1, edge-2`.
  default String words() {
    return switch (this) {
      case All _ -> "everything";
      case Components(var names) -> "only " + String.join(", ", names);
      case Batch(var instances) -> String.join(", ", instances);
      case Share(var percent) -> percent + "% of the callers";
      case Standby _ -> "bring it up beside what runs, without callers";
      case Switch(var keep) ->
          keep.isZero()
              ? "send all callers to it"
              : "send all callers to it, and keep what ran for "
                  + dev.fleetwright.core.plan.Words.of(keep);
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
      case Share(var percent) -> Dictionary.empty().with("kind", "share").with("percent", percent);
      case Standby _ -> Dictionary.empty().with("kind", "standby");
      case Switch(var keep) ->
          Dictionary.empty().with("kind", "switch").with("milliseconds", keep.toMillis());
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
      case "share" -> new Share(Math.toIntExact(dictionary.whole("percent")));
      case "standby" -> new Standby();
      case "switch" -> new Switch(Duration.ofMillis(dictionary.whole("milliseconds")));
      default ->
          throw new IllegalArgumentException("unknown kind of slice: " + dictionary.text("kind"));
    };
  }
}
