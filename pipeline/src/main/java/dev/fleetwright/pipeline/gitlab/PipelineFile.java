package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.pipeline.source.SourceTree;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.yaml.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// `.gitlab-ci.yml` with all that it includes, read and checked, before it is known for which push.
public final class PipelineFile {
  private final SourceTree tree;
  private final PipelineReader.Entrance entrance;
  private final Elsewhere elsewhere;
  private final List<String> files;
  private final Definition definition;
  private final List<Gap> gaps;
  private final boolean dependsOnContext;
  private final List<Problem> problems;

  PipelineFile(
      SourceTree tree,
      PipelineReader.Entrance entrance,
      Elsewhere elsewhere,
      List<String> files,
      Definition definition,
      List<Gap> gaps,
      boolean dependsOnContext,
      List<Problem> problems) {
    this.tree = tree;
    this.entrance = entrance;
    this.elsewhere = elsewhere;
    this.files = files;
    this.definition = definition;
    this.gaps = gaps;
    this.dependsOnContext = dependsOnContext;
    this.problems = problems;
  }

  /// What the file says.
  ///
  /// @param stages with `.pre` and `.post`
  /// @param variables the global ones
  record Definition(
      List<String> stages,
      Optional<String> name,
      Optional<List<Rule>> workflow,
      AutoCancel autoCancel,
      SequencedMap<String, Variable> variables,
      List<OfferedVariable> offered,
      List<Job> jobs) {
    static final Definition EMPTY =
        new Definition(
            List.of(),
            Optional.empty(),
            Optional.empty(),
            AutoCancel.USUAL,
            new LinkedHashMap<>(),
            List.of(),
            List.of());
  }

  /// A keyword that GitLab understands and this release does not act on.
  ///
  /// @param blocking whether a run that meets it is refused; otherwise it is left out
  /// @param without what happens instead
  public record Gap(String keyword, boolean blocking, String without, List<Position> places) {}

  /// A job, for people.
  ///
  /// @param environment name as written, with its variables
  /// @param image as written
  /// @param artifacts paths of files that it keeps, as written
  public record Summary(
      String name,
      String stage,
      Optional<String> environment,
      Optional<String> image,
      List<String> artifacts,
      Position at) {}

  /// Every error and warning of all files read, by file, line and column.
  public List<Problem> problems() {
    return problems;
  }

  /// Whether there is no error, so that [#plan] can be asked.
  public boolean sound() {
    return problems.stream().noneMatch(Problem::isError);
  }

  /// The files that were read, this one first.
  public List<String> files() {
    return files;
  }

  /// The variables that a person is asked for before a pipeline is started by hand.
  public List<OfferedVariable> offered() {
    return definition.offered();
  }

  /// What cannot be done yet.
  public List<Gap> gaps() {
    return gaps;
  }

  /// Stages that have jobs, in order.
  public List<String> stages() {
    return definition.stages().stream()
        .filter(stage -> definition.jobs().stream().anyMatch(job -> job.stage().equals(stage)))
        .toList();
  }

  /// All jobs that some push may get, in the order of the file.
  public List<Summary> jobs() {
    return definition.jobs().stream()
        .map(job ->
            new Summary(
                job.name(),
                job.stage(),
                job.keyword("environment").flatMap(CrossChecks::environmentName),
                job.keyword("image").flatMap(PipelineFile::imageName),
                job.keyword("artifacts")
                    .flatMap(node -> Trees.at((Node.Mapping) node, "paths"))
                    .map(Trees::texts)
                    .orElse(List.of()),
                job.at()))
        .toList();
  }

  Definition definition() {
    return definition;
  }

  static Optional<String> imageName(Node image) {
    return image instanceof Node.Mapping map
        ? Trees.textAt(map, "name")
        : Optional.of(Trees.text(image));
  }

  /// The pipeline of one commit: rules judged, parallel jobs multiplied, variables written in.
  /// Pure: the same context gives the same graph.
  public Planned plan(PipelineContext context) {
    var file = dependsOnContext ? PipelineReader.read(tree, entrance, elsewhere, context) : this;
    return file.sound()
        ? new Planner(file.definition, file.gaps, context, tree).plan()
        : new Planned.Refused(file.problems);
  }
}
