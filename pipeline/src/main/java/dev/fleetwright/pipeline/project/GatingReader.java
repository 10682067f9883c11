package dev.fleetwright.pipeline.project;

import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Reads what a deploy to an environment waits for, and in which order. What is not sound was
/// reported by its shape and counts as not there.
final class GatingReader {

  private final Problems problems;

  GatingReader(Problems problems) {
    this.problems = problems;
  }

  Gating gating(Mapping environment, String path) {
    return new Gating(
        approvals(environment),
        soak(environment, path),
        ProjectFileReader.items(environment, "freeze").stream()
            .filter(item -> item instanceof Mapping)
            .flatMap(item -> FreezeText.read((Mapping) item, path).stream())
            .toList(),
        new TreeSet<>(ProjectFileReader.texts(environment, "gates")),
        new TreeSet<>(ProjectFileReader.texts(environment, "statuses")));
  }

  QueueMode queue(Mapping environment) {
    return ProjectFileReader.text(environment, "queue")
        .flatMap(QueueMode::of)
        .orElse(QueueMode.UNORDERED);
  }

  Set<Idleness> preemptible(Mapping environment) {
    return environment.get("preempt").isEmpty()
        ? Policy.USUALLY_PREEMPTIBLE
        : ProjectFileReader.texts(environment, "preempt").stream()
            .flatMap(word -> Idleness.of(word).stream())
            .collect(Collectors.toUnmodifiableSet());
  }

  private static Approvals approvals(Mapping environment) {
    var written = environment.get("approvals").orElse(null);
    if (!(written instanceof Mapping map)) {
      return Approvals.required(
          ProjectFileReader.number(environment, "approvals").filter(n -> n >= 0).orElse(0));
    }
    return new Approvals(
        ProjectFileReader.number(map, "required").filter(n -> n >= 0).orElse(1),
        new TreeSet<>(ProjectFileReader.texts(map, "by")),
        ProjectFileReader.text(map, "deployer").equals(Optional.of("counts")));
  }

  private Duration soak(Mapping environment, String path) {
    var written = environment.entries().get("soak");
    if (written == null || !(written.value() instanceof Scalar soak)) {
      return Duration.ZERO;
    }
    if (ProjectFileReader.text(environment, "after").isEmpty()) {
      problems.error(
          written.keyAt(),
          path + ":soak says how long a release runs in the environment before, and there is none",
          "add for example `after: staging`, or remove `soak`");
    }
    return SpokenDuration.parse(soak.text()).orElse(Duration.ZERO);
  }

  /// Whether so many can agree at all.
  static boolean checkApprovals(Node node, String path, Problems problems) {
    var map = (Mapping) node;
    var people = ProjectFileReader.texts(map, "by");
    var required = ProjectFileReader.number(map, "required").orElse(1);
    if (people.isEmpty() || people.size() >= required) {
      return true;
    }
    problems.error(
        map.get("by").orElseThrow().at(),
        "%s needs %d approvals and only %d may give one".formatted(path, required, people.size()),
        "name more people in `by`, or lower `required`");
    return false;
  }

  /// Whether a gate's name is free: the server's own gates have theirs.
  static boolean checkGate(Node node, String path, Problems problems) {
    var name = ((Scalar) node).text();
    if (!Gate.OWN.contains(name)) {
      return true;
    }
    problems.error(
        node.at(),
        path + ": `" + name + "` is a gate of Fleetwright's own",
        "choose another name, such as `" + name + "-check`");
    return false;
  }
}
