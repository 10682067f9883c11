package dev.fleetwright.core.artifact;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether entries can lie in one folder together without leading out of it.
///
/// [TreeEntry] checks each entry alone. Together they can still leave: `a/b/up` to `../..` is the
/// top of the tree, so `out` to `a/b/up/../x`, or a file below `a/b/up`, is outside. So nothing may
/// lie below what is no folder, and each link is followed through the others as the operating
/// system would. Then a tree can be written in any order, by any target.
public final class FileTree {

  /// As the Linux kernel (path_resolution(7)).
  private static final int MOST_LINKS = 40;

  private final Map<String, TreeEntry> entries = new HashMap<>();

  private FileTree(List<TreeEntry> entries) {
    entries.forEach(entry -> this.entries.put(entry.path(), entry));
  }

  /// What is wrong with these entries as one tree, if anything; for people.
  public static Optional<String> problem(List<TreeEntry> entries) {
    var tree = new FileTree(entries);
    var checked = "";
    for (var entry : entries) {
      var folder = folder(entry.path());
      // Neighbours lie in one folder: of a long list, few have to be looked at.
      if (!folder.equals(checked)) {
        var above = tree.noFolder(folder);
        if (above.isPresent()) {
          return Optional.of(
              "`%s` is below `%s`, which is no folder".formatted(entry.path(), above.get()));
        }
        checked = folder;
      }
      if (entry instanceof TreeEntry.Link link && tree.leaves(link)) {
        return Optional.of(
            "the link `%s` leads out of the file tree, or in a circle".formatted(entry.path()));
      }
    }
    return Optional.empty();
  }

  private static String folder(String path) {
    var slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /// The part of a folder's path that is a file or a link.
  private Optional<String> noFolder(String folder) {
    for (var part = folder; !part.isEmpty(); part = folder(part)) {
      if (entries.containsKey(part)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  private boolean leaves(TreeEntry.Link link) {
    var at = new ArrayDeque<String>();
    Arrays.stream(link.path().split("/", -1)).forEach(at::addLast);
    at.removeLast();
    var ahead = new ArrayDeque<>(List.of(link.to().split("/", -1)));
    var links = 0;
    while (!ahead.isEmpty()) {
      var part = ahead.removeFirst();
      switch (part) {
        case "", "." -> {}
        case ".." -> {
          if (at.isEmpty()) {
            return true;
          }
          at.removeLast();
        }
        default -> {
          at.addLast(part);
          if (entries.get(String.join("/", at)) instanceof TreeEntry.Link(_, var next)) {
            if (++links > MOST_LINKS) {
              return true;
            }
            at.removeLast();
            var steps = next.split("/", -1);
            for (var i = steps.length - 1; i >= 0; i--) {
              ahead.addFirst(steps[i]);
            }
          }
        }
      }
    }
    return false;
  }
}
