package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// Where a file may be written in a work tree: below it, not in its `.git`, and through no link.
///
/// @param tree the work tree, which nobody else changes meanwhile
record PlaceInTree(Path tree) {

  /// Make room for a file: real folders above it, and nothing in its place.
  ///
  /// @param path relative, with `/`
  /// @param whose for messages, such as `of an earlier job`
  /// @throws IOException when it would be written elsewhere
  Path make(String path, String whose) throws IOException {
    var names = path.split("/", -1);
    if (names[0].equalsIgnoreCase(".git")) {
      throw new IOException("`%s` %s lies in .git".formatted(path, whose));
    }
    if (List.of(names).stream().anyMatch(n -> n.isEmpty() || n.equals(".") || n.equals(".."))) {
      throw new IOException("`%s` %s is no path below the work tree".formatted(path, whose));
    }
    var at = tree;
    for (var i = 0; i < names.length - 1; i++) {
      at = at.resolve(names[i]);
      if (Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            "`%s` %s would be written through `%s`, which is no folder"
                .formatted(path, whose, tree.relativize(at)));
      }
      Files.createDirectory(at);
    }
    at = at.resolve(names[names.length - 1]);
    if (Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("`%s` %s is a folder here".formatted(path, whose));
    }
    Files.deleteIfExists(at);
    return at;
  }
}
