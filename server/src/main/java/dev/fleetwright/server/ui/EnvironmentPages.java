package dev.fleetwright.server.ui;

import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.Operations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// One environment: what runs there.
final class EnvironmentPages {

  private static final int LOG_LINES = 200;

  private final Sources sources;
  private final Operations operations;
  private final Framing framing;
  private final Addressed addressed;
  private final EnvironmentPresenter environments;

  EnvironmentPages(Sources sources, Operations operations, Framing framing, Tiles tiles) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
    this.addressed = new Addressed(sources);
    this.environments = new EnvironmentPresenter(sources, tiles);
  }

  List<Route> routes() {
    var environment = "/projects/{project}/environments/{environment}";
    return List.of(
        Framing.show(environment, "One environment.", this::environment),
        Framing.act(environment + "/hold", "Take nothing by itself.", this::hold),
        Framing.act(environment + "/hold/lift", "Take by itself again.", this::lift),
        Framing.show(environment + "/log", "What a component prints.", this::componentLog));
  }

  private void environment(Call call) throws InterruptedException {
    showEnvironment(call, 200, addressed.environment(call), List.of());
  }

  private void showEnvironment(Call call, int status, Environment environment, List<Notice> notices)
      throws InterruptedException {
    var asked = call.queryNumber("history").orElse(EnvironmentPresenter.HISTORY);
    var most = Math.clamp(asked, EnvironmentPresenter.HISTORY, 500);
    var page =
        environments.page(
            environment,
            operations.deploys().waysBack(environment, Duration.ZERO),
            operations.environments().alarms(environment),
            operations.deploys().versions(environment),
            most,
            now());
    var path = Paths.environment(environment);
    var frame =
        framing.frame(
            call,
            page.name(),
            Framing.crumbs(environment, ""),
            most == EnvironmentPresenter.HISTORY ? path : path + "?history=" + most,
            Framing.live(environment),
            page.underway().stream()
                .findFirst()
                .map(u -> page.name() + ": " + u.badge().word() + " " + u.words())
                .orElse(""),
            notices);
    Framing.answer(call, status, frame, Html.environment(frame, page));
  }

  private void hold(Call call) throws InterruptedException {
    var environment = addressed.environment(call);
    after(
        call,
        environment,
        operations.environments().hold(environment, Form.reason(call), call.actor()));
  }

  private void lift(Call call) throws InterruptedException {
    var environment = addressed.environment(call);
    after(call, environment, operations.environments().lift(environment, call.actor()));
  }

  private void after(Call call, Environment environment, Answer<?> answer)
      throws InterruptedException {
    switch (answer) {
      case Answer.Done<?> _ -> call.goTo(Paths.environment(environment));
      case Answer.NotFound<?>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<?>(_, var message, var remedy, var problems) ->
          showEnvironment(
              call,
              409,
              environment,
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  private void componentLog(Call call) {
    var environment = addressed.environment(call);
    var name = call.queryRequired("target");
    var component = call.queryRequired("component");
    var binding =
        environment.targets().stream()
            .filter(b -> b.name().equals(name))
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("target `" + name + "`"));
    var target = sources.targets().open(binding);
    var lines =
        target
            .logs()
            .orElseThrow(() -> Refusal.notFound("a log on target `" + name + "`"))
            .last(environment.placeOn(name), component, LOG_LINES);
    var frame =
        framing.frame(call, "Log", Framing.crumbs(environment, "log"), "", "", "", List.of());
    Framing.answerPart(call, frame, Html.componentLog(LogParts.of(lines)));
  }

  private Instant now() {
    return sources.clock().instant();
  }
}
