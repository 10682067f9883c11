package dev.fleetwright.adapters.local;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What differs between two components, in lines for people: `+` is new, `-` goes, and a file whose
/// content changes is both.
final class Differences {

  private static final int MOST_LINES = 200;
  private static final Component NOTHING =
      new Component("", List.of(), dev.fleetwright.core.target.Settings.NONE);

  private Differences() {}

  /// What is there when a component is new.
  static List<String> all(Component component) {
    return between(NOTHING, component);
  }

  /// What changes from one to the other, settings first.
  static List<String> between(Component before, Component after) {
    var lines = new ArrayList<String>();
    lines(
        new TreeMap<>(before.settings().values()), new TreeMap<>(after.settings().values()), lines);
    lines(files(before), files(after), lines);
    if (lines.size() > MOST_LINES) {
      var more = lines.size() - MOST_LINES;
      lines.subList(MOST_LINES, lines.size()).clear();
      lines.add("  and " + more + " more lines");
    }
    return List.copyOf(lines);
  }

  private static SortedMap<String, String> files(Component component) {
    var files = new TreeMap<String, String>();
    for (var entry : component.files()) {
      files.put(
          entry.path(),
          switch (entry) {
            case TreeEntry.File(_, var digest, var size, var executable) ->
                digest.brief() + ", " + size + " bytes" + (executable ? ", executable" : "");
            case TreeEntry.Link(_, var to) -> "link to " + to;
          });
    }
    return files;
  }

  private static void lines(
      SortedMap<String, String> before, SortedMap<String, String> after, List<String> lines) {
    var keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    for (var key : keys) {
      @Nullable String was = before.get(key);
      @Nullable String is = after.get(key);
      if (was != null && !was.equals(is)) {
        lines.add("- " + key + ": " + was);
      }
      if (is != null && !is.equals(was)) {
        lines.add("+ " + key + ": " + is);
      }
    }
  }
}
