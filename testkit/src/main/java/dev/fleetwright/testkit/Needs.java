package dev.fleetwright.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/// What a test needs of the machine. A person who lacks it has the test skipped and reads what to
/// install; continuous integration, which sets `FLEETWRIGHT_CI=1`, fails, because there a skipped
/// test is a hole that nobody sees.
public final class Needs {

  /// Servers are installed where an ordinary user's `PATH` does not look.
  private static final List<String> ALSO = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  private Needs() {}

  /// A program of this machine; without it the test that asks is skipped.
  public static Path tool(String name) {
    return tool(name, System.getenv());
  }

  static Path tool(String name, Map<String, String> environment) {
    return find(name, environment)
        .orElseThrow(() -> missing(name + " is not installed", environment));
  }

  /// A program that continuous integration has no way to install, since it is in no registry that
  /// is reached from there. Without it the test that asks is skipped there too, by name; what was
  /// proven by hand only is said in the documentation of what it is for.
  public static Path toolFromElsewhere(String name) {
    return find(name, System.getenv())
        .orElseThrow(() -> new TestAbortedException("skipped: " + name + " is not installed"));
  }

  /// Something else that must hold, such as `not running as root`; without it the test that asks is
  /// skipped.
  public static void that(boolean holds, String what) {
    that(holds, what, System.getenv());
  }

  static void that(boolean holds, String what, Map<String, String> environment) {
    if (!holds) {
      throw missing("needs " + what, environment);
    }
  }

  /// A part of the corpus: files of real projects, which are no part of this repository.
  /// `FLEETWRIGHT_CORPUS` names its folder; else `shared/corpus` is looked for beside the project.
  ///
  /// Where there is none, the test that asks is skipped, in continuous integration too: nobody can
  /// install it. Where there is one that lacks this part, continuous integration fails.
  ///
  /// @param part such as `gitlab-ci-local/needs-artifacts`
  public static Path corpus(String part) {
    return corpus(part, Path.of("").toAbsolutePath(), System.getenv());
  }

  static Path corpus(String part, Path from, Map<String, String> environment) {
    var corpus =
        Optional.ofNullable(environment.get("FLEETWRIGHT_CORPUS"))
            .map(Path::of)
            .or(() -> beside(from))
            .orElseThrow(() ->
                new TestAbortedException(
                    "skipped: the corpus is not here; FLEETWRIGHT_CORPUS can name its folder"));
    var found = corpus.resolve("dev").resolve(part);
    if (!Files.isDirectory(found)) {
      throw missing("the corpus has no dev/" + part, environment);
    }
    return found;
  }

  private static Optional<Path> beside(Path from) {
    return Stream.iterate(from, folder -> folder != null, Path::getParent)
        .map(folder -> folder.resolve("shared/corpus"))
        .filter(Files::isDirectory)
        .findFirst();
  }

  private static Optional<Path> find(String name, Map<String, String> environment) {
    var path = environment.getOrDefault("PATH", "").split(File.pathSeparator, -1);
    return Stream.concat(Stream.of(path), ALSO.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static RuntimeException missing(String what, Map<String, String> environment) {
    if ("1".equals(environment.get("FLEETWRIGHT_CI"))) {
      throw new AssertionError(what);
    }
    return new TestAbortedException("skipped: " + what);
  }
}
