package dev.fleetwright.server.ui;

import java.util.List;

/// The runners that are registered.
///
/// @param projects that a new one may be for
record RunnersPage(List<Row> runners, List<String> projects) {

  RunnersPage {
    runners = List.copyOf(runners);
    projects = List.copyOf(projects);
  }

  /// One runner.
  ///
  /// @param scope whose jobs it takes, in words
  /// @param heard when it was last heard of; empty when it never was
  /// @param machines what each says of itself
  /// @param jobs that it has
  record Row(
      long id,
      String name,
      Badge state,
      String scope,
      List<String> tags,
      List<Moment> heard,
      List<String> machines,
      List<Link> jobs,
      List<Action> actions) {
    Row {
      tags = List.copyOf(tags);
      heard = List.copyOf(heard);
      machines = List.copyOf(machines);
      jobs = List.copyOf(jobs);
      actions = List.copyOf(actions);
    }
  }
}
