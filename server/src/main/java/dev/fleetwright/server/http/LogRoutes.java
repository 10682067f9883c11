package dev.fleetwright.server.http;

import dev.fleetwright.api.Json;
import dev.fleetwright.api.LogChunk;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.server.auth.BrowserDoor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/// What jobs and deploys print: as text, also from an offset on, and as it comes.
final class LogRoutes {

  private static final int CHUNK = 32 << 10;

  /// How late the end of a log is noticed at most.
  private static final Duration END_CHECKED_EVERY = Duration.ofSeconds(1);

  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,18})-([0-9]{0,18})");

  private final LogStore logs;
  private final Pipelines pipelines;
  private final Deploys deploys;
  private final FeedHub hub;
  private final BrowserDoor browsers;
  private final AtomicInteger streams;

  LogRoutes(
      LogStore logs,
      Pipelines pipelines,
      Deploys deploys,
      FeedHub hub,
      BrowserDoor browsers,
      Metrics metrics) {
    this.logs = logs;
    this.pipelines = pipelines;
    this.deploys = deploys;
    this.hub = hub;
    this.browsers = browsers;
    this.streams = metrics.streams();
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/jobs/{job}/log",
                Access.SIGNED_IN,
                "What a job has printed; a part of it by `offset` or the header `Range`.")
            .with(Parameter.OFFSET)
            .text(call -> text(call, LogName.job(job(call)))),
        Route.get(
                "/api/v1/jobs/{job}/log/stream",
                Access.SIGNED_IN,
                "What a job prints, as it comes; an event's id is the offset of its end.")
            .with(Parameter.OFFSET)
            .streaming(LogChunk.class, call -> follow(call, LogName.job(job(call)))),
        Route.get(
                "/api/v1/deploys/{deploy}/log",
                Access.SIGNED_IN,
                "What a deploy's steps have told; a part of it by `offset` or the header `Range`.")
            .with(Parameter.OFFSET)
            .text(call -> text(call, LogName.deploy(deploy(call)))),
        Route.get(
                "/api/v1/deploys/{deploy}/log/stream",
                Access.SIGNED_IN,
                "What a deploy's steps tell, as it comes; an event's id is the offset of its end.")
            .with(Parameter.OFFSET)
            .streaming(LogChunk.class, call -> follow(call, LogName.deploy(deploy(call)))));
  }

  private long job(Call call) {
    var id = call.id("job");
    return pipelines.job(id).orElseThrow(() -> Refusal.notFound("job " + id)).id();
  }

  private long deploy(Call call) {
    var id = call.id("deploy");
    return deploys.find(id).orElseThrow(() -> Refusal.notFound("deploy " + id)).deploy().id();
  }

  private void text(Call call, LogName name) throws IOException {
    var size = logs.size(name);
    var from = call.queryNumber("offset").orElse(0);
    var to = size;
    var response = call.context().res();
    response.setStatus(200);
    var range = call.header("Range").map(RANGE::matcher).filter(m -> m.matches());
    if (range.isPresent()) {
      from = Long.parseLong(range.get().group(1));
      var last = range.get().group(2);
      to = last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1);
      if (from >= size || from >= to) {
        response.setHeader("Content-Range", "bytes */" + size);
        throw Refusal.rangeNotSatisfiable(size);
      }
      response.setStatus(206);
      response.setHeader("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, size));
    }
    response.setHeader("Accept-Ranges", "bytes");
    // Never shown by a browser as a page, whatever a job printed.
    response.setContentType("text/plain");
    response.setCharacterEncoding("utf-8");
    response.setHeader("Content-Length", Long.toString(Math.max(0, to - from)));
    if (call.context().req().getMethod().equals("HEAD")) {
      return;
    }
    var out = response.getOutputStream();
    while (from < to) {
      var bytes = logs.read(name, from, (int) Math.min(CHUNK, to - from));
      if (bytes.length == 0) {
        throw new IOException("log " + name + " ends before the size that it said");
      }
      out.write(bytes);
      from += bytes.length;
    }
    out.flush();
  }

  private void follow(Call call, LogName name) throws IOException, InterruptedException {
    var from = EventRoutes.lastEvent(call, "offset").orElse(0L);
    EventRoutes.whileOpen(
        streams, () -> follow(call, new EventOutput(call.context()), name, from, ended(name)));
  }

  private void follow(Call call, EventOutput out, LogName name, long from, BooleanSupplier ended)
      throws IOException, InterruptedException {
    var offset = from;
    var right = new StreamRight(browsers, call.caller());
    while (!hub.closed() && right.lasts()) {
      // Asked first: what was printed before the end is there when the end is.
      var over = ended.getAsBoolean();
      var bytes = logs.read(name, offset, CHUNK);
      var whole = over && bytes.length < CHUNK ? bytes.length : wholeCharacters(bytes);
      if (whole > 0) {
        var text = new String(bytes, 0, whole, StandardCharsets.UTF_8);
        out.event(
            offset + whole,
            "log",
            Json.strict().writeValueAsString(new LogChunk(offset, offset + whole, text)));
        offset += whole;
        out.flush();
      } else if (over) {
        out.end();
        return;
      } else {
        logs.await(name, offset + bytes.length, END_CHECKED_EVERY);
        out.heartbeatIfSilent();
      }
    }
  }

  private BooleanSupplier ended(LogName name) {
    return switch (name.kind()) {
      case JOB -> () -> pipelines.job(name.id()).map(j -> j.status().finished()).orElse(true);
      case DEPLOY ->
          () ->
              deploys
                  .find(name.id())
                  .map(d -> d.state() instanceof DeployState.Finished)
                  .orElse(true);
    };
  }

  /// How many bytes there are before a character that is not complete yet. What is not UTF-8 at all
  /// is not waited for.
  static int wholeCharacters(byte[] bytes) {
    for (var back = 1; back <= Math.min(3, bytes.length); back++) {
      var b = bytes[bytes.length - back] & 0xff;
      if (b < 0x80) {
        return bytes.length;
      } else if (b >= 0xc0) {
        var length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
        return length > back ? bytes.length - back : bytes.length;
      }
    }
    return bytes.length;
  }
}
