package dev.fleetwright.server.http;

import dev.fleetwright.api.Failure;
import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers what Jetty turns away before it comes to us, such as a path that can be read in two
/// ways. Says nothing of the request: it is not understood.
final class JettyErrors implements Request.Handler {

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    var failure =
        new Failure(
            "malformed",
            Failure.Kind.USER,
            "the request cannot be understood",
            "see /api/v1/openapi.json",
            List.of(),
            "");
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(Router.bytes(failure)), callback);
    return true;
  }
}
