package dev.fleetwright.adapters.s3;

import dev.fleetwright.core.pipeline.CacheStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Caches as objects, `caches/PROJECT/NAME`.
record S3Caches(S3Storage storage) implements CacheStore {

  @Override
  public Optional<InputStream> open(Name name) throws IOException {
    try {
      return Optional.of(storage.open(key(name)));
    } catch (FileNotFoundException _) {
      return Optional.empty();
    }
  }

  @Override
  public void put(Name name, Path archive) throws IOException {
    var bytes = Files.size(archive);
    if (bytes > S3Storage.MOST_BYTES) {
      throw new IOException(
          "it has %,d bytes, and a bucket takes %,d at once"
              .formatted(bytes, S3Storage.MOST_BYTES));
    }
    storage.put(key(name), archive);
  }

  private static String key(Name name) {
    return "caches/" + name.project() + "/" + name.file();
  }
}
