package dev.fleetwright.core.target;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Everything that one target shall run, rendered and content-addressed.
///
/// Its canonical bytes are kept as a blob whose digest is the revision's name, so going back to it
/// needs neither the pipeline nor the branch nor a registry's tag.
///
/// @param components sorted by name, no name twice
public record Revision(List<Component> components) {

  /// Nothing runs. Applying it takes things away; it is what undoing a first deploy applies.
  public static final Revision EMPTY = new Revision(List.of());

  public Revision {
    components = components.stream().sorted(Comparator.comparing(Component::name)).toList();
    var names = new TreeSet<String>();
    for (var component : components) {
      if (!names.add(component.name())) {
        throw new IllegalArgumentException("component `" + component.name() + "` is there twice");
      }
    }
  }

  /// Its name.
  public Digest digest() {
    return Digest.of(bytes());
  }

  /// Its canonical bytes.
  public byte[] bytes() {
    return Dictionary.empty()
        .with("revision", 1)
        .with(
            "components",
            new Listing(List.copyOf(components.stream().map(Component::canonical).toList())))
        .bytes();
  }

  /// Read what [#bytes] wrote.
  ///
  /// @throws Bencode.NotCanonical if it is something else
  public static Revision of(byte[] bytes) {
    return new Revision(
        Bencode.readDictionary(bytes).listing("components").values().stream()
            .map(v -> Component.of(Bencode.expect(v, Dictionary.class)))
            .toList());
  }

  /// The component of that name.
  public Optional<Component> component(String name) {
    return components.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /// What runs after a slice of `desired` is applied on top of this revision: with
  /// [Slice.Components] only the named components change; a newcomer beside changes nothing of it;
  /// any other slice is all of `desired`.
  public Revision after(Revision desired, Slice slice) {
    return switch (slice) {
      case Slice.All _, Slice.Batch _, Slice.Switch _ -> desired;
      case Slice.Share _, Slice.Standby _ -> this;
      case Slice.Components(var names) -> {
        var mixed = new ArrayList<>(components);
        mixed.removeIf(c -> names.contains(c.name()));
        desired.components().stream().filter(c -> names.contains(c.name())).forEach(mixed::add);
        yield new Revision(mixed);
      }
    };
  }
}
