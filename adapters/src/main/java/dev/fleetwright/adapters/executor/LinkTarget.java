package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Where a symbolic link of a work tree leads.
final class LinkTarget {

  private LinkTarget() {}

  /// Whether a link, followed through all others, ends inside the tree and not in its `.git`. One
  /// that ends nowhere is judged by the last folder on its way that is there.
  static boolean inside(Path tree, Path link) throws IOException {
    var root = tree.toRealPath();
    Path end;
    try {
      end = link.toRealPath();
    } catch (NoSuchFileException e) {
      end = asFarAsThere(link.resolveSibling(Files.readSymbolicLink(link)));
    } catch (IOException e) {
      return false; // a circle, or a file used as a folder
    }
    return end.startsWith(root) && !end.startsWith(root.resolve(".git"));
  }

  private static Path asFarAsThere(Path path) throws IOException {
    var at = path.getRoot() == null ? Path.of("") : path.getRoot();
    for (var name : path) {
      var next = at.resolve(name);
      try {
        at = next.toRealPath();
      } catch (NoSuchFileException e) {
        // From here on by its text: there is no link that could lead elsewhere.
        at = next.normalize();
      }
    }
    return at;
  }
}
