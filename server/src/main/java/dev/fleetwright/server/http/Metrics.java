package dev.fleetwright.server.http;

import dev.fleetwright.core.feed.Feed;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// What can be measured, in the words of Prometheus.
///
/// Labels are routes, methods, statuses, states and kinds: few and fixed. Nothing that a caller can
/// choose becomes a label.
public final class Metrics {

  private record Answered(Method method, String path, int status) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Answered, Timer> answers = new ConcurrentHashMap<>();
  private final AtomicInteger streams = new AtomicInteger();

  public Metrics() {
    registry.gauge("fleetwright.event.streams", streams);
    new UptimeMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
  }

  /// Add a value that is asked for when somebody looks.
  void gauge(String name, String words, String tag, String tagValue, Supplier<Number> value) {
    Gauge.builder(name, value).description(words).tag(tag, tagValue).register(registry);
  }

  /// Something to count, such as claims of leases.
  ///
  /// @param outcome one of a few fixed words
  public Runnable counter(String name, String words, String outcome) {
    var counter =
        Counter.builder(name).description(words).tag("outcome", outcome).register(registry);
    return counter::increment;
  }

  /// Something that is counted elsewhere.
  public void counted(String name, String words, Supplier<Number> count) {
    FunctionCounter.builder(name, count, c -> c.get().doubleValue())
        .description(words)
        .register(registry);
  }

  /// A step of a deploy has ended, so long after the deploy's event before.
  void step(String event, Duration time) {
    Timer.builder("fleetwright.deploy.step")
        .description("How long steps take, from the deploy's event before to their end")
        .tag("event", event)
        .register(registry)
        .record(time);
  }

  /// How many streams of events are open.
  AtomicInteger streams() {
    return streams;
  }

  void answered(Route route, int status, long nanoseconds) {
    answers
        .computeIfAbsent(
            new Answered(route.method(), route.path(), status),
            a ->
                Timer.builder("http.server.requests")
                    .description("Requests, without streams of events")
                    .tag("method", a.method().name())
                    .tag("uri", a.path())
                    .tag("status", Integer.toString(a.status()))
                    .register(registry))
        .record(nanoseconds, TimeUnit.NANOSECONDS);
  }

  /// Count what moved. A deploy is counted once for each state that it comes to.
  void moved(Feed.Entry entry) {
    registry
        .counter(
            "fleetwright.changes",
            "topic",
            entry.topic(),
            "state",
            entry.keys().getOrDefault("state", ""))
        .increment();
  }

  /// Everything, as Prometheus reads it.
  String text() {
    return registry.scrape();
  }
}
