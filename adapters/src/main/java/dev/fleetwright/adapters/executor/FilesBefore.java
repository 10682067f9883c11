package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
        var at = place(file.path());
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
        var at = place(path);
        Files.createSymbolicLink(at, Path.of(to));
        if (!LinkTarget.inside(tree, at)) {
          Files.delete(at);
          throw new IOException("the link `" + path + "` of an earlier job leaves the work tree");
        }
      }
    }
  }

  /// Make room for an entry: real folders above it, and nothing in its place.
  private Path place(String path) throws IOException {
    var names = path.split("/", -1);
    if (names[0].equalsIgnoreCase(".git")) {
      throw new IOException("`" + path + "` of an earlier job lies in .git");
    }
    var at = tree;
    for (var i = 0; i < names.length - 1; i++) {
      at = at.resolve(names[i]);
      if (Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            "`%s` of an earlier job would be written through `%s`, which is no folder"
                .formatted(path, tree.relativize(at)));
      }
      Files.createDirectory(at);
    }
    at = at.resolve(names[names.length - 1]);
    if (Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("`" + path + "` of an earlier job is a folder here");
    }
    Files.deleteIfExists(at);
    return at;
  }
}
