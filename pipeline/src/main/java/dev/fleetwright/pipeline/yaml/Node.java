package dev.fleetwright.pipeline.yaml;

import dev.fleetwright.pipeline.problem.Position;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A piece of a YAML document. Immutable, so that an anchor used twice is one object, and a merged
/// or included piece still tells the position at which a person wrote it.
public sealed interface Node {
  Position at();

  /// How a message names it: `a list`, `the text "x"`.
  String described();

  /// What is written as one word or one text.
  sealed interface Scalar extends Node {
    /// The value as text, as Ruby's `to_s` writes it: it is what a script sees in a variable.
    String text();

    @Override
    default String described() {
      var text = text();
      var shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
      return switch (this) {
        case Text _ -> "the text \"" + shown.replace("\n", "\\n") + "\"";
        case Whole _, Fraction _ -> "the number " + shown;
        case Truth _ -> shown;
        case Nothing _ -> "nothing";
      };
    }
  }

  record Text(Position at, String text) implements Scalar {}

  record Whole(Position at, BigInteger value) implements Scalar {
    @Override
    public String text() {
      return value.toString();
    }
  }

  record Fraction(Position at, double value) implements Scalar {
    @Override
    public String text() {
      return PsychScalars.rubyText(value);
    }
  }

  record Truth(Position at, boolean value) implements Scalar {
    @Override
    public String text() {
      return Boolean.toString(value);
    }
  }

  /// `~`, `null`, or a key with nothing after it.
  record Nothing(Position at) implements Scalar {
    @Override
    public String text() {
      return "";
    }
  }

  record Sequence(Position at, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String described() {
      return "a list";
    }
  }

  /// Keys are text, in the order of writing; of two equal keys the last one counts.
  record Mapping(Position at, SequencedMap<String, Entry> entries) implements Node {
    public Mapping {
      entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
    }

    public Optional<Node> get(String key) {
      return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    /// The same keys at the same positions with other values.
    public Mapping mapValues(Function<Entry, Node> change) {
      return new Mapping(
          at,
          entries.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      entry ->
                          new Entry(
                              entry.getValue().keyAt(),
                              entry.getValue().key(),
                              change.apply(entry.getValue())),
                      (_, last) -> last,
                      LinkedHashMap::new)));
    }

    @Override
    public String described() {
      return "a map of keys";
    }
  }

  record Entry(Position keyAt, String key, Node value) {}

  /// `!reference [job, key, …]`, GitLab's own tag: the value found at that path once all files are
  /// merged.
  record Reference(Position at, List<String> path) implements Node {
    public Reference {
      path = List.copyOf(path);
    }

    @Override
    public String described() {
      return "!reference " + path;
    }
  }
}
