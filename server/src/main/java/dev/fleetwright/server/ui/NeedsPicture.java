package dev.fleetwright.server.ui;

import dev.fleetwright.server.ui.NeedsView.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lays out the jobs of a pipeline by what they need: each to the right of all that it waits for,
/// near the height of these (the barycentre method of Sugiyama, Tagawa and Toda, 1981, one pass).
/// Lines are drawn for `needs` only; a job without that word waits for all earlier stages, which
/// its place shows.
final class NeedsPicture {

  /// More than so many jobs are not seen at a glance any more.
  private static final int MOST = 400;

  private static final int LONGEST_NAME = 22;
  private static final int MARGIN = 10;
  private static final int COLUMN = NeedsView.NODE_WIDTH + 64;
  private static final int ROW = NeedsView.NODE_HEIGHT + 14;

  private final Map<String, Box> byName = new LinkedHashMap<>();
  private final Map<String, Integer> columns = new HashMap<>();
  private final Map<String, Integer> rows = new HashMap<>();

  private NeedsPicture(List<Box> jobs) {
    jobs.forEach(job -> byName.put(job.name(), job));
  }

  /// A job.
  ///
  /// @param needs [Optional#empty] when it waits for all earlier stages
  record Box(String name, String stage, Optional<List<String>> needs, String href, Badge status) {}

  /// A picture, when there is something to see: a job that names what it needs.
  ///
  /// @param stages of the pipeline, in order
  /// @param jobs in the order of the file
  static Optional<NeedsView> of(List<String> stages, List<Box> jobs) {
    var named = jobs.stream().anyMatch(j -> j.needs().filter(n -> !n.isEmpty()).isPresent());
    return !named || jobs.size() > MOST
        ? Optional.empty()
        : Optional.of(new NeedsPicture(jobs).drawn(stages));
  }

  private NeedsView drawn(List<String> stages) {
    assignColumns(stages);
    var height = assignRows();
    var nodes = new ArrayList<Node>();
    var edges = new ArrayList<String>();
    byName.forEach((name, job) -> {
      nodes.add(
          new Node(
              x(name),
              y(name),
              job.href(),
              brief(name),
              name + ": " + job.status().word(),
              job.status()));
      needed(job).forEach(need -> edges.add(edge(need, name)));
    });
    var last = columns.values().stream().mapToInt(c -> c).max().orElse(0);
    return new NeedsView(
        2 * MARGIN + last * COLUMN + NeedsView.NODE_WIDTH,
        2 * MARGIN + (height - 1) * ROW + NeedsView.NODE_HEIGHT,
        nodes,
        edges);
  }

  /// Stage after stage, and within one until nothing moves: jobs may need others of their own
  /// stage. The reader has refused circles.
  private void assignColumns(List<String> stages) {
    var earlier = -1;
    for (var stage : stages) {
      var inStage = byName.values().stream().filter(j -> j.stage().equals(stage)).toList();
      for (var pass = 0; pass <= inStage.size(); pass++) {
        var moved = false;
        for (var job : inStage) {
          var column =
              job.needs().isEmpty()
                  ? earlier + 1
                  : needed(job).stream()
                      .mapToInt(n -> columns.getOrDefault(n, 0) + 1)
                      .max()
                      .orElse(0);
          moved |= !Integer.valueOf(column).equals(columns.put(job.name(), column));
        }
        if (!moved) {
          break;
        }
      }
      for (var job : inStage) {
        earlier = Math.max(earlier, columns.getOrDefault(job.name(), 0));
      }
    }
    // A job of a stage that the pipeline does not name any more.
    byName.keySet().forEach(name -> columns.putIfAbsent(name, 0));
  }

  /// The number of rows.
  private int assignRows() {
    var most = 1;
    var last = columns.values().stream().mapToInt(c -> c).max().orElse(0);
    for (var column = 0; column <= last; column++) {
      var here = new ArrayList<String>();
      for (var name : byName.keySet()) {
        if (columns.getOrDefault(name, 0) == column) {
          here.add(name);
        }
      }
      // Stable: those at one height stay in the order of the file.
      here.sort(Comparator.comparingDouble(this::height));
      for (var row = 0; row < here.size(); row++) {
        rows.put(here.get(row), row);
      }
      most = Math.max(most, here.size());
    }
    return most;
  }

  private double height(String name) {
    var job = byName.get(name);
    return job == null
        ? 0
        : needed(job).stream()
            .mapToInt(n -> rows.getOrDefault(n, 0))
            .average()
            .orElse(Double.MAX_VALUE);
  }

  private List<String> needed(Box job) {
    return job.needs().orElse(List.of()).stream().filter(byName::containsKey).distinct().toList();
  }

  private int x(String name) {
    return MARGIN + columns.getOrDefault(name, 0) * COLUMN;
  }

  private int y(String name) {
    return MARGIN + rows.getOrDefault(name, 0) * ROW;
  }

  private String edge(String from, String to) {
    var beginX = x(from) + NeedsView.NODE_WIDTH;
    var beginY = y(from) + NeedsView.NODE_HEIGHT / 2;
    var endX = x(to);
    var endY = y(to) + NeedsView.NODE_HEIGHT / 2;
    var bend = Math.max(24, (endX - beginX) / 2);
    return "M%d %dC%d %d %d %d %d %d"
        .formatted(beginX, beginY, beginX + bend, beginY, endX - bend, endY, endX, endY);
  }

  private static String brief(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
  }
}
