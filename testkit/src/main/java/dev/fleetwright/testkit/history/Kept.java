package dev.fleetwright.testkit.history;

import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.testkit.history.History.Asked;
import java.util.HashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// I1: what was answered with yes is there, once, and comes to an end.
final class Kept {

  private Kept() {}

  static void check(History history, Consumer<String> violation) {
    var deploys =
        history.deploys().stream().collect(Collectors.toMap(v -> v.deploy().id(), v -> v));
    var byKey = new HashMap<String, Long>();
    for (var asked : history.asked()) {
      asked
          .answer()
          .ifPresent(id -> {
            if (!deploys.containsKey(id)) {
              violation.accept("deploy %d was answered and is gone".formatted(id));
            }
            var first = byKey.putIfAbsent(key(asked), id);
            if (first != null && !first.equals(id)) {
              violation.accept(
                  "deploys %d and %d were answered for the same key %s"
                      .formatted(first, id, asked.key()));
            }
          });
    }
    for (var said : history.said()) {
      var stored =
          history.eventsOf(said.deploy()).stream()
              .anyMatch(e -> e.by().name().equals(said.by()) && e.event().equals(said.event()));
      if (said.answered() && !stored) {
        violation.accept(
            "%s was told that `%s` of deploy %d is stored, and it is not"
                .formatted(said.by(), said.event().keyword(), said.deploy()));
      }
    }
    if (history.endedCalmly()) {
      history.deploys().stream()
          .filter(view -> !(view.state() instanceof Finished))
          .forEach(view -> violation.accept(stuck(view)));
    }
  }

  private static String key(Asked asked) {
    return asked.environment() + " " + asked.key();
  }

  private static String stuck(DeployView view) {
    return "deploy %d never ended: it is %s after %d events"
        .formatted(view.deploy().id(), view.state().keyword(), view.sequence());
  }
}
