package dev.fleetwright.pipeline.project;

import static dev.fleetwright.pipeline.shape.Shape.either;
import static dev.fleetwright.pipeline.shape.Shape.fields;
import static dev.fleetwright.pipeline.shape.Shape.list;
import static dev.fleetwright.pipeline.shape.Shape.matching;
import static dev.fleetwright.pipeline.shape.Shape.oneOf;
import static dev.fleetwright.pipeline.shape.Shape.ruled;
import static dev.fleetwright.pipeline.shape.Shape.yesNo;

import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.environment.Strategy.Stage;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.Node.Truth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads `strategy:` of an environment.
final class StrategyReader {

  /// How many at a time: hosts, or a share of them.
  static final Shape MAX_UNAVAILABLE =
      matching("[1-9][0-9]{0,5}|([1-9][0-9]?|100)%", "a number of hosts or a share", "25%");

  private static final Shape PAUSE =
      ruled(either(ProjectKeys.DURATION, yesNo()), StrategyReader::pause);

  /// What is looked at before the switch of blue-green.
  private static final Shape WATCH =
      ruled(
          fields().with("pause", PAUSE).with("analyse", AnalyseReader.SHAPE).done(),
          (node, path, problems) ->
              one(node, problems, path + " has a step that is not exactly one thing"));

  /// A line of a canary.
  private static final Shape STAGE =
      ruled(
          fields()
              .with("weight", matching("([1-9][0-9]?|100)%?", "a share from 1% to 100%", "10%"))
              .with("pause", PAUSE)
              .with("analyse", AnalyseReader.SHAPE)
              .done(),
          (node, path, problems) ->
              one(node, problems, path + " has a step that is not exactly one thing"));

  static final Shape SHAPE =
      either(
          oneOf("all_at_once", "rolling", "blue_green"),
          ruled(
              fields()
                  .with(
                      "rolling",
                      fields()
                          .with("max_unavailable", MAX_UNAVAILABLE)
                          .with("pause", ProjectKeys.DURATION)
                          .done())
                  .with(
                      "blue_green",
                      fields()
                          .with("before", list(WATCH, 1, 100))
                          .with("keep", ProjectKeys.DURATION)
                          .done())
                  .with("canary", ruled(list(STAGE, 1, 100), StrategyReader::canary))
                  .done(),
              (node, path, problems) ->
                  one(node, problems, path + " is not exactly one strategy")));

  private StrategyReader() {}

  private static boolean one(Node node, Problems problems, String otherwise) {
    var one = ((Mapping) node).entries().size() == 1;
    if (!one) {
      problems.error(node.at(), otherwise, "one key each");
    }
    return one;
  }

  private static boolean pause(Node node, String path, Problems problems) {
    var no = node instanceof Truth(_, var value) && !value;
    if (no) {
      problems.error(
          node.at(), path + " is false", "remove it, or write `true` to wait for a person");
    }
    return !no;
  }

  private static boolean canary(Node node, String path, Problems problems) {
    try {
      new Strategy.Canary(stages(((Sequence) node).items()));
      return true;
    } catch (IllegalArgumentException e) {
      problems.error(
          node.at(),
          path + ": " + e.getMessage(),
          "write for example `[{weight: 10%}, {pause: 5 min}, {weight: 50%}]`");
      return false;
    }
  }

  /// The strategy that a checked value means; the usual one where there is none, or none that is
  /// sound.
  static Strategy read(Optional<Node> written) {
    return switch (written.orElse(null)) {
      case Scalar word when word.text().equals("all_at_once") -> new Strategy.AllAtOnce();
      case Scalar word when word.text().equals("blue_green") ->
          new Strategy.BlueGreen(List.of(), Strategy.USUAL_KEEP);
      case Mapping map when map.get("rolling").isPresent() -> rolling(map.get("rolling").get());
      case Mapping map when map.get("blue_green").orElse(null) instanceof Mapping its ->
          new Strategy.BlueGreen(
              its.get("before").orElse(null) instanceof Sequence(_, var items)
                  ? stages(items).stream().filter(s -> !(s instanceof Stage.Weight)).toList()
                  : List.of(),
              ProjectFileReader.duration(its, "keep").orElse(Strategy.USUAL_KEEP));
      case Mapping map when map.get("canary").orElse(null) instanceof Sequence(_, var items) -> {
        try {
          yield new Strategy.Canary(stages(items));
        } catch (IllegalArgumentException _) {
          // Reported by the shape's rule.
          yield Strategy.USUAL;
        }
      }
      case null, default -> Strategy.USUAL;
    };
  }

  private static Strategy rolling(Node node) {
    return node instanceof Mapping map
        ? new Strategy.Rolling(
            ProjectFileReader.text(map, "max_unavailable"),
            ProjectFileReader.duration(map, "pause").orElse(Duration.ZERO))
        : Strategy.USUAL;
  }

  private static List<Stage> stages(List<Node> items) {
    var stages = new ArrayList<Stage>();
    for (var item : items) {
      if (item instanceof Mapping map) {
        ProjectFileReader.text(map, "weight").ifPresent(weight -> stages.add(weight(weight)));
        ProjectFileReader.text(map, "pause")
            .ifPresent(pause -> stages.add(new Stage.Pause(SpokenDuration.parse(pause))));
        map.get("analyse")
            .flatMap(AnalyseReader::read)
            .ifPresent(probe -> stages.add(new Stage.Analyse(probe)));
      }
    }
    return stages;
  }

  private static Stage weight(String weight) {
    return new Stage.Weight(
        Integer.parseInt(weight.endsWith("%") ? weight.substring(0, weight.length() - 1) : weight));
  }
}
