package dev.fleetwright.core.target;

import dev.fleetwright.core.canonical.Bencode.Dictionary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a configuration file says to an adapter, flattened: nested keys are joined by `.`, list
/// elements are numbered from 0, so `hosts: [a, b]` is `hosts.0=a`, `hosts.1=b`. Flat, because it
/// is part of hashes and the core reads no YAML or JSON. A `.` inside a key is written `\.`.
public record Settings(SortedMap<String, String> values) {

  /// No settings.
  public static final Settings NONE = new Settings(new TreeMap<>());

  public Settings {
    values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /// Settings with these values.
  public static Settings of(Map<String, String> values) {
    return new Settings(new TreeMap<>(values));
  }

  /// One value.
  public Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /// The elements of a list, in order; empty when there is none.
  public List<String> list(String key) {
    var elements = new ArrayList<String>();
    for (var element = values.get(key + ".0");
        element != null;
        element = values.get(key + "." + elements.size())) {
      elements.add(element);
    }
    return List.copyOf(elements);
  }

  /// What is below one key, with that key taken off.
  public Settings under(String key) {
    var below = new TreeMap<String, String>();
    values
        .tailMap(key + ".")
        .forEach((name, value) -> {
          if (name.startsWith(key + ".")) {
            below.put(name.substring(key.length() + 1), value);
          }
        });
    return new Settings(below);
  }

  /// What is below one key, as names and values; for maps whose keys are the user's own.
  public SortedMap<String, String> map(String key) {
    var map = new TreeMap<String, String>();
    under(key).values().forEach((name, value) -> map.put(name.replace("\\.", "."), value));
    return map;
  }

  /// These settings and others on top.
  public Settings with(Map<String, String> more) {
    var all = new TreeMap<>(values);
    all.putAll(more);
    return new Settings(all);
  }

  /// The canonical form, part of hashes.
  public Dictionary canonical() {
    return Dictionary.ofTexts(values);
  }
}
