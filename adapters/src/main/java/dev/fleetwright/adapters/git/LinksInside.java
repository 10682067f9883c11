package dev.fleetwright.adapters.git;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The symbolic links of one file tree, checked before the first of them is made.
///
/// A link's text is not enough to tell whether it stays inside: with `a/up -> ..`, the harmless
/// looking `b/c/out -> ../../a/up/..` leaves the tree. So each link is followed, through the other
/// links, as the operating system would.
final class LinksInside {

  private static final int MOST_HOPS = 40; // as Linux: path_resolution(7)
  private static final int LONGEST = 4096;

  private final Map<String, String> links;

  /// @param links what each link says, by the link's path
  LinksInside(Map<String, String> links) {
    this.links = links;
  }

  /// The first thing wrong with any link.
  Optional<String> problem() {
    return links.keySet().stream().flatMap(path -> problem(path).stream()).findFirst();
  }

  private Optional<String> problem(String path) {
    var parts = List.of(path.split("/", -1));
    var here = new ArrayList<>(parts.subList(0, parts.size() - 1));
    var ahead = new ArrayDeque<String>();
    ahead.push(parts.getLast());
    for (var hops = 0; !ahead.isEmpty(); ) {
      var part = ahead.pop();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        if (here.isEmpty()) {
          return Optional.of("the link `%s` leaves the repository".formatted(path));
        }
        here.removeLast();
        continue;
      }
      here.add(part);
      if (here.getFirst().equalsIgnoreCase(".git")) {
        return Optional.of("the link `%s` leads into .git".formatted(path));
      }
      var to = links.get(String.join("/", here));
      if (to != null) {
        if (to.startsWith("/") || to.isEmpty() || to.length() > LONGEST || to.indexOf('\0') >= 0) {
          return Optional.of("the link `%s` leaves the repository".formatted(path));
        }
        if (++hops > MOST_HOPS) {
          return Optional.of("the link `%s` goes round in a circle".formatted(path));
        }
        here.removeLast();
        var steps = Arrays.asList(to.split("/", -1));
        steps.reversed().forEach(ahead::push);
      }
    }
    return Optional.empty();
  }
}
