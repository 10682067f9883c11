package dev.fleetwright.server.http;

import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Writes server-sent events to one reader.
///
/// Writes wait for the reader. The only buffers are those of the connection: a reader that takes
/// nothing for as long as a connection may be idle is dropped, by the server's idle timeout, and
/// comes back to where it was.
final class EventOutput {

  /// Proxies close connections on which nothing happens; most after 30 or 60 seconds.
  static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private static final int BUFFER = 4_096;

  private final ServletOutputStream out;
  private long writtenAt = System.nanoTime();

  EventOutput(Context context) throws IOException {
    var response = context.res();
    response.setStatus(200);
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("utf-8");
    response.setHeader("X-Accel-Buffering", "no");
    response.setBufferSize(BUFFER);
    // Not the context's stream, which would compress, and with that hold back.
    out = response.getOutputStream();
    // So that the reader's connection is open before anything moves.
    out.print(": here\n\n");
    out.flush();
  }

  /// One event; [#flush] sends it.
  void event(long id, String type, String json) throws IOException {
    out.write(
        ("id: " + id + "\nevent: " + type + "\ndata: " + json + "\n\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  /// The last event: there will be no more, and asking again is useless.
  void end() throws IOException {
    out.print("event: end\ndata: {}\n\n");
    flush();
  }

  void flush() throws IOException {
    out.flush();
    writtenAt = System.nanoTime();
  }

  /// Show that the server is there, if nothing else did for a while. That is also how it is noticed
  /// that the reader has gone.
  void heartbeatIfSilent() throws IOException {
    if (System.nanoTime() - writtenAt >= HEARTBEAT.toNanos()) {
      out.print(": here\n\n");
      flush();
    }
  }
}
