package dev.fleetwright.server.http;

import dev.fleetwright.api.Failure;
import dev.fleetwright.api.Json;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.engine.StoreFull;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.server.auth.Caller;
import dev.fleetwright.server.auth.SealingKey.KeyUnusable;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes requests to their routes and turns whatever happens there into an answer.
final class Router {

  private static final Logger log = LoggerFactory.getLogger(Router.class);

  private final List<Route> routes;
  private final Doorkeeper doorkeeper;
  private final Headers headers;
  private final Screens screens;
  private final Metrics metrics;

  Router(
      List<Route> routes,
      Doorkeeper doorkeeper,
      Headers headers,
      Screens screens,
      Metrics metrics) {
    this.routes = routes;
    this.doorkeeper = doorkeeper;
    this.headers = headers;
    this.screens = screens;
    this.metrics = metrics;
    checkNoneTwice();
  }

  void addTo(JavalinConfig config) {
    config.routes.before(context -> {
      RequestId.give(context);
      headers.put(context);
    });
    for (var route : routes) {
      config.routes.addHttpHandler(
          route.method().type(), route.path(), context -> enter(route, context));
      if (route.method() == Method.GET && !(route.gives() instanceof Gives.Events)) {
        // Otherwise Javalin would answer 200 without asking who calls.
        config.routes.addHttpHandler(
            HandlerType.HEAD, route.path(), context -> enter(route, context));
      }
    }
    // What reaches no route.
    config.routes.exception(
        HttpResponseException.class,
        (failed, context) ->
            refuse(context, outside(failed.getStatus(), context), seenByAPerson(context)));
    config.routes.exception(
        Exception.class,
        (failed, context) -> refuse(context, refusal(failed, context, "none"), Optional.empty()));
  }

  private void enter(Route route, Context context) {
    var begun = System.nanoTime();
    Optional<Caller> caller = Optional.empty();
    try {
      caller = doorkeeper.admit(route, context);
      route.action().run(new Call(context, caller));
    } catch (Exception e) {
      var refusal = refusal(e, context, route.path());
      if (!route.forPrograms() && refusal.status() == 401) {
        sendToLogin(route, context);
      } else {
        refuse(
            context,
            refusal,
            route.forPrograms() ? Optional.empty() : Optional.of(caller.isPresent()));
      }
    } finally {
      if (!(route.gives() instanceof Gives.Events)) {
        metrics.answered(route, context.res().getStatus(), System.nanoTime() - begun);
      }
    }
  }

  private static Refusal refusal(Exception e, Context context, String route) {
    return switch (e) {
      case Refusal refusal -> refusal;
      case StoreFull full -> Refusal.full(String.valueOf(full.getMessage()));
      case StoreUnavailable unavailable -> {
        log.atWarn()
            .addKeyValue("request", RequestId.of(context))
            .setCause(unavailable)
            .log("database cannot work now");
        yield Refusal.unavailable("the database cannot be reached now");
      }
      case TargetUnreachable unreachable ->
          Refusal.targetUnreachable("a target did not answer: " + unreachable.getMessage());
      case RecordUnreadable unreadable -> {
        var _ = fault(unreadable, context, route);
        yield Refusal.unreadable(String.valueOf(unreadable.getMessage()));
      }
      case KeyUnusable unusable -> fault(unusable, context, route);
      case InterruptedException _ -> {
        Thread.currentThread().interrupt();
        yield Refusal.unavailable("the server is stopping");
      }
      default -> fault(e, context, route);
    };
  }

  private static Refusal fault(Exception e, Context context, String route) {
    if (context.res().isCommitted() && e instanceof IOException) {
      // Who asked has gone away in the middle of the answer.
      return Refusal.fault();
    }
    log.atError()
        .addKeyValue("request", RequestId.of(context))
        .addKeyValue("method", context.req().getMethod())
        .addKeyValue("route", route)
        .setCause(e)
        .log("request failed");
    return Refusal.fault();
  }

  /// What reaches no route is answered to whoever seems to ask.
  private static Optional<Boolean> seenByAPerson(Context context) {
    var accept = context.req().getHeader("Accept");
    var page = accept != null && accept.contains("text/html");
    return page && !context.req().getRequestURI().startsWith("/api/")
        ? Optional.of(false)
        : Optional.empty();
  }

  /// @param signedIn for a page that a person sees; empty for programs
  private void refuse(Context context, Refusal refusal, Optional<Boolean> signedIn) {
    if (context.res().isCommitted()) {
      return;
    }
    var failure = refusal.failure(RequestId.of(context));
    refusal
        .retryAfter()
        .ifPresent(wait -> context.header("Retry-After", Long.toString(wait.toSeconds())));
    if (refusal.status() == 401) {
      context.header("WWW-Authenticate", "Bearer realm=\"fleetwright\"");
    }
    context.status(refusal.status());
    if (signedIn.isPresent()) {
      context
          .contentType("text/html; charset=utf-8")
          .result(screens.failure(refusal.status(), failure, signedIn.get()));
    } else {
      context.contentType("application/json").result(bytes(failure));
    }
  }

  static byte[] bytes(Failure failure) {
    try {
      return Json.strict().writeValueAsBytes(new Failure.Body(failure));
    } catch (IOException e) {
      throw new AssertionError("a failure is only text", e);
    }
  }

  private static void sendToLogin(Route route, Context context) {
    var query = context.queryString();
    var here = context.req().getRequestURI() + (query == null ? "" : "?" + query);
    var next = route.method() == Method.GET ? LocalPath.or(here, "/") : "/";
    var login = "/login?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
    if (context.req().getHeader("HX-Request") != null) {
      // A part of a page cannot follow a redirection to a whole one.
      context.status(401).header("HX-Redirect", "/login");
    } else {
      context.status(303).header("Location", login);
    }
  }

  private Refusal outside(int status, Context context) {
    return switch (status) {
      case 405 -> {
        var allowed = allowed(context.req().getRequestURI());
        context.header("Allow", allowed);
        yield Refusal.methodNotAllowed(allowed);
      }
      case 413 -> Refusal.tooLarge(Call.LARGEST_BODY);
      case 404 -> Refusal.notFound("this path");
      default -> Refusal.malformed("the request cannot be understood", "see /api/v1/openapi.json");
    };
  }

  private String allowed(String path) {
    return routes.stream()
        .filter(r -> matches(r.path(), path))
        .map(r -> r.method().name())
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static boolean matches(String pattern, String path) {
    var wanted = pattern.split("/", -1);
    var given = path.split("/", -1);
    if (wanted.length != given.length) {
      return false;
    }
    for (var i = 0; i < wanted.length; i++) {
      if (!wanted[i].startsWith("{") && !wanted[i].equals(given[i])) {
        return false;
      }
    }
    return true;
  }

  private void checkNoneTwice() {
    routes.stream()
        .map(r -> r.method() + " " + r.path().replaceAll("\\{[^}]*}", "{}"))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .forEach((route, count) -> {
          if (count > 1) {
            throw new IllegalStateException("two routes are " + route);
          }
        });
  }
}
