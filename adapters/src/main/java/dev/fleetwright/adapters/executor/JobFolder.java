package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where one job lives: its work tree, a home and a place for temporary files of its own.
///
/// @param all the folder that goes away with the job
record JobFolder(Path all, Path project, Path home, Path temporary) {

  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  /// Make an empty one; what an earlier try left is deleted first.
  static JobFolder make(Path builds, long job, String project) throws IOException {
    Files.createDirectories(builds);
    var all = builds.resolve(Long.toString(job));
    delete(all);
    Files.createDirectory(all, PosixFilePermissions.asFileAttribute(OWN));
    // Beside each other, and the folder's name is the project's, as programs that show it expect.
    return new JobFolder(
        all,
        all.resolve("work").resolve(project),
        Files.createDirectory(all.resolve("home")),
        Files.createDirectory(all.resolve("tmp")));
  }

  /// Keep a script where only we can read it.
  Path script(String name, String text) throws IOException {
    var file = all.resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text, StandardOpenOption.TRUNCATE_EXISTING);
  }

  /// Names the container engine that was asked for something, for whoever finds this folder after a
  /// crash.
  Path engine() {
    return engine(all);
  }

  static Path engine(Path all) {
    return all.resolve("engine");
  }

  void delete() throws IOException {
    delete(all);
  }

  /// Delete a folder with all that is in it; links are deleted, not followed.
  static void delete(Path folder) throws IOException {
    try {
      open(folder);
      Files.walkFileTree(folder, new Deletion());
    } catch (NoSuchFileException _) {
      // Gone already.
    }
  }

  /// Some tools (Go's module cache) make folders that even their owner cannot empty.
  private static void open(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && !(Files.isReadable(folder) && Files.isWritable(folder) && Files.isExecutable(folder))) {
      Files.setPosixFilePermissions(folder, OWN);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      // The walk has opened this one by now; it is those inside that have to be readable.
      try (var inside = Files.newDirectoryStream(folder)) {
        for (var each : inside) {
          open(each);
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
