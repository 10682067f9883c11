package dev.fleetwright.pipeline.project;

import static dev.fleetwright.pipeline.shape.Shape.either;
import static dev.fleetwright.pipeline.shape.Shape.fields;
import static dev.fleetwright.pipeline.shape.Shape.oneOf;
import static dev.fleetwright.pipeline.shape.Shape.set;

import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import java.util.Optional;

/// Reads `rollback:` of an environment: when it goes back by itself.
final class RollbackReader {

  private static final Shape TRIGGER = oneOf("failure", "alarm", "stop");

  static final Shape SHAPE =
      either(
          oneOf("none"),
          fields()
              .with("on", either(TRIGGER, set(TRIGGER, 1)))
              .with("watch", ProjectKeys.DURATION)
              .done());

  private RollbackReader() {}

  /// What is not sound was reported by its shape and counts as not there.
  static RollbackTriggers read(Optional<Node> written) {
    if (written.filter(RollbackReader::isNone).isPresent()) {
      return RollbackTriggers.NEVER;
    }
    return written
        .filter(node -> node instanceof Mapping)
        .map(node -> read((Mapping) node))
        .orElse(RollbackTriggers.USUAL);
  }

  private static boolean isNone(Node node) {
    return node instanceof Node.Text(_, var word) && word.equals("none");
  }

  private static RollbackTriggers read(Mapping map) {
    var usual = RollbackTriggers.USUAL;
    var on = ProjectFileReader.texts(map, "on");
    var said = map.get("on").isPresent();
    return new RollbackTriggers(
        said ? on.contains("failure") : usual.onFailure(),
        said ? on.contains("alarm") : usual.onAlarm(),
        said ? on.contains("stop") : usual.onStop(),
        ProjectFileReader.duration(map, "watch").orElse(usual.watch()));
  }
}
