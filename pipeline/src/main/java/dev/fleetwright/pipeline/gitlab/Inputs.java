package dev.fleetwright.pipeline.gitlab;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.fleetwright.pipeline.expression.ExpressionParser;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What a file takes (`spec: inputs`), and the values it is given.
final class Inputs {
  private final Problems problems;
  private final boolean spoken;

  /// @param spoken whether what is given are texts that a person wrote
  Inputs(Problems problems, boolean spoken) {
    this.spoken = spoken;
    this.problems = problems;
  }

  /// What one input may be, with its rules judged.
  private record Input(
      String name,
      Position at,
      Type type,
      Optional<Node> preset,
      Optional<List<Node>> options,
      Optional<Node> regex) {}

  private enum Type {
    STRING("string"),
    NUMBER("number"),
    BOOLEAN("boolean"),
    ARRAY("array");

    private final String keyword;

    Type(String keyword) {
      this.keyword = keyword;
    }

    static Type of(String keyword) {
      for (var type : values()) {
        if (type.keyword.equals(keyword)) {
          return type;
        }
      }
      return STRING;
    }

    boolean fits(Node node) {
      return switch (this) {
        case STRING -> node instanceof Node.Text;
        case NUMBER -> node instanceof Node.Whole || node instanceof Node.Fraction;
        case BOOLEAN -> node instanceof Node.Truth;
        case ARRAY -> node instanceof Node.Sequence;
      };
    }
  }

  /// A value for each input; those that are wrong or missing are reported and not in it.
  ///
  /// @param specs the map below `spec: inputs`, whose shape is known to be right
  /// @param from where the values are given
  SequencedMap<String, Node> values(Mapping specs, Map<String, Node.Entry> given, Position from) {
    given
        .values()
        .forEach(entry -> {
          if (!specs.entries().containsKey(entry.key())) {
            problems.error(
                entry.keyAt(),
                "unknown input arguments: " + entry.key(),
                Suggestion.remedy(
                    entry.key(),
                    specs.entries().keySet(),
                    "the inputs are " + String.join(", ", specs.entries().keySet())));
          }
        });
    var values = new LinkedHashMap<String, Node>();
    for (var spec : specs.entries().values()) {
      var input = input(spec, values, given);
      value(input, given.get(spec.key()), from).ifPresent(value -> values.put(spec.key(), value));
    }
    return values;
  }

  private Input input(Node.Entry spec, Map<String, Node> before, Map<String, Node.Entry> given) {
    if (!(spec.value() instanceof Mapping map)) {
      return new Input(
          spec.key(),
          spec.keyAt(),
          Type.STRING,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    var rule =
        map.get("rules").orElse(null) instanceof Node.Sequence(_, var rules)
            ? ruled(rules, before, given)
            : Optional.<Mapping>empty();
    return new Input(
        spec.key(),
        spec.keyAt(),
        Trees.textAt(map, "type").map(Type::of).orElse(Type.STRING),
        rule.flatMap(found -> found.get("default")).or(() -> map.get("default")),
        rule.flatMap(found -> found.get("options"))
            .or(() -> map.get("options"))
            .filter(node -> !Trees.isNothing(node))
            .map(Trees::items),
        Trees.at(map, "regex"));
  }

  /// The first rule that holds for the inputs before it.
  private Optional<Mapping> ruled(
      List<Node> rules, Map<String, Node> before, Map<String, Node.Entry> given) {
    for (var item : rules) {
      if (item instanceof Mapping rule
          && Trees.at(rule, "if").map(node -> holds(node, before, given)).orElse(true)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  /// `$[[ inputs.name ]]` in a condition stands for a value; names there may have a `-`, which
  /// those of variables have not.
  private boolean holds(Node node, Map<String, Node> before, Map<String, Node.Entry> given) {
    var variables = new LinkedHashMap<String, String>();
    given.forEach((name, entry) -> {
      if (entry.value() instanceof Scalar scalar) {
        variables.put(variable(name), scalar.text());
      }
    });
    before.forEach((name, value) -> {
      if (value instanceof Scalar scalar) {
        variables.put(variable(name), scalar.text());
      }
    });
    var matcher = REFERENCE.matcher(Trees.text(node));
    var text = new StringBuilder();
    var end = 0;
    while (matcher.find()) {
      text.append(Trees.text(node), end, matcher.start())
          .append('$')
          .append(variable(matcher.group(1)));
      end = matcher.end();
    }
    text.append(Trees.text(node).substring(end));
    return switch (ExpressionParser.parse(text.toString())) {
      case ExpressionParser.Answer.Parsed(var expression) -> expression.holds(variables);
      case ExpressionParser.Answer.Wrong(_, var message, var remedy) -> {
        problems.error(
            node.at(), "spec:inputs:rules:if invalid expression syntax: " + message, remedy);
        yield false;
      }
    };
  }

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\[\\[\\s*inputs\\.([a-zA-Z0-9_-]+)\\s*\\]\\]");

  private static String variable(String input) {
    return "input_" + input.replace("_", "__").replace("-", "_m");
  }

  private Optional<Node> value(Input input, Node.@Nullable Entry given, Position from) {
    var provided =
        given == null || given.value() instanceof Nothing
            ? Optional.<Node>empty()
            : Optional.of(spoken ? meant(input.type(), given.value()) : given.value());
    if (provided.isEmpty() && input.preset().isEmpty()) {
      problems.error(
          from,
          "`" + input.name() + "` input: required value has not been provided",
          "give it below `inputs`, or give it a `default` in `spec`");
      return Optional.empty();
    }
    var soundPreset = input.preset().map(preset -> fits(input, preset, "default")).orElse(true);
    var sound = provided.map(value -> fits(input, value, "provided")).orElse(true);
    return sound && soundPreset ? provided.or(input::preset) : Optional.empty();
  }

  /// A text of a person as the input's type has it; as it is when it is nothing of the kind.
  private static Node meant(Type type, Node value) {
    if (type == Type.STRING) {
      return value;
    }
    var file = value.at().file();
    var read = YamlReader.read(file, Trees.text(value), Dialect.GITLAB, new Problems());
    return read.size() == 1 && type.fits(read.getFirst()) ? read.getFirst() : value;
  }

  private boolean fits(Input input, Node value, String whose) {
    // A default of nothing is allowed, and written as nothing.
    if (value instanceof Nothing) {
      return true;
    }
    if (!input.type().fits(value)) {
      return wrong(
          input,
          value,
          whose
              + " value is not "
              + (input.type() == Type.ARRAY ? "an " : "a ")
              + input.type().keyword,
          "write a " + input.type().keyword + ", or change its `type`");
    }
    if (input.options().isPresent()
        && input.options().get().stream()
            .noneMatch(option -> FlowText.of(option).equals(FlowText.of(value)))) {
      return wrong(
          input,
          value,
          FlowText.of(value) + " cannot be used because it is not in the list of allowed options",
          "use one of "
              + String.join(", ", input.options().get().stream().map(FlowText::of).toList()));
    }
    if (input.regex().isPresent() && value instanceof Node.Text(_, var text)) {
      try {
        if (!Pattern.compile(Trees.text(input.regex().get())).matcher(text).find()) {
          return wrong(
              input,
              value,
              whose + " value does not match required RegEx pattern",
              "it should match " + Trees.text(input.regex().get()));
        }
      } catch (PatternSyntaxException _) {
        return wrong(
            input, input.regex().get(), "invalid regular expression", "correct the pattern (RE2)");
      }
    }
    return true;
  }

  private boolean wrong(Input input, Node at, String message, String remedy) {
    problems.error(at.at(), "`" + input.name() + "` input: " + message, remedy);
    return false;
  }
}
