package dev.fleetwright.pipeline.shape;

import com.google.re2j.Pattern;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Reference;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.Node.Text;
import dev.fleetwright.pipeline.yaml.Node.Truth;
import dev.fleetwright.pipeline.yaml.Node.Whole;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a value may look like.
///
/// [#check] reports each mistake at its own position and says whether the value is sound; only a
/// sound value is read further. `path` is what messages call the value, in GitLab's way:
/// `jobs:build:retry`.
public sealed interface Shape {

  /// How a message names it, with an article: `a list of texts`.
  String described();

  /// Whether the value is of the right kind, whatever its content: picks the alternative of
  /// [Either] whose complaints help.
  boolean fits(Node node);

  boolean check(Node node, String path, Problems problems);

  /// Anything at all, kept as it is.
  record Anything() implements Shape {
    @Override
    public String described() {
      return "anything";
    }

    @Override
    public boolean fits(Node node) {
      return true;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      return true;
    }
  }

  /// Text in the strict sense of GitLab: `1` and `true` are not text.
  record Words(int shortest, int longest) implements Shape {
    @Override
    public String described() {
      return "a text";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Text;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      if (!(node instanceof Text(_, var text))) {
        return wrong(this, node, path, problems);
      }
      if (text.length() < shortest) {
        problems.error(node.at(), path + " is empty", "give it a value or remove the key");
        return false;
      }
      if (text.length() > longest) {
        problems.error(
            node.at(), path + " is too long (maximum is " + longest + " characters)", "shorten it");
        return false;
      }
      return true;
    }
  }

  /// Any single word: text, a number, true or false. What is read is its text.
  record Word() implements Shape {
    @Override
    public String described() {
      return "a text or a number";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Scalar && !(node instanceof Nothing);
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      return fits(node) || wrong(this, node, path, problems);
    }
  }

  /// A word that a pattern or a parser accepts.
  ///
  /// @param complaint what is wrong with a text, empty if nothing is
  record Parsed(String described, String example, Function<String, Optional<String>> complaint)
      implements Shape {
    @Override
    public boolean fits(Node node) {
      return node instanceof Scalar && !(node instanceof Nothing);
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      if (!(node instanceof Scalar scalar) || node instanceof Nothing) {
        return wrong(this, node, path, problems);
      }
      var wrong = complaint.apply(scalar.text());
      wrong.ifPresent(why ->
          problems.error(node.at(), path + " " + why, "write for example `" + example + "`"));
      return wrong.isEmpty();
    }
  }

  record Count(long least, long most) implements Shape {
    @Override
    public String described() {
      return most == Long.MAX_VALUE
          ? "a whole number of at least " + least
          : "a whole number from " + least + " to " + most;
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Whole;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      var sound =
          node instanceof Whole(_, var value)
              && value.compareTo(BigInteger.valueOf(least)) >= 0
              && value.compareTo(BigInteger.valueOf(most)) <= 0;
      return sound || wrong(this, node, path, problems);
    }
  }

  record YesNo() implements Shape {
    @Override
    public String described() {
      return "true or false";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Truth;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      return fits(node) || wrong(this, node, path, problems);
    }
  }

  /// One of a few words.
  record OneOf(List<String> words) implements Shape {
    public OneOf {
      words = List.copyOf(words);
    }

    @Override
    public String described() {
      return "one of " + String.join(", ", words);
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Text;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      if (!(node instanceof Text(_, var word))) {
        return wrong(this, node, path, problems);
      }
      if (!words.contains(word)) {
        problems.error(
            node.at(),
            path + " has an unknown value: " + shortened(word),
            Suggestion.remedy(word, words, "use " + described()));
        return false;
      }
      return true;
    }
  }

  /// @param unique whether an item may stand in it only once
  record ListOf(Shape item, int fewest, int most, boolean unique) implements Shape {
    @Override
    public String described() {
      return "a list";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Sequence;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      if (!(node instanceof Sequence(_, var items))) {
        return wrong(this, node, path, problems);
      }
      if (items.size() < fewest || items.size() > most) {
        problems.error(
            node.at(),
            path
                + " has "
                + items.size()
                + " items and should have "
                + (items.size() < fewest ? "at least " + fewest : "at most " + most),
            items.isEmpty() ? "add an item or remove the key" : "split or shorten the list");
        return false;
      }
      var sound = true;
      var seen = new HashSet<Object>();
      for (var at : items) {
        sound &= item.check(at, path, problems);
        if (unique && at instanceof Scalar scalar && !seen.add(scalar.text())) {
          problems.error(at.at(), path + " names " + scalar.text() + " twice", "remove one");
          sound = false;
        }
      }
      return sound;
    }
  }

  /// A map whose keys the person chooses.
  ///
  /// @param key pattern of the whole key
  record MapOf(Pattern key, String keyDescribed, Shape value) implements Shape {
    @Override
    public String described() {
      return "a map of keys";
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Mapping;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      if (!(node instanceof Mapping mapping)) {
        return wrong(this, node, path, problems);
      }
      var sound = true;
      for (var entry : mapping.entries().values()) {
        if (!key.matches(entry.key())) {
          problems.error(
              entry.keyAt(),
              path + ": `" + shortened(entry.key()) + "` is not " + keyDescribed,
              "rename it");
          sound = false;
        }
        sound &= value.check(entry.value(), path + ":" + entry.key(), problems);
      }
      return sound;
    }
  }

  /// A map with known keys; any other key is a mistake.
  record Fields(SequencedMap<String, Field> fields) implements Shape {
    public Fields {
      fields = new LinkedHashMap<>(fields);
    }

    @Override
    public String described() {
      return "a map with the keys " + String.join(", ", fields.keySet());
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Mapping;
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      if (!(node instanceof Mapping mapping)) {
        return wrong(this, node, path, problems);
      }
      var sound = true;
      for (var entry : mapping.entries().values()) {
        var field = fields.get(entry.key());
        if (field == null) {
          unknownKey(entry, path, fields.keySet(), problems);
          sound = false;
        } else if (!(entry.value() instanceof Nothing)) {
          sound &= field.shape().check(entry.value(), inside(path, entry.key()), problems);
        }
      }
      for (var name : missing(mapping)) {
        problems.error(
            mapping.at(), path + " should have the key " + name, "add `" + name + ": …`");
        sound = false;
      }
      return sound;
    }

    private Collection<String> missing(Mapping mapping) {
      var missing = new LinkedHashSet<String>();
      fields.forEach((name, field) -> {
        if (field.required()
            && mapping.get(name).filter(value -> !(value instanceof Nothing)).isEmpty()) {
          missing.add(name);
        }
      });
      return missing;
    }
  }

  /// @param required whether the map makes no sense without it
  record Field(Shape shape, boolean required) {}

  /// The first of the alternatives whose kind fits the value is the one that judges it.
  record Either(List<Shape> alternatives) implements Shape {
    public Either {
      alternatives = List.copyOf(alternatives);
    }

    @Override
    public String described() {
      return alternatives.stream().map(Shape::described).collect(Collectors.joining(" or "));
    }

    @Override
    public boolean fits(Node node) {
      return alternatives.stream().anyMatch(shape -> shape.fits(node));
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      var fitting = alternatives.stream().filter(shape -> shape.fits(node)).toList();
      if (fitting.isEmpty()) {
        return wrong(this, node, path, problems);
      }
      // Of several kinds of map the one that is most nearly right is the one that was meant.
      var best = new Problems();
      for (var shape : fitting) {
        var tried = new Problems();
        if (shape.check(node, path, tried)) {
          tried.sorted().forEach(problems::add);
          return true;
        }
        if (best.errors() == 0 || tried.errors() < best.errors()) {
          best = tried;
        }
      }
      best.sorted().forEach(problems::add);
      return false;
    }
  }

  /// A shape with a rule of its own on top, asked only when the shape holds.
  record Ruled(Shape shape, Rule rule) implements Shape {
    @Override
    public String described() {
      return shape.described();
    }

    @Override
    public boolean fits(Node node) {
      return shape.fits(node);
    }

    @Override
    public boolean check(Node node, String path, Problems problems) {
      return shape.check(node, path, problems) && rule.check(node, path, problems);
    }
  }

  /// What a shape alone cannot say, such as "exactly one of these keys".
  interface Rule {
    boolean check(Node node, String path, Problems problems);
  }

  static Shape anything() {
    return new Anything();
  }

  static Shape text() {
    return new Words(0, Integer.MAX_VALUE);
  }

  static Shape text(int shortest, int longest) {
    return new Words(shortest, longest);
  }

  static Shape word() {
    return new Word();
  }

  static Shape matching(String regex, String described, String example) {
    var pattern = Pattern.compile(regex);
    return new Parsed(
        described,
        example,
        text ->
            pattern.matches(text)
                ? Optional.empty()
                : Optional.of("should be " + described + " and is \"" + shortened(text) + "\""));
  }

  static Shape parsed(
      String described, String example, Function<String, Optional<String>> complaint) {
    return new Parsed(described, example, complaint);
  }

  static Shape number(long least, long most) {
    return new Count(least, most);
  }

  static Shape yesNo() {
    return new YesNo();
  }

  static Shape oneOf(String... words) {
    return new OneOf(List.of(words));
  }

  static Shape oneOf(Collection<String> words) {
    return new OneOf(List.copyOf(words));
  }

  static Shape list(Shape item) {
    return new ListOf(item, 0, Integer.MAX_VALUE, false);
  }

  static Shape list(Shape item, int fewest, int most) {
    return new ListOf(item, fewest, most, false);
  }

  static Shape set(Shape item, int fewest) {
    return new ListOf(item, fewest, Integer.MAX_VALUE, true);
  }

  static Shape map(Shape value) {
    return new MapOf(Pattern.compile("(?s).*"), "a name", value);
  }

  static Shape map(String key, String keyDescribed, Shape value) {
    return new MapOf(Pattern.compile(key), keyDescribed, value);
  }

  static Shape either(Shape... alternatives) {
    return new Either(List.of(alternatives));
  }

  static Shape ruled(Shape shape, Rule rule) {
    return new Ruled(shape, rule);
  }

  /// Starts a map of known keys.
  static FieldsBuilder fields() {
    return new FieldsBuilder();
  }

  /// Collects the keys of [Fields] in the order in which a reader should learn them.
  final class FieldsBuilder {
    private final LinkedHashMap<String, Field> fields = new LinkedHashMap<>();

    private FieldsBuilder() {}

    public FieldsBuilder with(String name, Shape shape) {
      fields.put(name, new Field(shape, false));
      return this;
    }

    public FieldsBuilder must(String name, Shape shape) {
      fields.put(name, new Field(shape, true));
      return this;
    }

    public FieldsBuilder withAll(Map<String, Shape> shapes) {
      shapes.forEach(this::with);
      return this;
    }

    public Fields done() {
      return new Fields(fields);
    }
  }

  /// GitLab's words, and one message for each key because each has its own position.
  static void unknownKey(
      Node.Entry entry, String path, Collection<String> known, Problems problems) {
    problems.error(
        entry.keyAt(),
        (path.isEmpty() ? "the file" : path)
            + " contains an unknown key: "
            + shortened(entry.key()),
        Suggestion.remedy(
            entry.key(),
            known,
            known.size() > 12
                ? "remove it or correct its name"
                : "the keys are " + String.join(", ", known)));
  }

  static String inside(String path, String key) {
    return path.isEmpty() ? key : path + ":" + key;
  }

  private static boolean wrong(Shape shape, Node node, String path, Problems problems) {
    if (node instanceof Reference reference) {
      problems.error(
          reference.at(),
          path + ": " + reference.described() + " has no value",
          "correct the path");
    } else {
      problems.error(
          node.at(),
          (path.isEmpty() ? "this" : path)
              + " should be "
              + shape.described()
              + " and is "
              + node.described(),
          remedyFor(shape));
    }
    return false;
  }

  private static String remedyFor(Shape shape) {
    return switch (shape) {
      case Words _ -> "put it in quotes if it is meant as text";
      case Parsed parsed -> "write for example `" + parsed.example() + "`";
      case ListOf _ -> "write it as a list, `[…]` or one `- …` a line";
      case YesNo _ -> "write true or false without quotes";
      case Count _ -> "write a number without quotes";
      case Fields(var fields) -> "write the keys below it: " + String.join(", ", fields.keySet());
      case Anything _, Word _, OneOf _, MapOf _, Either _, Ruled _ -> "correct the value";
    };
  }

  private static String shortened(String text) {
    var line = text.replace("\n", "\\n");
    return line.length() > 60 ? line.substring(0, 60) + "…" : line;
  }
}
