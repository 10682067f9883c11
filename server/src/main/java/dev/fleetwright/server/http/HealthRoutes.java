package dev.fleetwright.server.http;

import dev.fleetwright.api.Readiness;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.feed.Feed;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// Whether the server lives, whether it can work, and what can be measured.
final class HealthRoutes {

  private final Feed feed;
  private final BooleanSupplier engineRuns;
  private final Draining draining;
  private final FeedHub hub;
  private final Metrics metrics;

  HealthRoutes(
      Feed feed, BooleanSupplier engineRuns, Draining draining, FeedHub hub, Metrics metrics) {
    this.feed = feed;
    this.engineRuns = engineRuns;
    this.draining = draining;
    this.hub = hub;
    this.metrics = metrics;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/healthz", Access.OPEN, "Whether the process answers.")
            .json(call -> call.json(200, Map.of("status", "ok"))),
        Route.get(
                "/readyz",
                Access.OPEN,
                "Whether to send this server work: 200, or 503 also while it drains.")
            .json(this::ready),
        Route.get("/metrics", Access.SIGNED_IN, "What can be measured, as Prometheus reads it.")
            .text(call ->
                call.context()
                    .contentType("text/plain; version=0.0.4; charset=utf-8")
                    .result(metrics.text())));
  }

  private void ready(Call call) throws java.io.IOException {
    var checks = new TreeMap<String, Boolean>();
    checks.put("database", databaseAnswers());
    checks.put("engine", engineRuns.getAsBoolean() && !hub.closed());
    var leaves = draining.underWay();
    var ready = !leaves && !checks.containsValue(false);
    call.json(ready ? 200 : 503, new Readiness(ready, leaves, checks));
  }

  private boolean databaseAnswers() {
    try {
      return feed.newest() >= 0;
    } catch (StoreUnavailable e) {
      return false;
    }
  }
}
