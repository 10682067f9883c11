package dev.fleetwright.adapters.ssh;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.Component;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The file tree of a component, checked as a whole.
///
/// A single link is checked by [TreeEntry] without looking at the others, and links can leave the
/// tree together that do not alone: with `a/b/top -> ../..`, `out -> a/b/top/../x` ends above the
/// tree.
final class FileTree {

  /// As the Linux kernel (path_resolution(7)).
  private static final int MOST_LINKS = 40;

  private final Map<String, TreeEntry> entries = new HashMap<>();

  private FileTree(Component component) {
    component.files().forEach(e -> entries.put(e.path(), e));
  }

  /// What is wrong with the tree of a component, if anything.
  static Optional<String> problem(Component component) {
    var tree = new FileTree(component);
    return component.files().stream().flatMap(e -> tree.problem(e).stream()).findFirst();
  }

  private Optional<String> problem(TreeEntry entry) {
    var path = entry.path();
    for (var slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (entries.containsKey(path.substring(0, slash))) {
        return Optional.of(
            "`" + path + "` is below `" + path.substring(0, slash) + "`, which is no folder");
      }
    }
    return entry instanceof TreeEntry.Link(_, var to) && leaves(path, to)
        ? Optional.of("the link `" + path + "` leads out of the file tree, or in a circle")
        : Optional.empty();
  }

  private boolean leaves(String path, String to) {
    var at = new ArrayDeque<String>();
    Arrays.stream(path.split("/", -1)).forEach(at::addLast);
    at.removeLast();
    var ahead = new ArrayDeque<>(List.of(to.split("/", -1)));
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
            var parts = next.split("/", -1);
            for (var i = parts.length - 1; i >= 0; i--) {
              ahead.addFirst(parts[i]);
            }
          }
        }
      }
    }
    return false;
  }
}
