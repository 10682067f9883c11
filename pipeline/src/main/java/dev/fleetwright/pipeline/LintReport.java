package dev.fleetwright.pipeline;

import dev.fleetwright.pipeline.gitlab.PipelineFile;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.project.ProjectFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a repository holds for Fleetwright: what was found, what was understood of it, what is
/// wrong, and what cannot be done yet.
///
/// @param pipeline empty if there is no `.gitlab-ci.yml`
/// @param project [ProjectFile#ABSENT] if there is no `fleetwright.yml`
/// @param notYet one sentence each
/// @param problems of all files, by file, line and column
public record LintReport(
    Optional<PipelineFile> pipeline,
    ProjectFile project,
    List<Dockerfile> dockerfiles,
    List<Manifest> manifests,
    List<String> notYet,
    List<Problem> problems) {

  public LintReport {
    dockerfiles = List.copyOf(dockerfiles);
    manifests = List.copyOf(manifests);
    notYet = List.copyOf(notYet);
    problems = List.copyOf(problems);
  }

  /// @param bases images that it starts from, with the names of its own stages left out
  /// @param ports that it exposes
  public record Dockerfile(String path, List<String> bases, List<String> ports) {}

  /// A file with Kubernetes objects, a Helm chart or a Kustomize folder.
  ///
  /// @param objects such as `Deployment web`, or what else it is
  public record Manifest(String path, List<String> objects) {}

  /// Whether nothing stands in the way of running and deploying; warnings do not.
  public boolean sound() {
    return problems.stream().noneMatch(Problem::isError);
  }

  /// The account in plain words, without the problems.
  public List<String> account() {
    var lines = new ArrayList<String>();
    pipeline.ifPresentOrElse(
        file -> describe(file, lines), () -> lines.add(".gitlab-ci.yml: there is none"));
    describe(project, lines);
    for (var dockerfile : dockerfiles) {
      lines.add(
          dockerfile.path()
              + ": an image"
              + (dockerfile.bases().isEmpty()
                  ? ""
                  : " from " + String.join(", ", dockerfile.bases()))
              + (dockerfile.ports().isEmpty()
                  ? ""
                  : ", listening on " + String.join(", ", dockerfile.ports())));
    }
    for (var manifest : manifests) {
      lines.add(manifest.path() + ": " + String.join(", ", manifest.objects()));
    }
    notYet.forEach(line -> lines.add("not yet: " + line));
    return List.copyOf(lines);
  }

  private static void describe(PipelineFile file, List<String> lines) {
    var jobs = file.jobs();
    lines.add(
        file.files().getFirst()
            + ": "
            + counted(jobs.size(), "job")
            + " in "
            + counted(file.stages().size(), "stage")
            + (file.files().size() > 1
                ? ", with " + counted(file.files().size() - 1, "included file")
                : ""));
    for (var stage : file.stages()) {
      lines.add(
          "  "
              + stage
              + ": "
              + jobs.stream()
                  .filter(job -> job.stage().equals(stage))
                  .map(job ->
                      job.name()
                          + job.environment().map(name -> " (deploys to " + name + ")").orElse(""))
                  .collect(Collectors.joining(", ")));
    }
    var images = jobs.stream().flatMap(job -> job.image().stream()).distinct().sorted().toList();
    if (!images.isEmpty()) {
      lines.add("  images: " + String.join(", ", images));
    }
  }

  private static void describe(ProjectFile file, List<String> lines) {
    if (!file.present()) {
      lines.add("fleetwright.yml: there is none; `fleetwright init` proposes one");
      return;
    }
    lines.add(
        "fleetwright.yml: "
            + counted(file.targets().size(), "target")
            + ", "
            + counted(file.components().size(), "component")
            + ", "
            + counted(file.environments().size(), "environment"));
    if (!file.targets().isEmpty()) {
      lines.add(
          "  targets: "
              + file.targets().stream()
                  .map(target -> target.name() + " (" + target.kind() + ")")
                  .collect(Collectors.joining(", ")));
    }
    if (!file.components().isEmpty()) {
      lines.add(
          "  components: "
              + file.components().stream()
                  .map(component ->
                      component.name()
                          + " ("
                          + component
                              .files()
                              .or(() -> component.settings().text("image"))
                              .orElse("nothing")
                          + ")")
                  .collect(Collectors.joining(", ")));
    }
    if (!file.environments().isEmpty()) {
      lines.add(
          "  environments: "
              + file.environments().stream()
                  .map(rule ->
                      rule.pattern()
                          + " on "
                          + (rule.targets().isEmpty()
                              ? "no target"
                              : String.join(" and ", rule.targets())))
                  .collect(Collectors.joining(", ")));
    }
  }

  static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
