package dev.fleetwright.testkit.history;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.testkit.history.History.Write;
import java.util.HashMap;
import java.util.function.Consumer;

/// I7: forward only, and only by the newest holder.
final class Monotone {

  private Monotone() {}

  static void check(History history, Consumer<String> violation) {
    for (var view : history.deploys()) {
      var id = view.deploy().id();
      var state = DeployState.initial();
      var last = 0L;
      for (var stored : history.eventsOf(id)) {
        if (stored.sequence() != last + 1) {
          violation.accept(
              "event %d of deploy %d follows event %d".formatted(stored.sequence(), id, last));
        }
        last = stored.sequence();
        if (state instanceof Finished) {
          violation.accept(
              "deploy %d had ended as %s and then got `%s`"
                  .formatted(id, state.keyword(), stored.event().keyword()));
        }
        state = DeployMachine.next(state, stored.event());
      }
      if (last != view.sequence()) {
        violation.accept(
            "deploy %d has %d events and says %d".formatted(id, last, view.sequence()));
      }
      if (!state.equals(view.state())) {
        violation.accept(
            "the events of deploy %d add up to %s; it says %s"
                .formatted(id, state.keyword(), view.state().keyword()));
      }
    }
    written(history, violation);
  }

  private static void written(History history, Consumer<String> violation) {
    record Key(long environment, long generation) {}
    var holders = new HashMap<Key, String>();
    history.claims().forEach(c -> holders.put(new Key(c.environment(), c.generation()), c.by()));
    var environments = new HashMap<Long, Long>();
    history.deploys().forEach(v -> environments.put(v.deploy().id(), v.deploy().environment()));
    for (Write write : history.writes()) {
      var what = "event %d of deploy %d".formatted(write.sequence(), write.deploy());
      var byEngine =
          history.eventsOf(write.deploy()).stream()
              .anyMatch(e -> e.sequence() == write.sequence() && e.by().equals(Actor.ENGINE));
      if (write.generation().isEmpty()) {
        if (byEngine) {
          violation.accept(what + " was written by the engine without a lease");
        }
        continue;
      }
      long generation = write.generation().get();
      var holder = holders.get(new Key(environments.getOrDefault(write.deploy(), 0L), generation));
      if (generation != write.newest()) {
        violation.accept(
            "%s was written by generation %d when %d held the lease"
                .formatted(what, generation, write.newest()));
      } else if (holder != null && !holder.equals(write.by())) {
        violation.accept(
            "%s was written by %s with the lease of %s".formatted(what, write.by(), holder));
      }
    }
  }
}
