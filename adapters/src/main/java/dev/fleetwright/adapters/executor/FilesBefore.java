package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Lays the artifacts of earlier jobs into a work tree. The repository's own files are there
/// already and may be links; nothing is ever written through one.
final class FilesBefore {

  private final Blobs blobs;
  private final Path tree;

  FilesBefore(Blobs blobs, Path tree) {
    this.blobs = blobs;
    this.tree = tree;
  }

  /// @param entries in order; a later one takes the place of an earlier
  void lay(List<TreeEntry> entries) throws IOException {
    for (var entry : entries) {
      if (entry instanceof TreeEntry.File file) {
        var at = new PlaceInTree(tree).make(file.path(), "of an earlier job");
        try (var content = blobs.open(file.digest())) {
          Files.copy(content, at);
        }
        Files.setPosixFilePermissions(
            at, PosixFilePermissions.fromString(file.executable() ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
    // After the files, so that none is written through one of these either.
    for (var entry : entries) {
      if (entry instanceof TreeEntry.Link(var path, var to)) {
        var at = new PlaceInTree(tree).make(path, "of an earlier job");
        Files.createSymbolicLink(at, Path.of(to));
        if (!LinkTarget.inside(tree, at)) {
          Files.delete(at);
          throw new IOException("the link `" + path + "` of an earlier job leaves the work tree");
        }
      }
    }
  }
}
