package dev.fleetwright.adapters.local;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.jspecify.annotations.Nullable;

/// The classes of a keeper, in a jar of its own.
///
/// A keeper outlives the server that started it and loads classes whenever it needs them: from the
/// server's jar it would read other bytes, or none, after that was replaced by a newer release.
final class KeeperJar {

  /// One class of each package that a keeper uses; `ArchitectureTest` knows the same packages.
  private static final List<Class<?>> PACKAGES =
      List.of(
          Keeper.class,
          HowToRun.class,
          Bencode.class,
          Digest.class,
          Settings.class,
          ProjectName.class,
          EnvironmentSlug.class);

  private static byte @Nullable [] made;

  private KeeperJar() {}

  /// The bytes of the jar; the same for the same classes. Made once: later, the classes of this
  /// server may have been replaced on disk.
  static synchronized byte[] bytes() throws IOException {
    var bytes = made;
    if (bytes == null) {
      bytes = make();
      made = bytes;
    }
    return bytes;
  }

  private static byte[] make() throws IOException {
    var entries = new TreeMap<String, byte[]>();
    for (var anchor : PACKAGES) {
      var source = source(anchor);
      var folder = anchor.getPackageName().replace('.', '/');
      if (Files.isDirectory(source)) {
        read(source.resolve(folder), folder, entries);
      } else {
        try (var jar = FileSystems.newFileSystem(source)) {
          read(jar.getPath(folder), folder, entries);
        }
      }
    }
    var bytes = new ByteArrayOutputStream();
    try (var jar = new JarOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        var header = new JarEntry(entry.getKey());
        header.setTime(0);
        jar.putNextEntry(header);
        jar.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /// Put the jar there, unless it is there already.
  static void place(Path jar) throws IOException {
    var bytes = bytes();
    if (!Files.exists(jar) || !Arrays.equals(Files.readAllBytes(jar), bytes)) {
      PlaceFolder.replace(jar, bytes);
    }
  }

  private static void read(Path folder, String name, Map<String, byte[]> entries)
      throws IOException {
    try (var files = Files.newDirectoryStream(folder, "*.class")) {
      for (var file : files) {
        entries.put(name + "/" + file.getFileName(), Files.readAllBytes(file));
      }
    }
  }

  private static Path source(Class<?> anchor) throws IOException {
    try {
      return Path.of(anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IOException("finding the jar that " + anchor.getName() + " is in", e);
    }
  }
}
