package dev.fleetwright.kubernetes.health;

import dev.fleetwright.kubernetes.health.HealthRules.Check;
import dev.fleetwright.kubernetes.health.HealthRules.Reading;
import dev.fleetwright.kubernetes.health.HealthRules.Rule;
import dev.fleetwright.kubernetes.health.Sentence.Piece;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads a file of rules and names everything that is wrong with it, with the line.
final class HealthRulesReader {

  /// So many expressions are enough for every kind that anybody has; each costs memory for good.
  private static final int MOST_CHECKS = 2_000;

  private static final int LONGEST_FILE = 1_000_000;

  private final String name;
  private final List<String> problems = new ArrayList<>();
  private int checks;

  private HealthRulesReader(String name) {
    this.name = name;
  }

  static Reading read(String name, String text) {
    var reader = new HealthRulesReader(name);
    var rules = reader.rules(text);
    return new Reading(
        new HealthRules(reader.problems.isEmpty() ? rules : List.of()), reader.problems);
  }

  private List<Rule> rules(String text) {
    var settings =
        LoadSettings.builder()
            .setLabel(name)
            .setCodePointLimit(LONGEST_FILE)
            .setMaxAliasesForCollections(50)
            .build();
    Optional<Node> root;
    try {
      root = new Compose(settings).composeString(text);
    } catch (YamlEngineException e) {
      problems.add(name + ": " + e.getMessage());
      return List.of();
    }
    if (root.isEmpty()) {
      problems.add(name + " is empty; write `rules:` and a list");
      return List.of();
    }
    var fields = fields(root.get(), "rules");
    var rules = new ArrayList<Rule>();
    if (!(fields.get("rules") instanceof SequenceNode list)) {
      problem(root.get(), "`rules` is missing or no list");
      return List.of();
    }
    list.getValue().forEach(node -> rule(node).ifPresent(rules::add));
    return rules;
  }

  private Optional<Rule> rule(Node node) {
    var fields = fields(node, "for", "check", "even-if-outdated");
    var kinds = new ArrayList<KindPattern>();
    for (var one : listOrOne(fields.get("for"))) {
      var pattern =
          one instanceof ScalarNode it
              ? KindPattern.of(it.getValue())
              : Optional.<KindPattern>empty();
      if (pattern.isEmpty()) {
        problem(one, "`for` takes a group and a kind, such as apps/Deployment or *.example.org/*");
      }
      pattern.ifPresent(kinds::add);
    }
    if (fields.get("for") == null) {
      problem(node, "`for` is missing: for which group and kind is the rule?");
    }
    var found = new ArrayList<Check>();
    if (fields.get("check") instanceof SequenceNode list) {
      list.getValue().forEach(one -> check(one).ifPresent(found::add));
    } else {
      problem(node, "`check` is missing or no list");
    }
    var outdated =
        fields.get("even-if-outdated") instanceof ScalarNode it && it.getValue().equals("true");
    return problems.isEmpty()
        ? Optional.of(new Rule(List.copyOf(kinds), outdated, List.copyOf(found)))
        : Optional.empty();
  }

  private Optional<Check> check(Node node) {
    if (++checks > MOST_CHECKS) {
      if (checks == MOST_CHECKS + 1) {
        problem(node, "there are more than " + MOST_CHECKS + " checks");
      }
      return Optional.empty();
    }
    var fields = fields(node, "says", "when", "because");
    var says = text(node, fields, "says");
    var when = text(node, fields, "when");
    if (says.isEmpty() || when.isEmpty()) {
      return Optional.empty();
    }
    if (!HealthRules.isVerdict(says.get())) {
      problem(
          node,
          "`says` is %s; it can be current, in-progress, failed, failed-for-good, suspended, not-found or unknown"
              .formatted(says.get()));
      return Optional.empty();
    }
    var question = program(node, when.get(), true);
    var because =
        fields.get("because") instanceof ScalarNode it
            ? sentence(it)
            : Optional.of(new Sentence(List.of(new Piece.Text(when.get()))));
    return question.flatMap(it -> because.map(sentence -> new Check(says.get(), it, sentence)));
  }

  /// Braces hold CEL; there are none in a plain sentence.
  private Optional<Sentence> sentence(ScalarNode node) {
    var pieces = new ArrayList<Piece>();
    var text = node.getValue();
    var at = 0;
    while (at < text.length()) {
      var open = text.indexOf('{', at);
      var close = open < 0 ? -1 : text.indexOf('}', open);
      if (open < 0 || close < 0) {
        if (open >= 0) {
          problem(node, "a `{` has no `}`");
          return Optional.empty();
        }
        pieces.add(new Piece.Text(text.substring(at)));
        break;
      }
      if (open > at) {
        pieces.add(new Piece.Text(text.substring(at, open)));
      }
      var program = program(node, text.substring(open + 1, close), false);
      if (program.isEmpty()) {
        return Optional.empty();
      }
      pieces.add(new Piece.Asked(program.get()));
      at = close + 1;
    }
    return Optional.of(new Sentence(List.copyOf(pieces)));
  }

  private Optional<RuleProgram> program(Node node, String expression, boolean question) {
    return switch (RuleProgram.compile(expression, question)) {
      case RuleProgram.Compiled.Ready(var program) -> Optional.of(program);
      case RuleProgram.Compiled.Wrong(var why) -> {
        problem(
            node, "`%s` is no CEL that can be used here: %s".formatted(expression.strip(), why));
        yield Optional.empty();
      }
    };
  }

  private Optional<String> text(Node node, Map<String, Node> fields, String field) {
    if (fields.get(field) instanceof ScalarNode it && !it.getValue().isBlank()) {
      return Optional.of(it.getValue());
    }
    problem(node, "`" + field + "` is missing");
    return Optional.empty();
  }

  private Map<String, Node> fields(Node node, String... known) {
    var fields = new LinkedHashMap<String, Node>();
    if (!(node instanceof MappingNode mapping)) {
      problem(node, "here should be fields: " + String.join(", ", known));
      return fields;
    }
    for (var entry : mapping.getValue()) {
      var key = entry.getKeyNode() instanceof ScalarNode it ? it.getValue() : "";
      if (!List.of(known).contains(key)) {
        problem(
            entry.getKeyNode(),
            "`%s` is not a setting; there are %s".formatted(key, String.join(", ", known)));
      } else if (fields.put(key, entry.getValueNode()) != null) {
        problem(entry.getKeyNode(), "`" + key + "` is there twice");
      }
    }
    return fields;
  }

  private static List<Node> listOrOne(@Nullable Node node) {
    if (node instanceof SequenceNode list) {
      return list.getValue();
    }
    return node == null ? List.of() : List.of(node);
  }

  private void problem(Node node, String what) {
    var line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    problems.add("%s line %d: %s".formatted(name, line, what));
  }
}
