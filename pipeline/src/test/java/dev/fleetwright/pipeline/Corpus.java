package dev.fleetwright.pipeline;

import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Pipelines of real projects, which are not part of this repository.
public final class Corpus {
  private Corpus() {}

  public static Path folder(String category) {
    return Needs.corpus(category);
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
