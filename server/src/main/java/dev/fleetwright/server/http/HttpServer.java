package dev.fleetwright.server.http;

import dev.fleetwright.api.Json;
import dev.fleetwright.server.auth.BrowserDoor;
import dev.fleetwright.server.auth.Failures;
import dev.fleetwright.server.auth.LoginCodes;
import dev.fleetwright.server.auth.TokenDoor;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.json.JavalinJackson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// The HTTP server: routes on Javalin and Jetty, each request on a virtual thread of its own.
public final class HttpServer implements AutoCloseable {

  /// Longer than the time between two heartbeats of an event stream. A reader that takes nothing
  /// for so long is dropped.
  private static final Duration IDLE = Duration.ofSeconds(30);

  private static final int MOST_CONNECTIONS = 10_000;

  private final List<Route> routes;
  private final FeedHub hub;
  private final Javalin javalin;

  private HttpServer(List<Route> routes, FeedHub hub, Javalin javalin) {
    this.routes = routes;
    this.hub = hub;
    this.javalin = javalin;
  }

  /// Serve at an address; returns when requests are answered.
  public static HttpServer start(Listener listener, Served served) {
    var clock = served.clock();
    var metrics = served.metrics();
    var deployMetrics = new DeployMetrics(metrics);
    var hub =
        new FeedHub(
            served.feed(),
            entry -> {
              metrics.moved(entry);
              deployMetrics.moved(entry);
            });
    var address = new PublicAddress(served.publicUrl());
    var tokens = new TokenDoor(served.tokens(), clock);
    var browsers = new BrowserDoor(served.sessions(), tokens, clock);
    var doorkeeper =
        new Doorkeeper(tokens, browsers, new Failures(30, Duration.ofMinutes(1), clock), address);
    var routes = new ArrayList<Route>();
    var login =
        new LoginRoutes(
            doorkeeper, browsers, new LoginCodes(clock), address, served.screens(), clock);
    routes.addAll(
        new HealthRoutes(served.feed(), served.engineRuns(), served.draining(), hub, metrics)
            .routes());
    routes.addAll(login.routes());
    routes.addAll(
        new WebhookRoutes(
                served.projects(),
                served.webhookSecrets(),
                new Failures(120, Duration.ofMinutes(1), clock),
                served.moved(),
                clock)
            .routes());
    routes.addAll(api(served, hub, browsers, metrics));
    routes.add(openApi(routes, served.version()));
    routes.addAll(served.pages());
    var router =
        new Router(
            List.copyOf(routes),
            doorkeeper,
            new Headers(address.https()),
            served.screens(),
            metrics);
    var javalin = Javalin.create(config -> configure(config, listener, router)).start();
    var _ =
        Thread.ofVirtual()
            .name("deploy metrics")
            .start(() ->
                deployMetrics.load(served.projects(), served.environments(), served.records()));
    return new HttpServer(List.copyOf(routes), hub, javalin);
  }

  private static List<Route> api(
      Served served, FeedHub hub, BrowserDoor browsers, Metrics metrics) {
    var clock = served.clock();
    var operations = served.operations();
    var kept = new KeptAnswers(served.feed());
    var routes = new ArrayList<Route>();
    routes.addAll(
        new ProjectRoutes(
                served.projects(),
                operations.projects(),
                operations.access(),
                served.webhookSecrets(),
                clock)
            .routes());
    routes.addAll(
        new PipelineRoutes(
                served.projects(),
                served.pipelines(),
                served.releases(),
                operations.pipelines(),
                operations.runners(),
                clock)
            .routes());
    routes.addAll(
        new ReleaseRoutes(
                served.projects(),
                served.environments(),
                served.releases(),
                operations.images(),
                operations.deploys(),
                clock)
            .routes());
    routes.addAll(
        new EnvironmentRoutes(
                served.projects(),
                served.environments(),
                served.environmentLists(),
                served.releases(),
                served.records(),
                served.targets(),
                new LiveRevisions(served.blobs()),
                operations.deploys(),
                operations.environments(),
                kept,
                clock)
            .routes());
    routes.addAll(
        new DeployRoutes(
                served.projects(),
                served.repositories(),
                served.environments(),
                served.environmentLists(),
                served.releases(),
                served.deploys(),
                served.records(),
                operations.deploys(),
                kept,
                clock)
            .routes());
    routes.addAll(new TestReportRoutes(served.pipelines(), served.operations().tests()).routes());
    routes.addAll(
        new ArtifactRoutes(served.pipelines(), served.blobs(), served.operations().artifacts())
            .routes());
    routes.addAll(
        new TrainRoutes(
                served.environments(),
                served.releases(),
                served.records(),
                served.trains(),
                operations,
                clock)
            .routes());
    routes.addAll(
        new LogRoutes(served.logs(), served.pipelines(), served.deploys(), hub, browsers, metrics)
            .routes());
    routes.addAll(
        new EventRoutes(
                hub, served.deploys(), served.environments(), browsers, metrics, served.clock())
            .routes());
    routes.addAll(new StatusRoutes(served.projects(), served.statuses(), clock).routes());
    routes.addAll(LintRoutes.routes());
    routes.addAll(new LedgerRoutes(served.ledger(), clock).routes());
    routes.addAll(new ServerRoutes(served.draining(), served.ledger(), clock).routes());
    routes.addAll(new ScheduleRoutes(served.projects(), operations.schedules(), clock).routes());
    routes.addAll(new TokenRoutes(operations.access(), clock).routes());
    routes.addAll(new RunnerAdminRoutes(operations.runners(), clock).routes());
    routes.addAll(forRunners(served));
    return routes;
  }

  private static List<Route> forRunners(Served served) {
    var door = served.runnerDoor();
    var operations = served.operations();
    // A runner asks every three seconds and has many jobs; who guesses is counted for all of it.
    var failures = new Failures(120, Duration.ofMinutes(1), served.clock());
    var routes = new ArrayList<Route>();
    routes.addAll(
        new RunnerRoutes(
                door.runners(),
                operations.runners(),
                operations.runnerWork(),
                served.repositories(),
                door.registrationToken(),
                failures,
                served.clock())
            .routes());
    routes.addAll(
        new RunnerJobRoutes(
                operations.runnerWork(),
                operations.jobTraces(),
                operations.jobUploads(),
                served.blobs(),
                door.incoming(),
                failures)
            .routes());
    routes.addAll(
        new GitRoutes(
                operations.runnerWork(),
                served.projects(),
                served.repositories(),
                door.serving(),
                failures)
            .routes());
    return routes;
  }

  /// Made when it is asked for first: most servers never are.
  private static Route openApi(List<Route> routes, String version) {
    return Route.get(
            "/api/v1/openapi.json", Access.SIGNED_IN, "This description of the API, OpenAPI 3.1.")
        .json(call ->
            call.json(
                200, OpenApi.describe(routes.stream().filter(Route::described).toList(), version)));
  }

  private static void configure(JavalinConfig config, Listener listener, Router router) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    // We write JSON ourselves; this keeps Javalin from looking for a mapper in the class path.
    config.jsonMapper(new JavalinJackson(Json.strict(), true));
    config.http.prefer405over404 = true;
    config.http.maxRequestSize = Call.LARGEST_BODY;
    // A path means what it says, to the letter.
    config.router.ignoreTrailingSlashes = false;
    config.router.treatMultipleSlashesAsSingleSlash = false;
    config.router.caseInsensitiveRoutes = false;
    config.jetty.modifyHttpConfiguration(HttpServer::configure);
    config.jetty.modifyServletContextHandler(
        handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));
    config.jetty.modifyServer(server -> {
      server.setErrorHandler(new JettyErrors());
      server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
    });
    config.jetty.addConnector((server, http) -> connector(server, http, listener));
    router.addTo(config);
  }

  private static void configure(HttpConfiguration http) {
    // Environments have names such as `review/x`, so `%2F` may be part of a segment. Every other
    // way to write a path that two readers read differently stays refused (CVE-2024-27198).
    http.setUriCompliance(UriCompliance.from(EnumSet.of(Violation.AMBIGUOUS_PATH_SEPARATOR)));
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
  }

  private static Connector connector(Server server, HttpConfiguration http, Listener listener) {
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setIdleTimeout(IDLE.toMillis());
    try {
      connector.open(listener.channel());
    } catch (IOException e) {
      throw new UncheckedIOException("listening at " + listener.uri(), e);
    }
    return connector;
  }

  /// Everything that can be asked.
  public List<Route> routes() {
    return routes;
  }

  /// End the streams of events, answer what was asked, and stop.
  @Override
  public void close() {
    hub.close();
    javalin.stop();
  }
}
