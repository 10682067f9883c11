package dev.fleetwright.kubernetes.render;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tree on the disk, for as long as it is rendered, readable by nobody else.
final class Workspace implements AutoCloseable {
  private final Path root;

  private Workspace(Path root) {
    this.root = root;
  }

  static Workspace of(List<TreeEntry> entries, Blobs blobs) throws IOException {
    var root =
        Files.createTempDirectory(
            "fleetwright-render-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    // The folder for temporary files is a link on some systems.
    var workspace = new Workspace(root.toRealPath());
    try {
      Files.createDirectory(workspace.tree());
      Files.createDirectory(workspace.home());
      for (var entry : entries) {
        var to = workspace.tree().resolve(entry.path());
        Files.createDirectories(to.getParent());
        switch (entry) {
          case TreeEntry.File(_, var digest, _, _) -> Files.write(to, blobs.read(digest));
          // A tree has only links that stay inside it.
          case TreeEntry.Link(_, var target) ->
              Files.createSymbolicLink(to, to.getFileSystem().getPath(target));
        }
      }
      return workspace;
    } catch (IOException | RuntimeException e) {
      workspace.close();
      throw e;
    }
  }

  Path tree() {
    return root.resolve("tree");
  }

  Path home() {
    return root.resolve("home");
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
