package dev.fleetwright.server.ui;

import gg.jte.Content;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Serves the sample pages, to look at while working on templates and the stylesheet: `mvn -pl
/// server test-compile exec:java -Dexec.classpathScope=test
/// -Dexec.mainClass=dev.fleetwright.server.ui.PreviewServer`.
final class PreviewServer {

  static final String CSP =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
          + " 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors"
          + " 'none'; object-src 'none'; require-trusted-types-for 'script'";

  private static final Map<String, Function<Frame, Content>> PAGES =
      Map.ofEntries(
          Map.entry("/", f -> Html.overview(f, Samples.overview())),
          Map.entry("/empty", f -> Html.overview(f, Samples.empty())),
          Map.entry("/project", f -> Html.project(f, Samples.project())),
          Map.entry("/environment", f -> Html.environment(f, Samples.environment())),
          Map.entry("/environment/deploy", f -> Html.deployPanel(f, Samples.panel())),
          Map.entry("/environment/deploy/preview", f -> Html.preview(f, Samples.impossible())),
          Map.entry("/environment/deploy/choices", f -> Html.choices(f, Samples.panel())),
          Map.entry("/environment/stop", f -> Html.confirmPanel(f, Samples.confirm())),
          Map.entry("/rollback", f -> Html.confirmPanel(f, Samples.confirm())),
          Map.entry("/deploy", f -> Html.deploy(f, Samples.deploy())),
          Map.entry("/waiting", f -> Html.deploy(f, Samples.waiting())),
          Map.entry("/failed", f -> Html.deploy(f, Samples.failed())),
          Map.entry("/pipeline", f -> Html.pipeline(f, Samples.pipelinePage())),
          Map.entry("/job", f -> Html.job(f, Samples.job())),
          Map.entry("/tests", f -> Html.tests(f, Samples.tests())),
          Map.entry("/artifacts", f -> Html.artifacts(f, Samples.artifacts())),
          Map.entry("/release", f -> Html.release(f, Samples.release())),
          Map.entry("/schedules", f -> Html.schedules(f, Samples.schedules())),
          Map.entry("/tokens", f -> Html.tokens(f, Samples.tokens())),
          Map.entry("/secret", f -> Html.secret(f, Samples.secret())),
          Map.entry("/nowhere", f -> Html.message(f, Samples.notFound())),
          Map.entry("/login", f -> Html.login(f, Samples.login())));

  private PreviewServer() {}

  public static void main(String[] arguments) {
    start(arguments.length == 0 ? 8099 : Integer.parseInt(arguments[0]));
  }

  static Javalin start(int port) {
    return Javalin.create(
            config -> {
              config.routes.before(ctx -> ctx.header("Content-Security-Policy", CSP));
              PAGES.forEach((path, page) -> config.routes.get(path, ctx -> show(ctx, path, page)));
              config.routes.get(
                  "/assets/{hash}/{name}",
                  ctx -> {
                    var asset = Samples.ASSETS.at(ctx.path()).orElseThrow();
                    ctx.contentType(asset.contentType()).result(asset.content());
                  });
            })
        .start("127.0.0.1", port);
  }

  private static void show(Context ctx, String path, Function<Frame, Content> page) {
    var theme = ctx.queryParam("theme");
    var frame =
        new Frame(
            Samples.ASSETS,
            path,
            path.equals("/login") ? "" : "root",
            theme == null ? "auto" : theme,
            path.equals("/")
                ? List.of()
                : List.of(
                    new Link("shop", "/project"),
                    new Link("production", "/environment"),
                    new Link("#41", "")),
            path,
            "*",
            path,
            path.equals("/project") ? Samples.problems() : List.of());
    var part = ctx.header("HX-Request") != null;
    ctx.html(part ? Html.part(page.apply(frame)) : Html.page(frame, page.apply(frame)));
  }
}
