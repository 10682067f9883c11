package dev.fleetwright.testkit.history;

import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.WatchBegan;
import dev.fleetwright.core.deploy.DeployEvent.WatchEnded;
import dev.fleetwright.core.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// I8: when the holder of work is gone and another server is well, that one has the work within 15
/// seconds (reliability, R8). Nothing that waits for a time ends more than two seconds early
/// (reliability, R10), whichever server looks and whatever its own clock says.
public final class InTime {

  /// How long work may lie still.
  public static final Duration LONGEST = Duration.ofSeconds(15);

  private static final Duration EARLY = Duration.ofSeconds(2);

  private InTime() {}

  static void check(History history, Consumer<String> violation) {
    timers(history, violation);
    for (var takeOver : history.takeOvers()) {
      if (takeOver.after().filter(after -> after.compareTo(LONGEST) <= 0).isEmpty()) {
        violation.accept(
            "the work of environment %d lay still from %d ns on for %s"
                .formatted(
                    takeOver.environment(),
                    takeOver.sinceNanos(),
                    takeOver.after().map(d -> d.toMillis() + " ms").orElse("ever")));
      }
    }
  }

  private static void timers(History history, Consumer<String> violation) {
    var storedAt = new HashMap<Long, Map<Long, Instant>>();
    for (var write : history.writes()) {
      storedAt
          .computeIfAbsent(write.deploy(), _ -> new HashMap<>())
          .put(write.sequence(), write.at());
    }
    for (var view : history.deploys()) {
      var deploy = view.deploy();
      var at = storedAt.getOrDefault(deploy.id(), Map.of());
      var began = Instant.MAX;
      var before = Instant.MIN;
      for (var stored : history.eventsOf(deploy.id())) {
        var now = at.getOrDefault(stored.sequence(), stored.at());
        switch (stored.event()) {
          case Started _
              when deploy.notBefore().filter(then -> now.plus(EARLY).isBefore(then)).isPresent() ->
              violation.accept(
                  "deploy %d began at %s, not before %s was wanted"
                      .formatted(deploy.id(), now, deploy.notBefore().get()));
          // A server may be stopped between a hold becoming due and storing that: the hold counts
          // from becoming due, which cannot be before the previous event was stored.
          case WatchBegan(_, var since) -> began = since.isAfter(before) ? since : before;
          case WatchEnded(var step, _) -> {
            var held = Duration.between(began, now);
            var wanted = hold(history, deploy.id(), step);
            if (held.plus(EARLY).compareTo(wanted) < 0) {
              violation.accept(
                  "step %d of deploy %d was to be watched for %s and was for %s"
                      .formatted(step, deploy.id(), wanted, held));
            }
          }
          case DeployEvent _ -> {}
        }
        before = now;
      }
    }
  }

  private static Duration hold(History history, long deploy, int step) {
    return Effects.followedPlan(history, deploy)
        .map(plan -> plan.steps().get(step))
        .flatMap(s -> s instanceof Step.Hold(_, var length) ? length : Optional.empty())
        .orElse(Duration.ZERO);
  }
}
