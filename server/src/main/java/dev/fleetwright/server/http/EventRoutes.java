package dev.fleetwright.server.http;

import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.Json;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.feed.Feed.Entry;
import dev.fleetwright.server.auth.BrowserDoor;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Everything that moves, as it moves.
final class EventRoutes {

  /// A stream keeps some 24 KiB of the heap: its request, its buffers and the stack of its thread.
  /// So that all of them leave more than half of a small heap to everything else, no more are let
  /// in than that allows, and never more than 5 000.
  private static final int MOST_STREAMS =
      Math.toIntExact(Math.min(5_000, Runtime.getRuntime().maxMemory() / (64 << 10)));

  private final FeedHub hub;
  private final Deploys deploys;
  private final Environments environments;
  private final BrowserDoor browsers;
  private final AtomicInteger streams;
  private final InstantSource clock;

  EventRoutes(
      FeedHub hub,
      Deploys deploys,
      Environments environments,
      BrowserDoor browsers,
      Metrics metrics,
      InstantSource clock) {
    this.hub = hub;
    this.deploys = deploys;
    this.environments = environments;
    this.browsers = browsers;
    this.streams = metrics.streams();
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/events",
                Access.SIGNED_IN,
                "What moves, as server-sent events; resumed after the header `Last-Event-ID`. Where"
                    + " that is not possible, because what followed that event is no longer kept or"
                    + " the database was restored from a backup, an event of topic `reset` comes"
                    + " first, whatever was asked for: read anew what you show, and go on.")
            .with(
                Parameter.optional("project", "string", "Only of this project."),
                Parameter.optional("environment", "string", "Only of this environment."),
                Parameter.optional("deploy", "integer", "Only of this deploy, by its id."),
                Parameter.optional(
                    "after", "integer", "Begin after this event; when not given, with the next."))
            .streaming(FeedEvent.class, this::stream));
  }

  private void stream(Call call) throws IOException, InterruptedException {
    var wanted = wanted(call);
    var last = resumeAt(call);
    whileOpen(
        streams,
        () -> {
          var out = new EventOutput(call.context());
          follow(call, out, wanted, last);
        });
  }

  private void follow(Call call, EventOutput out, Map<String, String> wanted, long from)
      throws IOException, InterruptedException {
    var last = from;
    var newest = hub.newestIfBelow(from);
    if (newest.isPresent()) {
      last = newest.getAsLong();
      var reset = new Entry(last, clock.instant(), Feed.RESET, Collections.emptySortedMap());
      out.event(last, reset.topic(), json(reset));
      out.flush();
    }
    var right = new StreamRight(browsers, call.caller());
    while (!hub.closed() && right.lasts()) {
      var entries = hub.after(last);
      for (var entry : entries) {
        if (entry.topic().equals(Feed.RESET)
            || entry.keys().entrySet().containsAll(wanted.entrySet())) {
          out.event(entry.id(), entry.topic(), json(entry));
        }
        last = entry.id();
      }
      if (entries.isEmpty()) {
        hub.await(last, StreamRight.CHECKED_EVERY);
        out.heartbeatIfSilent();
      } else {
        out.flush();
      }
    }
  }

  /// What a stream does while it is counted.
  interface Streaming {
    void run() throws IOException, InterruptedException;
  }

  /// Stream, unless there are too many streams. An event stream takes a connection for hours.
  static void whileOpen(AtomicInteger streams, Streaming streaming)
      throws IOException, InterruptedException {
    if (streams.incrementAndGet() > MOST_STREAMS) {
      streams.decrementAndGet();
      throw Refusal.unavailable(
          "%d streams of events are open, and this server's memory is for no more"
              .formatted(MOST_STREAMS));
    }
    try {
      streaming.run();
    } finally {
      streams.decrementAndGet();
    }
  }

  /// Where a reader goes on: what its client says it has had, or what is asked for.
  static Optional<Long> lastEvent(Call call, String parameter) {
    var header = call.header("Last-Event-ID").filter(h -> !h.isBlank());
    if (header.isPresent()) {
      try {
        var id = Long.parseLong(header.get());
        if (id >= 0) {
          return Optional.of(id);
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
      throw Refusal.malformed(
          "the header `Last-Event-ID` is no whole number", "send what the last event's `id` was");
    }
    var given = call.queryNumber(parameter);
    return given.isPresent() ? Optional.of(given.getAsLong()) : Optional.empty();
  }

  private long resumeAt(Call call) {
    return lastEvent(call, "after").orElseGet(hub::read);
  }

  private Map<String, String> wanted(Call call) {
    var wanted = new TreeMap<String, String>();
    call.query("project").ifPresent(p -> wanted.put("project", p));
    call.query("environment").ifPresent(e -> wanted.put("environment", e));
    call.queryNumber("deploy").ifPresent(id -> wanted.putAll(deploy(id)));
    return wanted;
  }

  /// The feed names deploys as people do, by project and number.
  private Map<String, String> deploy(long id) {
    var deploy = deploys.find(id).orElseThrow(() -> Refusal.notFound("deploy " + id)).deploy();
    var environment = environments.find(deploy.environment()).orElseThrow();
    return Map.of(
        "project", environment.project().value(), "deploy", Long.toString(deploy.number()));
  }

  private static String json(Entry entry) throws IOException {
    return Json.strict()
        .writeValueAsString(new FeedEvent(entry.id(), entry.at(), entry.topic(), entry.keys()));
  }
}
