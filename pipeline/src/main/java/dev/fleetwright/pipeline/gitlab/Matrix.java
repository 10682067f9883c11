package dev.fleetwright.pipeline.gitlab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `parallel:matrix`: every combination of the values of each entry, entries one after the other.
final class Matrix {
  /// GitLab's limit on the runs of one job.
  static final int MOST_ROWS = 200;

  private Matrix() {}

  /// How many combinations there are; more than an int holds counts as the largest.
  static long size(List<Map<String, List<String>>> entries) {
    var total = 0L;
    for (var entry : entries) {
      var product = 1L;
      for (var values : entry.values()) {
        product = Math.min(product * values.size(), Integer.MAX_VALUE);
      }
      total += product;
    }
    return total;
  }

  /// In GitLab's order: the last variable changes fastest. Nothing beyond [#MOST_ROWS].
  static List<Map<String, String>> rows(List<Map<String, List<String>>> entries) {
    var rows = new ArrayList<Map<String, String>>();
    for (var entry : entries) {
      List<Map<String, String>> partial = List.of(Map.of());
      for (var variable : entry.entrySet()) {
        var longer = new ArrayList<Map<String, String>>();
        for (var row : partial) {
          for (var value : variable.getValue()) {
            var next = new LinkedHashMap<>(row);
            next.put(variable.getKey(), value);
            longer.add(next);
            if (longer.size() > MOST_ROWS) {
              break;
            }
          }
        }
        partial = longer;
      }
      rows.addAll(partial);
    }
    return List.copyOf(rows.subList(0, Math.min(rows.size(), MOST_ROWS)));
  }

  /// Whether one of the entries names this row: for each of its variables the row has one of the
  /// values.
  static boolean selects(List<Map<String, List<String>>> entries, Map<String, String> row) {
    return entries.stream()
        .anyMatch(entry ->
            entry.entrySet().stream()
                .allMatch(variable ->
                    row.containsKey(variable.getKey())
                        && variable.getValue().contains(row.get(variable.getKey()))));
  }
}
