package dev.fleetwright.server.ui;

import dev.fleetwright.api.Failure;
import dev.fleetwright.server.http.Access;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.http.Screens;
import dev.fleetwright.server.operations.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Every page for people, and what its buttons do.
///
/// A page works without scripts. With them, the same address gives only the part of a page that
/// changes when the request says `HX-Request`: one address, one template, two sizes.
///
/// What changes something is a form that is posted, goes through the operations, and answers with
/// the way to the page that shows what became of it. A refusal shows the page that it came from,
/// with the reason on top.
public final class Pages implements Screens {

  private final Assets assets = new Assets();
  private final Framing framing = new Framing(assets);
  private final Sources sources;
  private final OverviewPresenter overview;
  private final List<Route> subjects;

  public Pages(Sources sources, Operations operations) {
    this.sources = sources;
    var tiles =
        new Tiles(
            sources,
            new Sightings(sources.targets(), sources.clock()),
            new Behind(sources.projects(), sources.repositories()));
    var tails = new LogTails(new LogParts(sources.logs()));
    this.overview = new OverviewPresenter(sources, tiles);
    this.subjects =
        Stream.of(
                new ProjectPages(sources, operations, framing, tiles).routes(),
                new EnvironmentPages(sources, operations, framing, tiles).routes(),
                new ChoicePages(sources, operations, framing).routes(),
                new DeployPages(sources, operations, framing, tails).routes(),
                new TrainPages(sources, operations, framing).routes(),
                new PipelinePages(sources, operations, framing, tails).routes(),
                new ReleasePages(sources, framing).routes(),
                new SchedulePages(sources, operations, framing).routes(),
                new RunnerPages(sources, operations.runners(), framing).routes(),
                new TokenPages(operations.access(), framing, sources.clock()).routes())
            .flatMap(List::stream)
            .toList();
  }

  /// The pages, for the router.
  public List<Route> routes() {
    var routes = new ArrayList<Route>();
    routes.add(
        Route.get("/assets/{hash}/{name}", Access.OPEN, "A file of the pages.").page(this::asset));
    routes.add(Framing.show("/", "What runs where.", this::overview));
    routes.addAll(subjects);
    return routes;
  }

  @Override
  public String login(Optional<String> complaint, String next) {
    var frame = framing.frame("Sign in", "", "auto", List.of(), "/login", "", "", List.of());
    return Html.page(frame, Html.login(frame, new LoginPage(next, complaint.orElse(""))));
  }

  @Override
  public String failure(int status, Failure failure, boolean signedIn) {
    var frame =
        framing.frame(
            failureTitle(status),
            signedIn ? "you" : "",
            "auto",
            List.of(new Link(failureTitle(status), "")),
            "/",
            "",
            "",
            List.of());
    var page =
        new MessagePage(
            Integer.toString(status),
            failureIcon(status),
            failureTitle(status),
            failure.message(),
            failure.remedy(),
            failure.request().isEmpty() ? "" : "Request " + failure.request(),
            signedIn ? new Link("To the overview", "/") : new Link("Sign in", "/login"));
    return Html.page(frame, Html.message(frame, page));
  }

  private static String failureTitle(int status) {
    return switch (status) {
      case 401 -> "Not signed in";
      case 403 -> "This is not allowed";
      case 404 -> "There is nothing here";
      case 409 -> "That is not possible now";
      case 429 -> "Too many requests";
      case 503 -> "Not now";
      default -> status < 500 ? "That could not be understood" : "The server made a mistake";
    };
  }

  private static String failureIcon(int status) {
    return switch (status) {
      case 401, 403 -> "lock";
      case 404 -> "compass";
      case 429, 503 -> "clock";
      default -> "warning";
    };
  }

  private void asset(Call call) {
    var found = assets.at(call.context().path());
    if (found.isEmpty()) {
      throw Refusal.notFound("file `" + call.path("name") + "`");
    }
    call.context()
        .header("Cache-Control", "public, max-age=31536000, immutable")
        .contentType(found.get().contentType())
        .result(found.get().content());
  }

  private void overview(Call call) {
    var filter = call.query("q").orElse("");
    var page = overview.page(filter, call.page(), sources.clock().instant());
    var self = "/?page=" + call.page() + (filter.isEmpty() ? "" : "&q=" + Paths.encoded(filter));
    var frame = framing.frame(call, "Overview", List.of(), self, "*", "", List.of());
    Framing.answer(call, 200, frame, Html.overview(frame, page));
  }
}
