package dev.fleetwright.adapters.git;

import dev.fleetwright.core.project.ProjectName;
import java.io.IOException;
import java.nio.file.Path;

/// A server that fetches, to be killed in the middle of it.
final class FetchingProcess {

  private FetchingProcess() {}

  public static void main(String[] arguments) throws IOException {
    try (var repositories = new GitRepositories(Path.of(arguments[0]), true)) {
      repositories.fetch(new ProjectName("shop"), arguments[1]);
    }
  }
}
