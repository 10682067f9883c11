package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// The list of includes that a child pipeline is.
final class ChildFile {
  private ChildFile() {}

  static Node of(String job, Trigger.Downstream.Child child) {
    var at = Position.startOf(job);
    var items = new ArrayList<Node>();
    for (var part : child.parts()) {
      var entries = new LinkedHashMap<String, Node.Entry>();
      part.source().keys().forEach((key, value) -> put(entries, at, key, new Node.Text(at, value)));
      if (!part.inputs().isEmpty()) {
        var inputs = new LinkedHashMap<String, Node.Entry>();
        part.inputs().forEach((name, json) -> put(inputs, at, name, value(job, json)));
        put(entries, at, "inputs", new Node.Mapping(at, inputs));
      }
      items.add(new Node.Mapping(at, entries));
    }
    return new Node.Sequence(at, items);
  }

  private static void put(Map<String, Node.Entry> entries, Position at, String key, Node value) {
    entries.put(key, new Node.Entry(at, key, value));
  }

  /// Inputs are kept as JSON that we wrote, which is YAML as well.
  static Node value(String job, String json) {
    return YamlReader.read(job, json, Dialect.GITLAB, new Problems()).getFirst();
  }
}
