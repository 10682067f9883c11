package dev.fleetwright.pipeline;

import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.pipeline.Glob;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.pipeline.LintReport.Dockerfile;
import dev.fleetwright.pipeline.LintReport.Manifest;
import dev.fleetwright.pipeline.gitlab.PipelineFile;
import dev.fleetwright.pipeline.gitlab.PipelineReader;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.project.ComponentRule;
import dev.fleetwright.pipeline.project.ProjectFile;
import dev.fleetwright.pipeline.project.ProjectFileReader;
import dev.fleetwright.pipeline.source.SourceTree;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Looks through a repository: the one entry for `fleetwright lint`, `fleetwright up` and the
/// server.
///
/// Never throws for what is in the repository, and looks at no more than a bounded part of it.
public final class Lint {
  /// GitLab's name for the file.
  public static final String PIPELINE = ".gitlab-ci.yml";

  /// Manifests of more files than these are not looked at; who has so many has them made by a tool.
  private static final int MOST_YAML_FILES = 2_000;

  private static final int LARGEST_MANIFEST = 1024 * 1024;

  private static final Pattern FROM =
      Pattern.compile("(?i)FROM\\s+(?:--\\S+\\s+)*(\\S+)(?:\\s+AS\\s+(\\S+))?\\s*");
  private static final Pattern EXPOSE = Pattern.compile("(?i)EXPOSE\\s+(.+)");

  private final SourceTree tree;
  private final Problems problems = new Problems();
  private final List<String> notYet = new ArrayList<>();

  private Lint(SourceTree tree) {
    this.tree = tree;
  }

  public static LintReport check(SourceTree tree) {
    return new Lint(tree).check();
  }

  private LintReport check() {
    var pipeline = pipeline();
    var project = ProjectFileReader.read(tree);
    problems.addAll(project.problems());
    pipeline.ifPresent(file -> checkTogether(file, project));
    project.later().forEach(key -> notYet.add("`" + key + "` of fleetwright.yml has no effect"));
    var dockerfiles = dockerfiles();
    if (!dockerfiles.isEmpty()) {
      notYet.add("Fleetwright does not build images itself; a job may, on a host that can");
    }
    var manifests = manifests();
    if (!manifests.isEmpty()
        && project.components().stream()
            .noneMatch(c -> c.settings().text(Target.MANIFESTS).isPresent())) {
      notYet.add(
          "Kubernetes objects are applied only where fleetwright.yml has a cluster among its targets and a component with `manifests`");
    }
    return new LintReport(pipeline, project, dockerfiles, manifests, notYet, problems.sorted());
  }

  private Optional<PipelineFile> pipeline() {
    if (tree.read(PIPELINE, YamlReader.MOST_CHARACTERS) instanceof SourceTree.Content.Missing) {
      problems.warning(
          Position.startOf(PIPELINE),
          "there is no " + PIPELINE + ", so nothing is built",
          "add one; GitLab's documentation has examples");
      return Optional.empty();
    }
    var file = PipelineReader.read(tree, PIPELINE);
    problems.addAll(file.problems());
    for (var gap : file.gaps()) {
      notYet.add(
          "`"
              + gap.keyword()
              + "` ("
              + LintReport.counted(gap.places().size(), "place")
              + "): "
              + (gap.blocking() ? "a run that meets it is refused; " : "")
              + gap.without());
    }
    return Optional.of(file);
  }

  /// What each file says is right by itself and they do not fit.
  private void checkTogether(PipelineFile pipeline, ProjectFile project) {
    if (!project.present() || !pipeline.sound()) {
      return;
    }
    for (var component : project.components()) {
      component
          .files()
          .filter(files -> !isKept(files, pipeline))
          .ifPresent(files -> warnOfMissingFiles(component, files));
    }
    for (var job : pipeline.jobs()) {
      job.environment()
          .filter(name -> name.indexOf('$') < 0 && EnvironmentName.valid(name))
          .map(EnvironmentName::new)
          .filter(name -> project.environment(name).isEmpty())
          .ifPresent(name ->
              problems.warning(
                  job.at(),
                  "fleetwright.yml says nothing of the environment `"
                      + name
                      + "`, so only the script of "
                      + job.name()
                      + " deploys to it",
                  "add it to `environments` there"));
    }
  }

  private void warnOfMissingFiles(ComponentRule component, String files) {
    problems.warning(
        component.at(),
        "no job keeps `" + files + "`, so a release cannot have the component " + component.name(),
        "add it to `artifacts: paths` of the job that makes it");
  }

  private static boolean isKept(String files, PipelineFile pipeline) {
    return pipeline.jobs().stream()
        .flatMap(job -> job.artifacts().stream())
        .map(path -> path.startsWith("./") ? path.substring(2) : path)
        .map(path -> path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
        .anyMatch(path ->
            path.indexOf('$') >= 0
                || path.equals(files)
                || path.equals(".")
                || files.startsWith(path + "/")
                || path.startsWith(files + "/")
                || (Glob.isPattern(path)
                    && (artifacts(path).matches(files) || artifacts(path).matches(files + "/x"))));
  }

  private static Glob artifacts(String path) {
    return Glob.orOnlyItself(Glob.Where.ARTIFACTS, path);
  }

  private List<Dockerfile> dockerfiles() {
    var found = new ArrayList<Dockerfile>();
    for (var path : tree.paths()) {
      var name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
      var isOne =
          name.equals("dockerfile")
              || name.equals("containerfile")
              || name.startsWith("dockerfile.")
              || name.endsWith(".dockerfile");
      if (isOne
          && found.size() < MOST_YAML_FILES
          && tree.read(path, LARGEST_MANIFEST) instanceof SourceTree.Content.Text(var text)) {
        found.add(dockerfile(path, text));
      }
    }
    return found;
  }

  private static Dockerfile dockerfile(String path, String text) {
    var bases = new LinkedHashSet<String>();
    var own = new LinkedHashSet<String>();
    var ports = new LinkedHashSet<String>();
    for (var line : text.lines().map(String::strip).toList()) {
      var from = FROM.matcher(line);
      if (from.matches()) {
        if (!own.contains(from.group(1))) {
          bases.add(from.group(1));
        }
        if (from.group(2) != null) {
          own.add(from.group(2));
        }
      }
      var expose = EXPOSE.matcher(line);
      if (expose.matches()) {
        ports.addAll(List.of(expose.group(1).strip().split("\\s+", -1)));
      }
    }
    return new Dockerfile(path, List.copyOf(bases), List.copyOf(ports));
  }

  private List<Manifest> manifests() {
    var found = new ArrayList<Manifest>();
    var charts =
        tree.paths().stream()
            .filter(path -> path.equals("Chart.yaml") || path.endsWith("/Chart.yaml"))
            .map(path -> path.substring(0, path.length() - "Chart.yaml".length()))
            .toList();
    charts.forEach(
        folder -> found.add(new Manifest(folder + "Chart.yaml", List.of("a Helm chart"))));
    tree.paths().stream()
        .filter(path -> path.endsWith(".yml") || path.endsWith(".yaml"))
        .filter(path -> charts.stream().noneMatch(path::startsWith))
        .filter(path -> !path.equals(PIPELINE) && !path.equals(ProjectFile.PATH))
        .limit(MOST_YAML_FILES)
        .forEach(path -> manifest(path).ifPresent(found::add));
    return found;
  }

  private Optional<Manifest> manifest(String path) {
    if (!(tree.read(path, LARGEST_MANIFEST) instanceof SourceTree.Content.Text(var text))) {
      return Optional.empty();
    }
    if (path.endsWith("kustomization.yaml") || path.endsWith("kustomization.yml")) {
      return Optional.of(new Manifest(path, List.of("a Kustomize folder")));
    }
    if (!text.contains("apiVersion:") || !text.contains("kind:")) {
      return Optional.empty();
    }
    // Whatever is wrong with the file is for Kubernetes to say; here it is only looked at.
    var objects = new ArrayList<String>();
    for (var document : YamlReader.read(path, text, Dialect.PLAIN, new Problems())) {
      collect(document, objects);
    }
    return objects.isEmpty() ? Optional.empty() : Optional.of(new Manifest(path, objects));
  }

  private static void collect(Node document, List<String> objects) {
    if (!(document instanceof Node.Mapping object) || object.get("apiVersion").isEmpty()) {
      return;
    }
    if (object.get("kind").orElse(null) instanceof Node.Text(_, var kind)) {
      if (kind.equals("List") && object.get("items").orElse(null) instanceof Node.Sequence list) {
        list.items().forEach(item -> collect(item, objects));
        return;
      }
      var name =
          object.get("metadata").orElse(null) instanceof Node.Mapping metadata
                  && metadata.get("name").orElse(null) instanceof Node.Scalar scalar
              ? " " + scalar.text()
              : "";
      objects.add(kind + name);
    }
  }
}
