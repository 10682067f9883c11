package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.yaml.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// A job as the file defines it, merged and checked, before it is known for which commit it runs.
///
/// @param keywords what is written, defaults included; only values of the right shape
/// @param variables the global ones that it inherits and its own
/// @param rules empty if it has none
/// @param foreign the needs of jobs in other pipelines
record Job(
    String name,
    Position at,
    String stage,
    SequencedMap<String, Node> keywords,
    SequencedMap<String, Variable> variables,
    Optional<List<Rule>> rules,
    Optional<RefFilter> only,
    Optional<RefFilter> except,
    Optional<List<NeedText>> needs,
    List<Workplace.Foreign> foreign) {

  Optional<Node> keyword(String name) {
    return Optional.ofNullable(keywords.get(name));
  }

  /// For each instance its name and the variables that tell it from the others; one without a
  /// change for a job that is not parallel.
  List<Instance> instances() {
    return keyword("parallel")
        .map(node -> Instance.of(name, node))
        .orElse(List.of(Instance.only(name)));
  }

  /// How many instances there are.
  int runs() {
    return keyword("parallel")
        .map(node ->
            node instanceof Node.Whole(_, var count)
                ? count.intValue()
                : (int)
                    Math.min(
                        Matrix.MOST_ROWS,
                        Matrix.size(
                            RuleReader.matrix(((Node.Mapping) node).get("matrix").orElseThrow()))))
        .orElse(1);
  }

  /// One of a parallel job's runs.
  ///
  /// @param index from 1
  /// @param values of the matrix; empty for `parallel: n`
  record Instance(String name, int index, int total, Map<String, String> values) {
    static Instance only(String name) {
      return new Instance(name, 0, 0, Map.of());
    }

    static List<Instance> of(String job, Node parallel) {
      return switch (parallel) {
        case Node.Whole(_, var count) ->
            IntStream.rangeClosed(1, count.intValue())
                .mapToObj(
                    i -> new Instance(job + " " + i + "/" + count, i, count.intValue(), Map.of()))
                .toList();
        case Node other -> {
          var rows =
              Matrix.rows(RuleReader.matrix(((Node.Mapping) other).get("matrix").orElseThrow()));
          yield IntStream.range(0, rows.size())
              .mapToObj(i ->
                  new Instance(
                      job + ": [" + String.join(", ", rows.get(i).values()) + "]",
                      i + 1,
                      rows.size(),
                      rows.get(i)))
              .toList();
        }
      };
    }
  }
}
