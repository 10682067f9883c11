package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.graph.Circles;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What can only be checked between jobs: that the jobs which are named exist and come earlier,
/// that no needs go in a circle, that a stop job stops what it is named for.
final class CrossChecks {
  private final List<String> stages;
  private final List<Job> jobs;
  private final boolean incomplete;
  private final Problems problems;
  private final Map<String, Job> byName = new HashMap<>();

  CrossChecks(List<String> stages, List<Job> jobs, boolean incomplete, Problems problems) {
    this.stages = stages;
    this.jobs = jobs;
    this.incomplete = incomplete;
    this.problems = problems;
    jobs.forEach(job -> {
      byName.put(job.name(), job);
      job.instances().forEach(instance -> byName.put(instance.name(), job));
    });
  }

  void run() {
    for (var job : jobs) {
      job.needs().ifPresent(needs -> checkNeeds(job, needs));
      job.rules()
          .ifPresent(rules ->
              rules.forEach(rule -> rule.needs().ifPresent(needs -> checkNeeds(job, needs))));
      job.keyword("dependencies").ifPresent(node -> checkDependencies(job, node));
      job.keyword("environment").ifPresent(node -> checkOnStop(job, node));
    }
    checkCircles();
  }

  private void checkNeeds(Job job, List<NeedText> needs) {
    var seen = new HashSet<Object>();
    for (var need : needs) {
      if (need.matrix().filter(CrossChecks::hasExpression).isPresent()
          && !(job.keyword("parallel").orElse(null) instanceof Mapping)) {
        problems.error(
            need.at(),
            job.name() + " job: `$[[ matrix.… ]]` is used in a job without `parallel:matrix`",
            "name the values");
      }
      var needed = byName.get(need.job());
      if (needed == null) {
        if (!need.optional()) {
          missing(need.at(), job.name() + " job: undefined need: " + need.job(), need.job());
        }
      } else if (stages.indexOf(needed.stage()) > stages.indexOf(job.stage())) {
        wrongOrder(
            need.at(),
            job.name() + " job: need " + need.job() + " is not defined in current or prior stages");
      }
      if (!seen.add(List.of(need.job(), need.matrix()))) {
        problems.error(
            need.at(), job.name() + " job: needs " + need.job() + " twice", "remove one");
      }
    }
  }

  private static boolean hasExpression(List<Map<String, List<String>>> matrix) {
    return matrix.stream()
        .flatMap(entry -> entry.values().stream())
        .flatMap(List::stream)
        .anyMatch(MatrixExpression::isIn);
  }

  private void missing(Position at, String message, String name) {
    if (incomplete) {
      problems.warning(at, message, "it may be in an include that is not read yet");
    } else {
      problems.error(
          at,
          message,
          Suggestion.remedy(name, byName.keySet(), "define the job, or remove it here"));
    }
  }

  private void wrongOrder(Position at, String message) {
    if (incomplete) {
      problems.warning(at, message, "an include that is not read yet may name other stages");
    } else {
      problems.error(at, message, "move one of the two to another stage");
    }
  }

  private void checkDependencies(Job job, Node node) {
    for (var item : Trees.items(node)) {
      var name = Trees.text(item);
      var dependency = byName.get(name);
      if (dependency == null) {
        missing(item.at(), job.name() + " job: undefined dependency: " + name, name);
      } else if (stages.indexOf(dependency.stage()) >= stages.indexOf(job.stage())
          && job.needs().isEmpty()) {
        wrongOrder(
            item.at(), job.name() + " job: dependency " + name + " is not defined in prior stages");
      } else if (job.needs().isPresent()
          && !job.needs().get().isEmpty()
          && job.needs().get().stream().noneMatch(need -> need.job().equals(name))) {
        problems.error(
            item.at(),
            job.name() + " job: dependency " + name + " should be part of `needs`",
            "add it to `needs`");
      }
    }
  }

  private void checkOnStop(Job job, Node environment) {
    if (!(environment instanceof Mapping map)) {
      return;
    }
    var onStop = Trees.at(map, "on_stop");
    if (onStop.isEmpty()) {
      return;
    }
    var at = onStop.get().at();
    var name = Trees.text(onStop.get());
    var stop = byName.get(name);
    if (stop == null) {
      missing(at, job.name() + " job: on_stop job " + name + " is not defined", name);
      return;
    }
    var there = stop.keyword("environment");
    if (there.isEmpty()) {
      wrongStop(
          at,
          job.name() + " job: on_stop job " + name + " does not have environment defined",
          "give it the same `environment: name` and `action: stop`");
      return;
    }
    if (!environmentName(there.get()).equals(environmentName(environment))) {
      wrongStop(
          at,
          job.name() + " job: on_stop job " + name + " has a different environment name",
          "give it `name: " + environmentName(environment).orElse("") + "`");
    }
    if (Trees.textAt(there.get(), "action").filter("stop"::equals).isEmpty()) {
      wrongStop(
          at,
          job.name() + " job: on_stop job " + name + " needs to have action stop defined",
          "add `action: stop` to its environment");
    }
  }

  private void wrongStop(Position at, String message, String remedy) {
    if (incomplete) {
      problems.warning(at, message, "an include that is not read yet may say it");
    } else {
      problems.error(at, message, remedy);
    }
  }

  static Optional<String> environmentName(Node environment) {
    return environment instanceof Mapping map
        ? Trees.textAt(map, "name")
        : Optional.of(Trees.text(environment));
  }

  private void checkCircles() {
    var waitsFor = new LinkedHashMap<String, Set<String>>();
    for (var job : jobs) {
      var needs = new HashSet<String>();
      for (var need : job.needs().orElse(List.of())) {
        Optional.ofNullable(byName.get(need.job())).ifPresent(other -> needs.add(other.name()));
      }
      waitsFor.put(job.name(), needs);
    }
    for (var circle : Circles.in(waitsFor).some()) {
      var first = byName.get(circle.getFirst());
      if (first != null) {
        problems.error(
            first.at(),
            "the pipeline has circular needs: " + String.join(" → ", circle),
            "remove one of these needs");
      }
    }
  }
}
