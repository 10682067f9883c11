package dev.fleetwright.pipeline;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Pipelines of real projects, which are not part of this repository. `FLEETWRIGHT_CORPUS` names
/// the folder; else `../shared/corpus` beside the project is looked at. Without one these tests are
/// skipped.
public final class Corpus {
  private Corpus() {}

  public static Path folder(String category) {
    var found = find().map(corpus -> corpus.resolve("dev").resolve(category));
    var there = found.filter(Files::isDirectory).isPresent();
    assertFalse(
        !there && System.getenv("FLEETWRIGHT_CORPUS") != null,
        "FLEETWRIGHT_CORPUS does not have dev/" + category);
    assumeTrue(there, "skipped: the corpus is not here; set FLEETWRIGHT_CORPUS");
    return found.orElseThrow();
  }

  private static Optional<Path> find() {
    var named = System.getenv("FLEETWRIGHT_CORPUS");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    for (var here = Path.of("").toAbsolutePath(); here != null; here = here.getParent()) {
      var beside = here.resolve("shared/corpus");
      if (Files.isDirectory(beside)) {
        return Optional.of(beside);
      }
    }
    return Optional.empty();
  }

  /// All files with this ending, sorted.
  public static List<Path> files(Path folder, String... endings) {
    try (var walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> List.of(endings).stream().anyMatch(e -> file.toString().endsWith(e)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Its folders, one for each case, sorted.
  public static List<Path> cases(Path folder) {
    try (var list = Files.list(folder)) {
      return list.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
