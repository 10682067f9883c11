package dev.fleetwright.server.ui;

import java.util.List;

/// One job and what it prints.
record JobPage(
    String name,
    String stage,
    Link pipeline,
    Badge status,
    String took,
    String message,
    List<String> facts,
    Link deploy,
    List<Action> actions,
    List<String> artifacts,
    LogView log) {

  JobPage {
    facts = List.copyOf(facts);
    actions = List.copyOf(actions);
    artifacts = List.copyOf(artifacts);
  }
}
