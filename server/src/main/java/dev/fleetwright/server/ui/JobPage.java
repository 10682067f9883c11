package dev.fleetwright.server.ui;

import java.util.List;

/// One job and what it prints.
///
/// @param artifacts some of the files that it left
/// @param browse where all of them are
record JobPage(
    String name,
    String stage,
    Link pipeline,
    Badge status,
    String took,
    String message,
    List<String> facts,
    Link deploy,
    Link downstream,
    Link tests,
    List<Action> actions,
    List<String> artifacts,
    Link browse,
    LogView log) {

  JobPage {
    facts = List.copyOf(facts);
    actions = List.copyOf(actions);
    artifacts = List.copyOf(artifacts);
  }
}
