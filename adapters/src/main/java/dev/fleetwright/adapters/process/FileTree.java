package dev.fleetwright.adapters.process;

import dev.fleetwright.core.artifact.TreeEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether a file tree can be written to a folder without leaving it.
///
/// [TreeEntry] has checked each entry alone. Together they can still lead outside: `a/b/up` to
/// `../..` is the top of the tree, so `out` to `a/b/up/..`, or a file below `a/b/up`, is outside.
/// Two rules keep every path inside, whatever the order of writing: nothing is below a link, and a
/// link goes up only at its beginning. Then its first steps are real folders of the tree, and each
/// later step goes down, or through a link that by the same rules stays inside.
public final class FileTree {

  private FileTree() {}

  /// What keeps the tree from being written; empty when nothing does.
  public static List<String> problems(List<TreeEntry> entries) {
    Map<String, TreeEntry> byPath = new HashMap<>();
    entries.forEach(entry -> byPath.put(entry.path(), entry));
    var problems = new ArrayList<String>();
    for (var entry : entries) {
      var path = entry.path();
      for (var slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        var above = path.substring(0, slash);
        if (byPath.containsKey(above)) {
          problems.add("`" + path + "` is below `" + above + "`, which is not a folder");
        }
      }
      if (entry instanceof TreeEntry.Link(_, var to) && turnsBack(to)) {
        problems.add(
            "link `"
                + path
                + "` goes down and up again: `"
                + to
                + "`; write it without the detour");
      }
    }
    return problems;
  }

  private static boolean turnsBack(String to) {
    var down = false;
    for (var part : to.split("/", -1)) {
      if (part.equals("..") && down) {
        return true;
      }
      down |= !part.equals("..") && !part.equals(".") && !part.isEmpty();
    }
    return false;
  }
}
