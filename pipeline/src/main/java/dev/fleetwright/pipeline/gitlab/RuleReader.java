package dev.fleetwright.pipeline.gitlab;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.core.pipeline.Workplace.Foreign;
import dev.fleetwright.pipeline.expression.Expression;
import dev.fleetwright.pipeline.expression.ExpressionParser;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.Node.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Reads `rules`, `needs` and `variables`, whose shapes are known to be right, into values.
final class RuleReader {
  private final Problems problems;

  RuleReader(Problems problems) {
    this.problems = problems;
  }

  List<Rule> rules(Node node, String path) {
    var rules = new ArrayList<Rule>();
    for (var item : Trees.items(node)) {
      if (item instanceof Mapping rule) {
        rules.add(rule(rule, path));
      }
    }
    return List.copyOf(rules);
  }

  private Rule rule(Mapping rule, String path) {
    return new Rule(
        Trees.at(rule, "if").flatMap(node -> expression(node, path + ":if")),
        Trees.at(rule, "changes").map(node -> paths(node, path + ":changes")),
        Trees.at(rule, "exists").map(node -> paths(node, path + ":exists")),
        Trees.at(rule, "when").map(RuleReader::when),
        Trees.at(rule, "start_in").flatMap(node -> SpokenDuration.parse(Trees.text(node))),
        Trees.at(rule, "allow_failure").map(RuleReader::allowFailure),
        Trees.at(rule, "variables").map(RuleReader::variables).orElseGet(LinkedHashMap::new),
        Trees.at(rule, "needs").map(RuleReader::needs),
        Trees.at(rule, "interruptible").map(Trees::isTrue),
        Trees.at(rule, "auto_cancel").map(RuleReader::autoCancel));
  }

  static AllowFailure allowFailure(Node node) {
    if (node instanceof Mapping map) {
      return new AllowFailure(false, map.get("exit_codes").map(Trees::numbers).orElse(List.of()));
    }
    return Trees.isTrue(node) ? AllowFailure.YES : AllowFailure.NO;
  }

  static AutoCancel autoCancel(Node node) {
    return new AutoCancel(
        Trees.textAt(node, "on_new_commit")
            .map(word -> AutoCancel.OnNewCommit.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(AutoCancel.USUAL.onNewCommit()),
        Trees.textAt(node, "on_job_failure").filter("all"::equals).isPresent());
  }

  static When when(Node node) {
    return When.valueOf(Trees.text(node).toUpperCase(Locale.ROOT));
  }

  /// Empty if the text is no expression, and then the problem is reported.
  Optional<Expression> expression(Node node, String path) {
    return switch (ExpressionParser.parse(Trees.text(node))) {
      case ExpressionParser.Answer.Parsed(var expression) -> {
        warnOfUselessMatches(expression, node.at(), path);
        yield Optional.of(expression);
      }
      case ExpressionParser.Answer.Wrong(var at, var message, var remedy) -> {
        problems.error(inside(node, at), path + " invalid expression syntax: " + message, remedy);
        yield Optional.empty();
      }
    };
  }

  /// The column of a character of a text that is written on one line without escapes; else where
  /// the text begins.
  private static Position inside(Node node, int index) {
    var at = node.at();
    var oneLine = node instanceof Text(_, var text) && text.indexOf('\n') < 0;
    return oneLine ? new Position(at.file(), at.line(), at.column() + index) : at;
  }

  private void warnOfUselessMatches(Expression expression, Position at, String path) {
    switch (expression) {
      case Expression.Or(var left, var right) -> {
        warnOfUselessMatches(left, at, path);
        warnOfUselessMatches(right, at, path);
      }
      case Expression.And(var left, var right) -> {
        warnOfUselessMatches(left, at, path);
        warnOfUselessMatches(right, at, path);
      }
      case Expression.Comparison comparison -> {
        if ((comparison.comparator() == Expression.Comparator.MATCHES
                || comparison.comparator() == Expression.Comparator.MATCHES_NOT)
            && comparison.right() instanceof Expression.Literal(var text)
            && Expression.Regex.of(text).isEmpty()) {
          problems.warning(
              at,
              path + ": `" + comparison.text() + "` compares with a text and matches nothing",
              "write the pattern between slashes");
        }
      }
      case Expression.Atom _ -> {}
    }
  }

  private Rule.Paths paths(Node node, String path) {
    if (node instanceof Sequence) {
      return new Rule.Paths(Trees.texts(node), Optional.empty());
    }
    var map = (Mapping) node;
    for (var key : List.of("compare_to", "project", "ref")) {
      Trees.at(map, key)
          .ifPresent(value ->
              problems.warning(
                  value.at(),
                  path + ":" + key + " is understood and not acted on yet",
                  key.equals("compare_to")
                      ? "the commit before this one is compared with"
                      : "the files of this repository are looked at"));
    }
    var regexp =
        Trees.at(map, "regexp")
            .flatMap(value -> {
              try {
                return Optional.of(Pattern.compile(Trees.text(value)));
              } catch (PatternSyntaxException e) {
                problems.error(
                    value.at(), path + ":regexp is not a pattern of RE2", "correct the pattern");
                return Optional.empty();
              }
            });
    return new Rule.Paths(Trees.at(map, "paths").map(Trees::texts).orElse(List.of()), regexp);
  }

  static List<NeedText> needs(Node node) {
    var needs = new ArrayList<NeedText>();
    for (var item : Trees.items(node)) {
      if (item instanceof Text(var at, var job)) {
        needs.add(new NeedText(at, job, true, false, Optional.empty()));
      } else if (item instanceof Mapping map) {
        if (!isForeign(map)) {
          needs.add(need(map));
        }
      }
    }
    return List.copyOf(needs);
  }

  private static boolean isForeign(Mapping need) {
    return Trees.at(need, "project").isPresent() || Trees.at(need, "pipeline").isPresent();
  }

  /// The needs of jobs in other pipelines.
  static List<Foreign> foreign(Node node) {
    var foreign = new ArrayList<Foreign>();
    for (var item : Trees.items(node)) {
      if (item instanceof Mapping map && isForeign(map)) {
        foreign.add(foreignNeed(map));
      }
    }
    return List.copyOf(foreign);
  }

  private static Foreign foreignNeed(Mapping map) {
    var job = Trees.textAt(map, "job");
    var artifacts = Trees.at(map, "artifacts").map(Trees::isTrue).orElse(true);
    var project = Trees.textAt(map, "project");
    if (project.isPresent()) {
      return new Foreign.OfProject(
          project.get(), Trees.textAt(map, "ref").orElse(""), job.orElse(""), artifacts);
    }
    var pipeline = Trees.textAt(map, "pipeline").orElse("");
    return job.<Foreign>map(name -> new Foreign.OfPipeline(pipeline, name, artifacts))
        .orElseGet(() -> new Foreign.Status(pipeline));
  }

  private static NeedText need(Mapping map) {
    return new NeedText(
        map.at(),
        Trees.textAt(map, "job").orElse(""),
        Trees.at(map, "artifacts").map(Trees::isTrue).orElse(true),
        Trees.at(map, "optional").map(Trees::isTrue).orElse(false),
        Trees.at(map, "parallel")
            .flatMap(parallel -> Trees.at((Mapping) parallel, "matrix"))
            .map(RuleReader::matrix));
  }

  /// The entries of `parallel:matrix`: for each variable its values.
  static List<Map<String, List<String>>> matrix(Node node) {
    var matrix = new ArrayList<Map<String, List<String>>>();
    for (var item : Trees.items(node)) {
      var values = new LinkedHashMap<String, List<String>>();
      ((Mapping) item)
          .entries()
          .forEach((name, entry) -> values.put(name, Trees.texts(entry.value())));
      matrix.add(values);
    }
    return matrix;
  }

  static SequencedMap<String, Variable> variables(Node node) {
    var variables = new LinkedHashMap<String, Variable>();
    if (node instanceof Mapping map) {
      map.entries()
          .forEach((name, entry) -> {
            var value =
                entry.value() instanceof Mapping
                    ? Trees.textAt(entry.value(), "value").orElse("")
                    : Trees.text(entry.value());
            var raw =
                entry.value() instanceof Mapping attributes
                    && Trees.at(attributes, "expand").filter(e -> !Trees.isTrue(e)).isPresent();
            variables.put(name, new Variable(name, value, raw, false));
          });
    }
    return variables;
  }
}
