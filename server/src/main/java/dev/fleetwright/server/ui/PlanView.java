package dev.fleetwright.server.ui;

import java.util.List;

/// What a deploy would change, or does.
///
/// @param hash in full; what an approval binds to
/// @param summary such as `2 created, 1 updated`
/// @param approvals such as `2 approvals needed`
record PlanView(
    String hash,
    String brief,
    String summary,
    String approvals,
    List<OfTarget> targets,
    List<String> steps) {

  PlanView {
    targets = List.copyOf(targets);
    steps = List.copyOf(steps);
  }

  /// What changes on one target.
  record OfTarget(String name, String kind, String summary, List<OneChange> changes) {
    OfTarget {
      changes = List.copyOf(changes);
    }
  }

  /// One thing that changes.
  ///
  /// @param id unique on the page, so that an opened diff stays open when the page is renewed
  record OneChange(String id, Badge badge, String what, List<DiffLine> lines) {
    OneChange {
      lines = List.copyOf(lines);
    }

    boolean detailed() {
      return !lines.isEmpty();
    }
  }

  /// A line of a diff.
  ///
  /// @param css `plus`, `minus` or `same`
  record DiffLine(String css, String text) {}
}
