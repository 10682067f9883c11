package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pushes that tests plan pipelines for.
final class Contexts {
  private Contexts() {}

  static PipelineContext push(String branch) {
    return push(branch, Optional.empty());
  }

  static PipelineContext push(String branch, Optional<List<String>> changed) {
    return PipelineContext.pushOf(
        "group/shop", new CommitSha("1a2b3c4d".repeat(5)), branch, "main", "Add a shelf", changed);
  }

  static PipelineContext tag(String name) {
    var push = push(name);
    var commit = push.commit();
    return new PipelineContext(
        push.repository(),
        new PipelineContext.Commit(
            commit.sha(),
            Optional.empty(),
            name,
            true,
            false,
            commit.message(),
            "",
            commit.at(),
            ""),
        push.source(),
        push.person(),
        push.server(),
        push.variables(),
        push.given(),
        push.secrets(),
        Optional.empty());
  }

  static PipelineFile file(String text) {
    return PipelineReader.read(
        new MemoryTree(Map.of(".gitlab-ci.yml", text, "README.md", "", "src/Main.java", "")),
        ".gitlab-ci.yml");
  }

  static PipelineGraph graph(PipelineFile file, PipelineContext context) {
    var planned = file.plan(context);
    assertThat(planned).isInstanceOf(PipelineGraph.class);
    return (PipelineGraph) planned;
  }

  static JobSpec job(String text, PipelineContext context) {
    var jobs = graph(file(text), context).jobs();
    assertThat(jobs).hasSize(1);
    return jobs.getFirst();
  }

  static List<String> names(PipelineFile file, PipelineContext context) {
    return graph(file, context).jobs().stream().map(JobSpec::name).toList();
  }

  /// Names of the jobs, or why there are none.
  static String outcome(String text, PipelineContext context) {
    return switch (file(text).plan(context)) {
      case PipelineGraph graph ->
          String.join(" ", graph.jobs().stream().map(JobSpec::name).toList());
      case Planned.NotWanted(var reason) -> "none: " + reason;
      case Planned.Refused(var problems) -> "refused: " + problems;
    };
  }
}
