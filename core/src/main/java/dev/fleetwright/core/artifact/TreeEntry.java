package dev.fleetwright.core.artifact;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;

/// One entry of a file tree. Paths are relative, with `/`, and never leave the tree.
public sealed interface TreeEntry {

  /// Where in the tree.
  String path();

  /// A file.
  ///
  /// @param size in bytes
  record File(String path, Digest digest, long size, boolean executable) implements TreeEntry {
    public File {
      checkPath(path);
    }
  }

  /// A symbolic link whose target stays inside the tree.
  ///
  /// @param to relative to the folder of the link
  record Link(String path, String to) implements TreeEntry {
    public Link {
      checkPath(path);
      checkInside(path, to);
    }
  }

  /// The canonical form, part of a revision's digest.
  default Dictionary canonical() {
    return switch (this) {
      case File(var path, var digest, var size, var executable) ->
          Dictionary.empty()
              .with("path", path)
              .with("digest", digest.hex())
              .with("size", size)
              .with("executable", executable ? 1 : 0);
      case Link(var path, var to) -> Dictionary.empty().with("path", path).with("to", to);
    };
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws Bencode.NotCanonical if it is something else
  static TreeEntry of(Dictionary dictionary) {
    var path = dictionary.text("path");
    return dictionary.has("to")
        ? new Link(path, dictionary.text("to"))
        : new File(
            path,
            new Digest(dictionary.text("digest")),
            dictionary.whole("size"),
            dictionary.whole("executable") == 1);
  }

  private static void checkPath(String path) {
    if (path.isEmpty()
        || path.startsWith("/")
        || path.indexOf('\0') >= 0
        || path.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("not a path inside a file tree: `" + path + "`");
    }
    for (var part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw new IllegalArgumentException("not a path inside a file tree: `" + path + "`");
      }
    }
  }

  private static void checkInside(String path, String to) {
    if (to.isEmpty() || to.startsWith("/") || to.indexOf('\0') >= 0 || to.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("link `" + path + "` leaves the file tree: `" + to + "`");
    }
    var depth = path.split("/", -1).length - 1;
    for (var part : to.split("/", -1)) {
      depth += part.equals("..") ? -1 : part.isEmpty() || part.equals(".") ? 0 : 1;
      if (depth < 0) {
        throw new IllegalArgumentException(
            "link `" + path + "` leaves the file tree: `" + to + "`");
      }
    }
  }
}
