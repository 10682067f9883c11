package dev.fleetwright.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `fleetwright up --once` on repositories that nobody here wrote: what it says of them is true,
/// and what it says it ran has run.
@Timeout(180)
class UpCommandTest {

  @TempDir Path folder;

  private record Said(int exitCode, List<String> lines) {
    /// What was said of a job.
    String of(String job) {
      return lines.stream()
          .filter(l -> l.matches("  \\S+ +" + job + " +.*"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("nothing of " + job + " in " + lines))
          .replaceFirst("^  \\S+ +" + job + " +", "");
    }
  }

  /// The jobs check by themselves which files are there.
  @Test
  void artifacts_are_where_a_later_stage_expects_them() throws Exception {
    var said = up("artifacts-shell");

    assertThat(said.lines())
        .contains(
            "  .gitlab-ci.yml: 2 jobs in 2 stages",
            "    build: produce",
            "    test: consume",
            "  fleetwright.yml: there is none; `fleetwright init` proposes one",
            "  pipeline success")
        .anyMatch(l -> l.matches("Release r1 of commit [0-9a-f]{8}"))
        .anyMatch(l -> l.startsWith("No environment has a target"))
        .noneMatch(l -> l.contains("not yet") || l.contains("warning"));
    assertThat(said.of("produce")).isEqualTo("success");
    assertThat(said.of("consume")).isEqualTo("success");
    assertThat(said.exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void a_job_gets_the_artifacts_that_its_needs_name_and_no_others() throws Exception {
    var said = up("needs-artifacts");

    assertThat(said.lines())
        .contains(
            "  .gitlab-ci.yml: 3 jobs in 1 stage",
            "    test: one, two, test-job",
            "  pipeline success");
    for (var job : List.of("one", "two", "test-job")) {
      assertThat(said.of(job)).isEqualTo("success");
    }
    assertThat(said.exitCode()).isEqualTo(ExitCode.DONE);
  }

  /// In the shell there is neither image nor service: that is said in the log, and the job that
  /// cannot do without them fails and shows why.
  @Test
  void jobs_may_be_run_without_their_images_and_a_failure_is_shown_with_its_reason()
      throws Exception {
    var said = up("artifacts-dotenv", "--jobs=shell");

    assertThat(said.lines())
        .contains(
            "  .gitlab-ci.yml: 3 jobs in 2 stages",
            "    images: ${BUILD_IMAGE_REF}, docker.io/massenz/dnsutils:2.4.0",
            "  pipeline failed")
        .noneMatch(l -> l.contains("section_"));
    // Succeeds only with the variable that build-image-ref reported.
    assertThat(said.of("use-image-ref")).isEqualTo("success");
    assertThat(said.of("use-service-ref")).startsWith("failed: exit status ");
    assertThat(said.lines()).anyMatch(l -> l.contains("$ host $SERVICE_IMAGE_ALIAS"));
    assertThat(said.exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void what_is_no_repository_is_refused_in_a_sentence() throws Exception {
    var nothing = Files.createDirectories(folder.resolve("nothing"));
    var error = new ByteArrayOutputStream();
    var code =
        Main.run(
            new String[] {
              "up", "--once", "--data", folder.resolve("data").toString(), nothing.toString()
            },
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            new PrintStream(error, true, UTF_8));

    assertThat(code).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(error.toString(UTF_8).lines())
        .hasSizeLessThanOrEqualTo(2)
        .first()
        .asString()
        .startsWith("fleetwright: " + nothing + " is not a Git repository");
  }

  private Said up(String part, String... options) throws IOException, GitAPIException {
    var repository = repository(part);
    var before = listing(repository);
    var out = new ByteArrayOutputStream();
    var words = new ArrayList<>(List.of("up", "--once"));
    words.addAll(List.of(options));
    words.addAll(List.of("--data", folder.resolve("data").toString(), repository.toString()));
    var code =
        Main.run(
            words.toArray(String[]::new),
            new PrintStream(out, true, UTF_8),
            new PrintStream(out, true, UTF_8));
    // Whatever it found, it wrote nothing into it.
    assertThat(listing(repository)).isEqualTo(before);
    return new Said(code, out.toString(UTF_8).lines().toList());
  }

  /// A repository with the files of a part of the corpus as its one commit.
  private Path repository(String part) throws IOException, GitAPIException {
    var from = Needs.corpus("gitlab-ci-local/" + part);
    var to = Files.createDirectories(folder.resolve(part));
    try (var files = Files.walk(from)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    try (var git = Git.init().setInitialBranch("main").setDirectory(to.toFile()).call()) {
      git.add().addFilepattern(".").call();
      git.commit()
          .setMessage("As it came")
          .setAuthor("Dana", "dana@example.com")
          .setCommitter("Dana", "dana@example.com")
          .setSign(false)
          .call();
    }
    return to;
  }

  private static Set<String> listing(Path repository) throws IOException {
    try (var files = Files.walk(repository)) {
      return Set.copyOf(files.map(Path::toString).toList());
    }
  }
}
