package dev.fleetwright.server.http;

import io.javalin.http.Context;
import java.util.concurrent.ThreadLocalRandom;

/// Names each request in answers and in the log. Ours, never the caller's: a caller's text has no
/// business in a log.
final class RequestId {

  static final String HEADER = "X-Request-Id";
  private static final String ATTRIBUTE = "fleetwright.request";

  private RequestId() {}

  static void give(Context context) {
    var id = "%012x".formatted(ThreadLocalRandom.current().nextLong() & 0xffff_ffff_ffffL);
    context.req().setAttribute(ATTRIBUTE, id);
    context.header(HEADER, id);
  }

  static String of(Context context) {
    return context.req().getAttribute(ATTRIBUTE) instanceof String id ? id : "";
  }
}
