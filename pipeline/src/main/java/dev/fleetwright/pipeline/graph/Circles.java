package dev.fleetwright.pipeline.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// Names that lead to other names, such as jobs to what they need. Takes time linear in the links,
/// so a file made of nothing else cannot hold a reader up.
public final class Circles {
  private final Map<String, Set<String>> links;
  private final NavigableSet<String> endless;

  private Circles(Map<String, Set<String>> links, NavigableSet<String> endless) {
    this.links = links;
    this.endless = endless;
  }

  /// @param links each name with those that it leads to; names that are no keys are left out
  public static Circles in(Map<String, Set<String>> links) {
    var from = new HashMap<String, Set<String>>();
    var open = new HashMap<String, Integer>();
    links.forEach((name, others) -> {
      var known = others.stream().filter(links::containsKey).toList();
      open.put(name, known.size());
      known.forEach(other -> from.computeIfAbsent(other, _ -> new HashSet<>()).add(name));
    });
    var ends = new ArrayDeque<String>();
    open.forEach((name, count) -> {
      if (count == 0) {
        ends.add(name);
      }
    });
    while (!ends.isEmpty()) {
      var end = ends.pop();
      open.remove(end);
      for (var before : from.getOrDefault(end, Set.of())) {
        if (open.merge(before, -1, Integer::sum) == 0) {
          ends.push(before);
        }
      }
    }
    return new Circles(links, new TreeSet<>(open.keySet()));
  }

  /// The names that are in a circle or lead to one.
  public NavigableSet<String> endless() {
    return endless;
  }

  /// Some of the circles, each with its first name again at the end: at least one for everything
  /// that is endless.
  public List<List<String>> some() {
    var circles = new ArrayList<List<String>>();
    var done = new HashSet<String>();
    for (var start : endless) {
      var way = new LinkedHashSet<String>();
      var next = start;
      while (!done.contains(next) && way.add(next)) {
        next = onward(next);
      }
      if (!done.contains(next)) {
        var circle = new ArrayList<>(way).subList(List.copyOf(way).indexOf(next), way.size());
        circles.add(new ArrayList<>(circle));
        circles.getLast().add(next);
      }
      done.addAll(way);
    }
    return circles;
  }

  private String onward(String name) {
    return links.getOrDefault(name, Set.of()).stream()
        .filter(endless::contains)
        .min(String::compareTo)
        .orElse(name);
  }
}
