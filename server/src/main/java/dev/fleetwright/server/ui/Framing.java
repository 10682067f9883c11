package dev.fleetwright.server.ui;

import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.server.http.Access;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Route;
import gg.jte.Content;
import java.util.ArrayList;
import java.util.List;

/// What pages have in common: the frame around them, and how they are answered.
final class Framing {

  private final Assets assets;

  Framing(Assets assets) {
    this.assets = assets;
  }

  /// A page.
  static Route show(String path, String summary, Route.Action action) {
    return Route.get(path, Access.SIGNED_IN, summary).page(action);
  }

  /// A form that changes something.
  static Route act(String path, String summary, Route.Action action) {
    return Route.post(path, Access.SIGNED_IN, summary).page(action);
  }

  Frame frame(
      Call call,
      String title,
      List<Link> crumbs,
      String self,
      String live,
      String announce,
      List<Notice> notices) {
    var theme = call.context().cookie("fleetwright-theme");
    return frame(
        title,
        call.actor().name(),
        theme == null ? "auto" : theme,
        crumbs,
        self,
        live,
        announce,
        notices);
  }

  Frame frame(
      String title,
      String visitor,
      String theme,
      List<Link> crumbs,
      String self,
      String live,
      String announce,
      List<Notice> notices) {
    return new Frame(
        assets,
        title,
        visitor,
        List.of("light", "dark").contains(theme) ? theme : "auto",
        crumbs,
        self,
        live,
        announce,
        notices);
  }

  /// What moves on the pages of an environment.
  static String live(Environment environment) {
    return "project=%s environment=%s"
        .formatted(environment.project(), Paths.encoded(environment.name().value()));
  }

  /// @param last empty on the environment's own page
  static List<Link> crumbs(Environment environment, String last) {
    var crumbs = new ArrayList<Link>();
    var project = environment.project();
    crumbs.add(new Link(project.value(), Paths.project(project)));
    crumbs.add(
        new Link(environment.name().value(), last.isEmpty() ? "" : Paths.environment(environment)));
    if (!last.isEmpty()) {
      crumbs.add(new Link(last, ""));
    }
    return crumbs;
  }

  /// @param last empty on the pipeline's own page
  static List<Link> crumbs(Pipeline pipeline, String title, String last) {
    var crumbs = new ArrayList<Link>();
    crumbs.add(new Link(pipeline.project().value(), Paths.project(pipeline.project())));
    crumbs.add(
        new Link(
            title, last.isEmpty() ? "" : Paths.pipeline(pipeline.project(), pipeline.number())));
    if (!last.isEmpty()) {
      crumbs.add(new Link(last, ""));
    }
    return crumbs;
  }

  /// A secret that was just made. Not redirected: it is in this answer and nowhere else.
  ///
  /// @param list where one came from
  /// @param name of what it is for, as the last crumb
  void answerSecret(Call call, Link list, String name, SecretPage page) {
    var frame = frame(call, page.title(), List.of(list, new Link(name, "")), "", "", "", List.of());
    answer(call, 200, frame, Html.secret(frame, page));
  }

  /// The page, or the part of it that changes when only that is asked for.
  static void answer(Call call, int status, Frame frame, Content body) {
    call.html(status, asksForPart(call) ? Html.region(frame, body) : Html.page(frame, body));
  }

  static void answerPart(Call call, Frame frame, Content part) {
    answerPart(call, 200, frame, part);
  }

  /// A part that is put somewhere into a page; opened on its own, it has a page around it.
  static void answerPart(Call call, int status, Frame frame, Content part) {
    call.html(status, asksForPart(call) ? Html.part(part) : Html.page(frame, part));
  }

  private static boolean asksForPart(Call call) {
    return call.header("HX-Request").isPresent()
        && call.header("HX-History-Restore-Request").isEmpty();
  }
}
