package dev.fleetwright.adapters.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder of one place, which nobody but its owner may enter:
///
/// ```
/// components/<name>/<digest>/          the files of one component, written once
/// components/<name>/<digest>.component what it is, canonically
/// releases/<revision>/<name>           -> ../../components/<name>/<digest>
/// current                              -> releases/<revision>
/// logs/<name>.<start>.log              what one start of a component printed
/// notes                                what runs, and what was asked; see Notes
/// keeper.jar, keeper.lock, keeper.log, keeper.socket
/// ```
///
/// Revisions share the files of the components that they have in common; so a component that a
/// deploy leaves alone goes on in the folder that it was started in.
record PlaceFolder(Path path) {

  static final String COMPONENTS = "components";

  Path components() {
    return path.resolve(COMPONENTS);
  }

  Path component(String name, String digest) {
    return components().resolve(name).resolve(digest);
  }

  Path canonical(String name, String digest) {
    return components().resolve(name).resolve(digest + ".component");
  }

  Path releases() {
    return path.resolve("releases");
  }

  Path current() {
    return path.resolve("current");
  }

  Path logs() {
    return path.resolve("logs");
  }

  Path notes() {
    return path.resolve("notes");
  }

  Path jar() {
    return path.resolve("keeper.jar");
  }

  Path lock() {
    return path.resolve("keeper.lock");
  }

  Path log() {
    return path.resolve("keeper.log");
  }

  Path socket() {
    return path.resolve("keeper.socket");
  }

  /// Make the folder for its owner alone; one that is there is closed to others.
  void create() throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }

  /// Write a file so that after a crash, also of the machine, it is either wholly old or wholly
  /// new.
  static void replace(Path file, byte[] content) throws IOException {
    var part = file.resolveSibling(file.getFileName() + ".part");
    try (var out =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      var bytes = java.nio.ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(parent(file));
  }

  /// Point a link somewhere else in one step; create it where there is none.
  static void replaceLink(Path link, Path to) throws IOException {
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(to)) {
      return;
    }
    var part = link.resolveSibling(link.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createSymbolicLink(part, to);
    Files.move(part, link, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Make the names in a folder survive a loss of power.
  static void syncFolder(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Delete a folder and what is in it, whoever else deletes at the same time. Links are deleted,
  /// not followed.
  static void deleteTree(Path folder) throws IOException {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e)
                throws IOException {
              try {
                Files.deleteIfExists(visited);
              } catch (DirectoryNotEmptyException _) {
                // A process that is being stopped wrote one more file.
                deleteTree(visited);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException _) {
      // Gone already.
    }
  }

  static Path parent(Path path) {
    var parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }
}
