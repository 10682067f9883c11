package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.pipeline.CacheStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Caches in a folder that tests look into.
record FolderOfCaches(Path folder) implements CacheStore {

  @Override
  public Optional<InputStream> open(Name name) throws IOException {
    var file = file(name);
    return Files.exists(file) ? Optional.of(Files.newInputStream(file)) : Optional.empty();
  }

  @Override
  public void put(Name name, Path archive) throws IOException {
    Files.createDirectories(folder);
    Files.copy(archive, file(name), StandardCopyOption.REPLACE_EXISTING);
  }

  Path file(Name name) {
    return folder.resolve(name.project() + "-" + name.file());
  }
}
