package dev.fleetwright.pipeline.gitlab;

import com.google.re2j.Pattern;
import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.core.pipeline.Glob;
import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.pipeline.expression.Expression;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// One entry of `rules`: clauses that must all hold, and what then applies (contract 2a.4).
///
/// @param allowFailure and the others: empty if the rule does not say
record Rule(
    Optional<Expression> condition,
    Optional<Paths> changes,
    Optional<Paths> exists,
    Optional<When> when,
    Optional<Duration> startIn,
    Optional<AllowFailure> allowFailure,
    SequencedMap<String, Variable> variables,
    Optional<List<NeedText>> needs,
    Optional<Boolean> interruptible,
    Optional<AutoCancel> autoCancel) {

  /// GitLab stops looking after so many comparisons of path and pattern, and lets the rule hold.
  static final int MOST_COMPARISONS = 50_000;

  /// @param regexp instead of globs
  record Paths(List<String> globs, Optional<Pattern> regexp) {
    boolean matchAny(List<String> paths, VariableExpansion variables) {
      if (regexp.isPresent()) {
        return paths.stream().anyMatch(path -> regexp.get().matcher(path).find());
      }
      return globs.stream()
          .map(variables::inText)
          .anyMatch(glob -> Glob.orOnlyItself(Glob.Where.RULES, glob).matchesAny(paths));
    }

    boolean existIn(List<String> paths, VariableExpansion variables) {
      return globs.stream().filter(Glob::isPattern).count() * paths.size() > MOST_COMPARISONS
          || matchAny(paths, variables);
    }
  }

  /// What rules are judged by.
  ///
  /// @param values what expressions see
  /// @param changed paths that changed; empty if there is nothing to compare with
  /// @param files all paths of the commit
  record Facts(
      Map<String, String> values,
      VariableExpansion variables,
      Optional<List<String>> changed,
      List<String> files) {}

  boolean holds(Facts facts) {
    return condition.map(c -> c.holds(facts.values())).orElse(true)
        && changes
            .map(paths ->
                facts
                    .changed()
                    .map(changed -> paths.matchAny(changed, facts.variables()))
                    .orElse(true))
            .orElse(true)
        && exists.map(paths -> paths.existIn(facts.files(), facts.variables())).orElse(true);
  }

  /// The first rule that holds.
  static Optional<Rule> winner(List<Rule> rules, Facts facts) {
    return rules.stream().filter(rule -> rule.holds(facts)).findFirst();
  }
}
