package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.Corpus;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.DirectoryTree;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What other people wrote: accepted where GitLab accepts it and refused where it refuses.
class CorpusTest {

  /// An empty file: "Please provide content of .gitlab-ci.yml".
  private static final String EMPTY_FILE =
      "GoogleCloudPlatform__solutions-modern-cicd-anthos__shared-kustomize-bases";

  @Test
  void every_pipeline_of_a_real_project_is_accepted() throws IOException {
    var refused = new TreeMap<String, String>();
    for (var project : Corpus.cases(Corpus.folder("gitlab-ci-real"))) {
      var tree = DirectoryTree.of(project);
      var entry =
          tree.paths().contains(".gitlab-ci.yml") ? ".gitlab-ci.yml" : ".gitlab/.gitlab-ci.yml";
      if (tree.paths().contains(entry)) {
        collect(refused, name(project), PipelineReader.read(tree, entry));
      }
    }
    assertThat(refused.keySet()).containsExactly(EMPTY_FILE);
  }

  /// Files of the test cases that are meant to be wrong, with a part of our reason.
  private static final Map<String, String> WRONG =
      Map.ofEntries(
          // That reader takes any key; in GitLab it is a part of a path and has no slash.
          Map.entry("cache-docker-mount/.gitlab-ci.yml", "cannot contain the `/` character"),
          Map.entry("cache-paths-not-array/.gitlab-ci.yml", "cache:paths should be a list"),
          Map.entry("include-invalid-local/.gitlab-ci.yml", "does not exist"),
          Map.entry("needs-empty-entry/.gitlab-ci.yml", "is nothing"),
          Map.entry("needs-invalid-stage/.gitlab-ci.yml", "not defined in current or prior stages"),
          Map.entry("needs-not-array/.gitlab-ci.yml", "needs should be a list"),
          Map.entry(
              "needs-parallel-matrix-expressions-non-parallel-consumer/.gitlab-ci.yml",
              "without `parallel:matrix`"),
          Map.entry("schema-validation/.gitlab-ci-4-errors.yml", "variables should be a map"),
          Map.entry("schema-validation/.gitlab-ci-5-errors.yml", "variables should be a map"),
          Map.entry("schema-validation/.gitlab-ci-6-errors.yml", "variables should be a map"),
          Map.entry("schema-validation/.gitlab-ci.yml", "did you mean `manual`?"),
          Map.entry("script-multidimension/.gitlab-ci-11-level-deep.yml", "more than 10 levels"),
          Map.entry("when/.gitlab-ci.yml", "`never` has a meaning in `rules` only"));

  @Test
  void test_cases_of_another_reader_are_accepted_or_refused_as_they_should() throws IOException {
    var folder = Corpus.folder("gitlab-ci-local");
    var refused = new TreeMap<String, String>();
    for (var root : Corpus.cases(folder)) {
      var tree = DirectoryTree.of(root);
      for (var path : tree.paths()) {
        // Other files there hold variables and inputs of that program.
        var isPipeline =
            path.endsWith(".yml") && !path.contains(".gitlab-ci-local") && !path.contains(".home");
        if (isPipeline) {
          collect(refused, name(root) + "/" + path, PipelineReader.read(tree, path));
        }
      }
    }
    assertThat(refused.keySet()).isEqualTo(new TreeSet<>(WRONG.keySet()));
    WRONG.forEach((file, reason) -> assertThat(refused.get(file)).contains(reason));
  }

  /// Templates that are meant to be included: their stages, or their jobs, are in the including
  /// file.
  private static final TreeSet<String> PARTS =
      new TreeSet<>(
          List.of(
              "Jobs/DAST-Default-Branch-Deploy.gitlab-ci.yml",
              "Jobs/Deploy.gitlab-ci.yml",
              "Workflows/MergeRequest-Pipelines.gitlab-ci.yml"));

  @Test
  void gitlabs_own_templates_are_accepted() throws IOException {
    var folder = Corpus.folder("gitlab-ci-templates");
    var tree = DirectoryTree.of(folder);
    var refused = new TreeMap<String, String>();
    for (var path : tree.paths()) {
      if (path.endsWith(".yml")) {
        collect(refused, path, PipelineReader.read(tree, path));
      }
    }
    assertThat(refused.keySet()).isEqualTo(PARTS);
    assertThat(refused.values())
        .allSatisfy(
            text -> assertThat(text).matches("(?s).*(does not exist|at least one visible job).*"));
  }

  @Test
  void what_the_schema_refuses_is_refused() throws IOException {
    for (var folder : List.of("gitlab", "schemastore")) {
      var negative = Corpus.folder("gitlab-ci-schema").resolve(folder).resolve("negative_tests");
      for (var file : Corpus.files(negative, ".yml", ".json")) {
        assertThat(read(file).sound()).as("%s is accepted", file).isFalse();
      }
    }
  }

  /// The positive files are parts: they lack scripts, included files and extended jobs. Nothing
  /// else may be found wrong with them.
  @Test
  void what_the_schema_accepts_has_only_missing_parts() throws IOException {
    for (var folder : List.of("gitlab", "schemastore")) {
      var positive = Corpus.folder("gitlab-ci-schema").resolve(folder).resolve("positive_tests");
      for (var file : Corpus.files(positive, ".yml", ".json")) {
        // Not valid by today's schema either, says the corpus.
        if (!file.endsWith("workflow/auto_cancel/on_job_failure.yml")) {
          assertThat(read(file).problems().stream().filter(Problem::isError))
              .as("errors in %s", file)
              .allMatch(problem ->
                  problem
                      .message()
                      .matches(
                          ".*(should implement the script|unknown key in `extends`|does not"
                              + " exist|at least one visible job).*"));
        }
      }
    }
  }

  /// 313 jobs in seven files with deep `extends`. What a push waits for; a person who lints, too.
  @Test
  void the_largest_pipeline_is_read_and_planned_in_a_moment() throws IOException {
    var tree = DirectoryTree.of(Corpus.folder("gitlab-ci-real").resolve("Kitware__CMake"));
    var push = Contexts.push("main").withGiven(Map.of("CMAKE_CI_PROJECT_MAIN_BRANCH", "main"));
    var times = new ArrayList<Long>();
    // The time of this thread: other tests run on the same cores.
    var threads = ManagementFactory.getThreadMXBean();
    for (var i = 0; i < 60; i++) {
      var start = threads.getCurrentThreadCpuTime();
      var planned = PipelineReader.read(tree, ".gitlab-ci.yml").plan(push);
      times.add(threads.getCurrentThreadCpuTime() - start);
      assertThat(planned).isInstanceOf(PipelineGraph.class);
    }
    var median = times.subList(30, 60).stream().sorted().toList().get(15) / 1_000_000;
    System.out.println("the largest pipeline takes " + median + " ms when warm");

    assertThat(median).isLessThan(200);
  }

  private static PipelineFile read(Path file) throws IOException {
    return PipelineReader.read(
        DirectoryTree.of(Objects.requireNonNull(file.getParent())), name(file));
  }

  private static String name(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  private static void collect(Map<String, String> refused, String name, PipelineFile file) {
    if (!file.sound()) {
      refused.put(
          name,
          file.problems().stream()
              .filter(Problem::isError)
              .map(Problem::toString)
              .collect(Collectors.joining("\n")));
    }
  }
}
