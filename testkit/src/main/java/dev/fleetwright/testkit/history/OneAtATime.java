package dev.fleetwright.testkit.history;

import dev.fleetwright.core.target.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// I2: effects of two deploys of one environment never overlap; tokens never go down.
final class OneAtATime {

  private OneAtATime() {}

  private record Span(long deploy, long first, long last) {
    Span with(long at) {
      return new Span(deploy, Math.min(first, at), Math.max(last, at));
    }
  }

  static void check(History history, Consumer<String> violation) {
    var highest = new HashMap<Place, Effect>();
    var spans = new TreeMap<String, TreeMap<Long, Span>>();
    for (var effect : history.effects()) {
      var before = highest.get(effect.place());
      if (before != null && before.token() > effect.token()) {
        violation.accept(
            "%s acted on token %d of %s after token %d of %s"
                .formatted(
                    effect.place(), effect.token(), effect.id(), before.token(), before.id()));
      } else {
        highest.put(effect.place(), effect);
      }
      var environment = effect.place().name();
      var deploy = effect.id().deploy();
      spans
          .computeIfAbsent(environment, _ -> new TreeMap<>())
          .merge(
              deploy,
              new Span(deploy, effect.atNanos(), effect.atNanos()),
              (old, now) -> old.with(now.first()));
    }
    spans.forEach((environment, ofDeploys) -> {
      var inOrder = new ArrayList<>(ofDeploys.values());
      inOrder.sort((a, b) -> Long.compare(a.first(), b.first()));
      for (var i = 1; i < inOrder.size(); i++) {
        var before = inOrder.get(i - 1);
        var after = inOrder.get(i);
        if (after.first() <= before.last()) {
          violation.accept(
              "in %s effects of deploy %d (%d to %d ns) overlap those of deploy %d (%d to %d ns)"
                  .formatted(
                      environment,
                      before.deploy(),
                      before.first(),
                      before.last(),
                      after.deploy(),
                      after.first(),
                      after.last()));
        }
      }
    });
  }
}
