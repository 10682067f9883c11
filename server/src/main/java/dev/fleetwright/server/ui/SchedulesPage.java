package dev.fleetwright.server.ui;

import java.util.List;

/// The pipelines of a project that start by the clock.
///
/// @param href of this page
/// @param branch the default one
record SchedulesPage(Link project, String href, String branch, List<Row> schedules) {

  SchedulesPage {
    schedules = List.copyOf(schedules);
  }

  /// @param next when it starts, or that it is paused
  /// @param problem why the last slot gave no pipeline; empty when it did
  record Row(
      String description,
      String ref,
      String cron,
      String zone,
      String next,
      Link last,
      String problem,
      List<Action> actions) {
    Row {
      actions = List.copyOf(actions);
    }
  }
}
