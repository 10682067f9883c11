package dev.fleetwright.testkit.history;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// I5: whoever reads the records knows what happened and who wanted it.
final class Audit {

  private static final String DEPLOY = "deploy.";

  private Audit() {}

  static void check(History history, Consumer<String> violation) {
    history.ledgerFaults().forEach((_, fault) -> violation.accept(fault));
    var environments = history.environmentsById();
    // Counted once for all: a look through the whole ledger for each event would be quadratic.
    var recorded = new HashMap<String, Integer>();
    history
        .ledger()
        .forEach((stream, kept) ->
            kept.forEach(record -> {
              var facts = record.content().facts();
              var kind = record.content().kind();
              if (kind.startsWith(DEPLOY)) {
                count(
                    recorded,
                    stream + " " + facts.get("deploy") + " " + kind.substring(DEPLOY.length()));
              }
            }));
    var announced = new HashMap<String, Integer>();
    for (var entry : history.feed()) {
      var keys = entry.keys();
      if (entry.topic().equals("deploy")) {
        count(
            announced,
            "%s/%s %s %s"
                .formatted(
                    keys.get("project"),
                    keys.get("environment"),
                    keys.get("deploy"),
                    keys.get("event")));
      }
    }
    for (var view : history.deploys()) {
      var environment = environments.get(view.deploy().environment());
      if (environment == null) {
        violation.accept("deploy %d is in no environment".formatted(view.deploy().id()));
        continue;
      }
      var prefix = environment.stream() + " " + view.deploy().number() + " ";
      var happened =
          history.eventsOf(view.deploy().id()).stream()
              .collect(Collectors.groupingBy(e -> e.event().keyword(), Collectors.counting()));
      happened.put("asked", 1L);
      happened.forEach((keyword, times) -> {
        compare(view, keyword, times, recorded.remove(prefix + keyword), "ledger", violation);
        compare(view, keyword, times, announced.remove(prefix + keyword), "feed", violation);
      });
      approved(view, history.eventsOf(view.deploy().id()), violation);
      wanted(history, view, violation);
    }
    recorded
        .keySet()
        .forEach(
            what -> violation.accept("the ledger has `%s`, which never happened".formatted(what)));
    announced
        .keySet()
        .forEach(
            what -> violation.accept("the feed has `%s`, which never happened".formatted(what)));
  }

  private static void count(Map<String, Integer> counts, String what) {
    var _ = counts.merge(what, 1, Integer::sum);
  }

  private static void compare(
      DeployView view,
      String keyword,
      long happened,
      @org.jspecify.annotations.Nullable Integer told,
      String where,
      Consumer<String> violation) {
    var times = told == null ? 0 : told;
    if (times != happened) {
      violation.accept(
          "`%s` of deploy %d happened %d times, the %s has it %d times"
              .formatted(keyword, view.deploy().id(), happened, where, times));
    }
  }

  /// When it started, enough different people had agreed to the very plan that it follows.
  private static void approved(
      DeployView view, List<StoredEvent> events, Consumer<String> violation) {
    var agreed = new HashMap<Digest, HashSet<String>>();
    Planned planned = null;
    for (var stored : events) {
      switch (stored.event()) {
        case Planned plan -> planned = plan;
        case Approved(var by, var hash) ->
            agreed.computeIfAbsent(hash, _ -> new HashSet<>()).add(by);
        case Started _ -> {
          if (planned == null) {
            violation.accept("deploy %d started without a plan".formatted(view.deploy().id()));
          } else if (agreed.getOrDefault(planned.plan().hash(), new HashSet<>()).size()
              < planned.plan().approvals()) {
            violation.accept(
                "deploy %d started with less than %d approvals of its plan"
                    .formatted(view.deploy().id(), planned.plan().approvals()));
          }
        }
        default -> {}
      }
    }
  }

  /// What is on record as said by a person was said by that person.
  private static void wanted(History history, DeployView view, Consumer<String> violation) {
    if (history.said().isEmpty()) {
      return;
    }
    for (var stored : history.eventsOf(view.deploy().id())) {
      var person = !stored.by().equals(Actor.ENGINE);
      var asking = stored.sequence() == 1 && stored.event() instanceof Planned;
      if (person
          && !asking
          && history.said().stream()
              .noneMatch(s ->
                  s.deploy() == view.deploy().id()
                      && s.by().equals(stored.by().name())
                      && s.event().equals(stored.event()))) {
        violation.accept(
            "event %d of deploy %d has %s say `%s`, who did not"
                .formatted(
                    stored.sequence(), view.deploy().id(), stored.by(), stored.event().keyword()));
      }
    }
  }
}
