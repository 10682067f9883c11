package dev.fleetwright.store;

import dev.fleetwright.core.pipeline.CacheStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Caches of jobs as files, a folder for each project. When all together are larger than allowed,
/// those that were not used for the longest time go first.
///
/// Not forced to the disk: losing a cache costs time and nothing else. Several servers may share
/// the folder; each puts the size right after what it wrote itself.
public final class DiskCaches implements CacheStore {

  private static final Logger log = LoggerFactory.getLogger(DiskCaches.class);
  private static final String PART = ".part";

  private record Kept(Path file, long bytes, FileTime used) {}

  private final Path folder;
  private final long mostBytes;
  private final InstantSource clock;

  /// @param mostBytes of all caches together
  public DiskCaches(Path folder, long mostBytes, InstantSource clock) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.clock = clock;
  }

  @Override
  public Optional<InputStream> open(Name name) throws IOException {
    var file = file(name);
    try {
      var in = Files.newInputStream(file);
      // Once open it can be read to its end, also when it is replaced or goes meanwhile.
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
      return Optional.of(in);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  @Override
  public void put(Name name, Path archive) throws IOException {
    var bytes = Files.size(archive);
    if (bytes > mostBytes) {
      throw new IOException(
          "it has %,d bytes, and all caches together may have %,d".formatted(bytes, mostBytes));
    }
    var file = file(name);
    Files.createDirectories(file.getParent());
    var part = Files.createTempFile(file.getParent(), "", PART);
    try {
      Files.copy(archive, part, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(part, FileTime.from(clock.instant()));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    makeRoom(file);
  }

  /// @param newest stays, whatever the clocks say
  private synchronized void makeRoom(Path newest) throws IOException {
    var all = kept();
    var bytes = all.stream().mapToLong(Kept::bytes).sum();
    for (var each : all) {
      if (bytes <= mostBytes) {
        return;
      }
      if (!each.file().equals(newest)) {
        Files.deleteIfExists(each.file());
        bytes -= each.bytes();
        log.atInfo()
            .addKeyValue("file", each.file())
            .addKeyValue("bytes", each.bytes())
            .log("cache removed to make room");
      }
    }
  }

  /// The one that was not used for the longest time first.
  private List<Kept> kept() throws IOException {
    var all = new ArrayList<Kept>();
    try (var files = Files.walk(folder)) {
      for (var file : (Iterable<Path>) files::iterator) {
        try {
          if (Files.isRegularFile(file)) {
            all.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
          }
        } catch (FileSystemException _) {
          // Another server removed or replaced it.
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    all.sort(Comparator.comparing(Kept::used));
    return all;
  }

  private Path file(Name name) {
    return folder.resolve(name.project().value()).resolve(name.file());
  }
}
