package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.pipeline.gitlab.GitlabCiLocal.Answer;
import dev.fleetwright.pipeline.gitlab.GitlabCiLocal.ComparedJob;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.DirectoryTree;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two readers of one language: the jobs of real files must be the same here and in the npm package
/// `gitlab-ci-local`, but for a list of differences that each have a reason.
///
/// Both are asked about a push to `main`. What is included from other places is taken out before,
/// as neither can look there.
class GitlabCiLocalTest {
  @TempDir private Path scratch;

  @Test
  void its_own_test_cases_give_the_same_jobs() throws IOException {
    compare("gitlab-ci-local");
  }

  @Test
  void real_projects_give_the_same_jobs() throws IOException {
    compare("gitlab-ci-real");
  }

  private void compare(String category) throws IOException {
    var cases = folders(Needs.corpus(category));
    var peer = new GitlabCiLocal(Needs.tool("gitlab-ci-local"));
    var found = new ConcurrentSkipListSet<String>();
    var compared = new ConcurrentSkipListSet<String>();
    // Each question starts a program that takes a third of a second.
    cases.parallelStream()
        .forEach(folder -> {
          try {
            compareCase(peer, category, folder, found, compared);
          } catch (IOException e) {
            throw new UncheckedIOException("comparing " + folder, e);
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while comparing " + folder, e);
          }
        });
    System.out.println(category + ": " + compared.size() + " files with the same jobs");
    assertThat(found).isEqualTo(knownDivergences(category));
    assertThat(compared).hasSizeGreaterThan(10);
  }

  private void compareCase(
      GitlabCiLocal peer,
      String category,
      Path folder,
      SortedSet<String> found,
      SortedSet<String> compared)
      throws IOException, InterruptedException {
    var copy = scratch.resolve(category).resolve(name(folder));
    copy(folder, copy);
    peer.makeRepository(copy);
    for (var entry : entries(copy)) {
      var where = name(folder) + "/" + entry;
      var differences = differences(peer.read(copy, entry), ours(copy, entry));
      if (differences.isEmpty()) {
        compared.add(where);
      }
      differences.forEach(difference -> found.add(where + ": " + difference));
    }
  }

  /// The files that a case is about: what else there is, they include.
  private static List<String> entries(Path folder) throws IOException {
    try (var list = Files.list(folder)) {
      var names =
          list.map(GitlabCiLocalTest::name)
              .filter(name -> name.startsWith(".gitlab-ci") && name.endsWith(".yml"))
              .filter(name -> !name.startsWith(".gitlab-ci-local"))
              .sorted()
              .toList();
      if (names.contains(".gitlab-ci.yml") && !folder.toString().contains("gitlab-ci-local")) {
        return List.of(".gitlab-ci.yml");
      }
      return names.isEmpty() && Files.exists(folder.resolve(".gitlab/.gitlab-ci.yml"))
          ? List.of(".gitlab/.gitlab-ci.yml")
          : names;
    }
  }

  private sealed interface Ours {
    record Graph(Map<String, ComparedJob> jobs) implements Ours {}

    record Refused(List<Problem> problems) implements Ours {}
  }

  private static Ours ours(Path folder, String entry) throws IOException {
    var tree = DirectoryTree.of(folder);
    var file = PipelineReader.read(tree, entry);
    if (!file.sound()) {
      return new Ours.Refused(file.problems().stream().filter(Problem::isError).toList());
    }
    var definition = asTheyJudge(file.definition());
    var planned = new Planner(definition, List.of(), Contexts.push("main"), tree, Set.of()).plan();
    return switch (planned) {
      case PipelineGraph graph -> new Ours.Graph(compared(definition, graph));
      case Planned.NotWanted _ -> new Ours.Graph(Map.of());
      case Planned.Refused(var problems) -> new Ours.Refused(problems);
    };
  }

  /// That program does not know `only`, `except` and `workflow:rules`: it lists a job whatever they
  /// say. So that the rest is compared, they are left out here too.
  private static PipelineFile.Definition asTheyJudge(PipelineFile.Definition file) {
    return new PipelineFile.Definition(
        file.stages(),
        file.name(),
        Optional.empty(),
        file.autoCancel(),
        file.variables(),
        file.offered(),
        file.jobs().stream()
            .map(job ->
                new Job(
                    job.name(),
                    job.at(),
                    job.stage(),
                    job.keywords(),
                    job.variables(),
                    job.rules(),
                    Optional.empty(),
                    Optional.empty(),
                    job.needs(),
                    job.foreign()))
            .toList());
  }

  private static Map<String, ComparedJob> compared(
      PipelineFile.Definition file, PipelineGraph graph) {
    var written = new TreeMap<String, Job>();
    file.jobs().forEach(job -> job.instances().forEach(i -> written.put(i.name(), job)));
    var jobs = new TreeMap<String, ComparedJob>();
    for (var spec : graph.jobs()) {
      var job = Objects.requireNonNull(written.get(spec.name()));
      var script = new ArrayList<>(spec.script());
      script.addAll(spec.afterScript());
      var variables = new TreeMap<String, String>();
      job.variables().values().forEach(v -> variables.put(v.name(), v.value()));
      jobs.put(
          GitlabCiLocal.comparedName(spec.name()),
          new ComparedJob(
              spec.stage(),
              spec.when().name().toLowerCase(Locale.ROOT),
              !spec.allowFailure().equals(AllowFailure.NO),
              spec.needs()
                  .map(needs ->
                      needs.stream()
                          .map(Need::job)
                          .map(name -> Objects.requireNonNull(written.get(name)).name())
                          .distinct()
                          .sorted()
                          .toList()),
              script,
              variables));
    }
    return jobs;
  }

  private static List<String> differences(Answer theirs, Ours ours) {
    return switch (theirs) {
      case Answer.Refused _ ->
          switch (ours) {
            case Ours.Refused _ -> List.of();
            case Ours.Graph _ -> List.of("only they refuse");
          };
      case Answer.Graph(var jobs) ->
          switch (ours) {
            case Ours.Refused(var problems) ->
                List.of("only we refuse: " + problems.getFirst().message());
            case Ours.Graph(var own) -> differences(jobs, own);
          };
    };
  }

  private static List<String> differences(
      Map<String, ComparedJob> theirs, Map<String, ComparedJob> ours) {
    var differences = new ArrayList<String>();
    var names = new LinkedHashSet<>(theirs.keySet());
    names.addAll(ours.keySet());
    for (var name : names) {
      var their = theirs.get(name);
      var own = ours.get(name);
      if (their == null || own == null) {
        differences.add(name + " is a job only " + (own == null ? "there" : "here"));
        continue;
      }
      differ(differences, name, "stage", their.stage(), own.stage());
      differ(differences, name, "when", their.when(), own.when());
      differ(differences, name, "allow_failure", their.allowFailure(), own.allowFailure());
      differ(differences, name, "needs", their.needs(), own.needs());
      differ(differences, name, "script", their.script(), own.script());
      differ(differences, name, "variables", their.variables(), own.variables());
    }
    return differences;
  }

  private static void differ(
      List<String> differences, String job, String what, Object theirs, Object ours) {
    if (!theirs.equals(ours)) {
      differences.add(job + ": " + what + ": " + theirs + " there and " + ours + " here");
    }
  }

  /// Copies a case without what it includes from other places.
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (var path : walk.toList()) {
        var target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else if (name(path).endsWith(".yml")) {
          Files.writeString(target, withoutForeignIncludes(Files.readString(path)));
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  private static String withoutForeignIncludes(String text) {
    var lines = new ArrayList<String>();
    var inIncludes = false;
    var dropped = -1;
    for (var line : text.lines().toList()) {
      var indent = line.length() - line.stripLeading().length();
      if (!line.isBlank() && indent == 0 && !line.startsWith("-") && !line.startsWith("#")) {
        inIncludes = line.startsWith("include:");
        dropped = -1;
      }
      if (dropped >= 0 && !line.isBlank() && indent <= dropped) {
        dropped = -1;
      }
      var foreign =
          line.strip().matches("(- *)?\"?(project|remote|template|component)\"?: .*")
              || line.strip().matches("- *['\"]?https?://.*");
      if (inIncludes && foreign && dropped < 0) {
        dropped = line.strip().startsWith("-") ? indent : 0;
      }
      if (dropped < 0) {
        lines.add(line);
      }
    }
    return lines.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<Path> folders(Path folder) throws IOException {
    try (var list = Files.list(folder)) {
      return list.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static String name(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  /// The differences that are known, each below its reason.
  private static SortedSet<String> knownDivergences(String category) throws IOException {
    var known = new TreeSet<String>();
    var here = false;
    try (var in = GitlabCiLocalTest.class.getResourceAsStream("gitlab-ci-local.divergences")) {
      var text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (var line : text.lines().toList()) {
        if (line.startsWith("[")) {
          here = line.equals("[" + category + "]");
        } else if (here && !line.isBlank() && !line.startsWith("#")) {
          known.add(line);
        }
      }
    }
    return known;
  }
}
