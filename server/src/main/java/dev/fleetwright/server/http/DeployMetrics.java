package dev.fleetwright.server.http;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.project.Projects;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Follows the deploys that have not ended, to tell how many are in which state and how long steps
/// take. Fed by the feed, so a scrape asks the database nothing.
final class DeployMetrics {

  private static final Set<String> FINISHED =
      Set.of("succeeded", "rolled_back", "stuck", "cancelled", "superseded", "refused");
  private static final Set<String> STEP_ENDS =
      Set.of("step_applied", "step_refused", "step_undone", "undo_refused");

  /// States that are always told, so that an alert on one does not depend on it having occurred.
  private static final Set<String> UNFINISHED =
      Set.of("draft", "waiting", "running", "paused", "verifying", "rolling_back");

  private record Numbered(String project, String deploy) {}

  private record Known(String state, Instant at) {}

  private final Metrics metrics;
  private final Map<Numbered, Known> unfinished = new HashMap<>();
  private final Set<Numbered> ended = new HashSet<>();
  private boolean loaded;

  DeployMetrics(Metrics metrics) {
    this.metrics = metrics;
    for (var state : UNFINISHED) {
      metrics.gauge(
          "fleetwright.deploys", "Deploys that have not ended", "state", state, () -> count(state));
    }
    metrics.gauge(
        "fleetwright.deploys.queued",
        "Deploys that wait to begin",
        "queue",
        "environment",
        () -> count("draft") + count("waiting"));
  }

  /// Learn of what was there before the feed was read; after the reading has begun, so that nothing
  /// falls between.
  void load(Projects projects, Environments environments, DeployRecords records) {
    for (var project : projects.all()) {
      for (var environment : environments.of(project.name())) {
        for (var view : DeployRecords.readable(records.unfinished(environment.id()))) {
          var number = new Numbered(project.name().value(), Long.toString(view.deploy().number()));
          learn(number, view.state().keyword(), view.updatedAt());
        }
      }
    }
    synchronized (this) {
      loaded = true;
      ended.clear();
    }
  }

  private synchronized void learn(Numbered number, String state, Instant at) {
    if (!ended.contains(number)) {
      unfinished.putIfAbsent(number, new Known(state, at));
    }
  }

  synchronized void moved(Feed.Entry entry) {
    var keys = new TreeMap<>(entry.keys());
    if (!entry.topic().equals("deploy") || !keys.containsKey("deploy")) {
      return;
    }
    var number = new Numbered(keys.getOrDefault("project", ""), keys.getOrDefault("deploy", ""));
    var state = keys.getOrDefault("state", "");
    var event = keys.getOrDefault("event", "");
    var before = unfinished.get(number);
    if (STEP_ENDS.contains(event) && before != null) {
      metrics.step(event, Duration.between(before.at(), entry.at()));
    }
    if (FINISHED.contains(state)) {
      unfinished.remove(number);
      if (!loaded) {
        ended.add(number);
      }
    } else {
      unfinished.put(number, new Known(state, entry.at()));
    }
  }

  private synchronized int count(String state) {
    return Math.toIntExact(
        unfinished.values().stream().filter(k -> k.state().equals(state)).count());
  }
}
