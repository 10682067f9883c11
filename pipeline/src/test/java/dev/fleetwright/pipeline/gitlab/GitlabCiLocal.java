package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The npm package `gitlab-ci-local`, which reads the same files: what it makes of a folder.
///
/// It is asked as for a push of a commit to the branch `main` of `group/shop`, with `rules:changes`
/// always true.
final class GitlabCiLocal {
  private final Path program;

  GitlabCiLocal(Path program) {
    this.program = program;
  }

  /// What it says of a file.
  sealed interface Answer {
    /// @param jobs as people compare them, by name
    record Graph(Map<String, ComparedJob> jobs) implements Answer {}

    /// @param reason the last line that it printed
    record Refused(String reason) implements Answer {}
  }

  /// A job in words that both readers have.
  ///
  /// @param needs empty if it has none and waits for its stage
  /// @param variables those of the file, global and own, as written
  record ComparedJob(
      String stage,
      String when,
      boolean allowFailure,
      Optional<List<String>> needs,
      List<String> script,
      Map<String, String> variables) {}

  /// Makes a repository of the folder, which must not be one.
  void makeRepository(Path folder) throws IOException, InterruptedException {
    run(folder, "git", "init", "-q", "-b", "main", ".");
    run(folder, "git", "remote", "add", "origin", "git@gitlab.example:group/shop.git");
    run(folder, "git", "add", "-Af");
    run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "Add a shelf");
  }

  Answer read(Path folder, String file) throws IOException, InterruptedException {
    var listed = ask(folder, file, "--list-json");
    // Warnings may stand before the list.
    var start = listed.text().startsWith("[") ? 0 : listed.text().indexOf("\n[") + 1;
    if (listed.code() != 0 || !listed.text().startsWith("[", start)) {
      return new Answer.Refused(listed.reason());
    }
    var json = listed.text().substring(start);
    var preview = ask(folder, file, "--preview");
    var whole = (Mapping) yaml(preview.text().substring(preview.text().indexOf("---\n")));
    var jobs = new TreeMap<String, ComparedJob>();
    var there = new HashSet<String>();
    for (var item : Trees.items(yaml(json))) {
      if (!Trees.textAt(item, "when").orElseThrow().equals("never")) {
        there.add(base(Trees.textAt(item, "name").orElseThrow()));
      }
    }
    for (var item : Trees.items(yaml(json))) {
      var job = (Mapping) item;
      var name = Trees.textAt(job, "name").orElseThrow();
      var when = Trees.textAt(job, "when").orElseThrow();
      if (!when.equals("never")) {
        jobs.put(comparedName(name), compared(job, when, written(whole, name), whole, there));
      }
    }
    return new Answer.Graph(jobs);
  }

  /// What it lists as `job: [a,b]` and `job: [1/2]` is `job: [a, b]` and `job 1/2` in GitLab.
  static String comparedName(String name) {
    return name.replaceFirst(": \\[(\\d+/\\d+)]$", " $1").replaceAll(", *", ",");
  }

  private static String base(String name) {
    return name.replaceFirst(": \\[.*]$", "");
  }

  /// The preview has a parallel job once.
  private static Mapping written(Mapping whole, String name) {
    return (Mapping)
        whole
            .get(name)
            .or(() -> whole.get(base(name)))
            .orElseGet(() -> new Mapping(whole.at(), new LinkedHashMap<>()));
  }

  private static ComparedJob compared(
      Mapping job, String when, Mapping written, Mapping whole, Set<String> there) {
    var script = new ArrayList<String>();
    for (var key : List.of("before_script", "script", "after_script")) {
      Trees.at(written, key).map(Trees::texts).ifPresent(script::addAll);
    }
    var variables = new TreeMap<String, String>();
    Trees.at(whole, "variables")
        .map(RuleReader::variables)
        .orElseGet(LinkedHashMap::new)
        .values()
        .forEach(variable -> {
          if (inherits(written, variable.name())) {
            variables.put(variable.name(), variable.value());
          }
        });
    Trees.at(written, "variables")
        .map(RuleReader::variables)
        .orElseGet(LinkedHashMap::new)
        .values()
        .forEach(variable -> variables.put(variable.name(), variable.value()));
    return new ComparedJob(
        Trees.textAt(job, "stage").orElseThrow(),
        when,
        !(job.get("allow_failure").orElseThrow() instanceof Node.Truth(_, var allowed)) || allowed,
        Trees.at(job, "needs")
            .map(needs ->
                Trees.items(needs).stream()
                    // It lists an optional need of a job that is not there as well.
                    .filter(need ->
                        there.contains(Trees.textAt(need, "job").orElse("?"))
                            || !Trees.at((Mapping) need, "optional")
                                .map(Trees::isTrue)
                                .orElse(false))
                    .map(need -> Trees.textAt(need, "job").orElse("?"))
                    .distinct()
                    .sorted()
                    .toList()),
        script,
        variables);
  }

  private static boolean inherits(Mapping written, String variable) {
    return Trees.at(written, "inherit")
        .flatMap(inherit -> Trees.at((Mapping) inherit, "variables"))
        .map(said ->
            said instanceof Node.Truth(_, var all) ? all : Trees.texts(said).contains(variable))
        .orElse(true);
  }

  private static Node yaml(String text) {
    return YamlReader.read("answer", text, Dialect.PLAIN, new Problems()).getFirst();
  }

  private record Printed(int code, String text, String errors) {
    String reason() {
      var lines = (errors + text).strip().lines().toList();
      return lines.isEmpty() ? "exit code " + code : lines.getLast();
    }
  }

  private Printed ask(Path folder, String file, String what)
      throws IOException, InterruptedException {
    return run(
        folder,
        program.toString(),
        "--file",
        file,
        what,
        "--no-json-schema-validation",
        "--no-evaluate-rule-changes");
  }

  private static Printed run(Path folder, String... command)
      throws IOException, InterruptedException {
    var text = Files.createTempFile("printed", ".txt");
    var errors = Files.createTempFile("errors", ".txt");
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(text.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    var process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    var printed = new Printed(process.waitFor(), Files.readString(text), Files.readString(errors));
    Files.delete(text);
    Files.delete(errors);
    return printed;
  }
}
