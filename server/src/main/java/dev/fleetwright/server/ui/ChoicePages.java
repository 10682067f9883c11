package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.DeployOperations.Wish;
import dev.fleetwright.server.operations.Operations;
import dev.fleetwright.server.ui.Action.Field;
import dev.fleetwright.server.ui.DeployPanel.Choice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Where a person chooses what to deploy, to stop or to go back to, sees what that would change,
/// and asks for exactly that.
final class ChoicePages {

  private static final int CHOICES = 50;
  private static final int SEARCHED = 1000;

  private final Sources sources;
  private final Operations operations;
  private final Framing framing;
  private final Addressed addressed;

  ChoicePages(Sources sources, Operations operations, Framing framing) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
    this.addressed = new Addressed(sources);
  }

  List<Route> routes() {
    var environment = "/projects/{project}/environments/{environment}";
    return List.of(
        Framing.show(environment + "/deploy", "Choose what to deploy.", this::deployPanel),
        Framing.show(environment + "/deploy/choices", "Releases to choose from.", this::choices),
        Framing.show(environment + "/deploy/preview", "What a deploy would change.", this::preview),
        Framing.act(environment + "/deploy", "Deploy.", this::deployNew),
        Framing.show(environment + "/stop", "What stopping would change.", this::stopPanel),
        Framing.act(environment + "/stop", "Take an environment down.", this::stop),
        Framing.show(
            environment + "/rollback", "What rolling back would change.", this::rollbackPanel),
        Framing.act(environment + "/rollback", "Go back to an earlier version.", this::rollBackTo));
  }

  private void deployPanel(Call call) {
    showDeployPanel(call, 200, addressed.environment(call), call.query("release"), List.of());
  }

  private void showDeployPanel(
      Call call,
      int status,
      Environment environment,
      Optional<String> chosen,
      List<Notice> notices) {
    var panel = panel(call, environment, chosen);
    var frame =
        framing.frame(
            call,
            "Deploy to " + environment.name(),
            Framing.crumbs(environment, "deploy"),
            Paths.environment(environment) + "/deploy",
            "",
            "",
            notices);
    Framing.answerPart(call, status, frame, Html.deployPanel(frame, panel));
  }

  private DeployPanel panel(Call call, Environment environment, Optional<String> chosen) {
    var filter = call.query("q").orElse("");
    var found = matching(environment, filter);
    var release =
        chosen.flatMap(number -> release(environment, number)).or(() -> found.stream().findFirst());
    var preview =
        release
            .map(r -> deployPreview(environment, r))
            .orElseGet(() ->
                nothingToShow(
                    "There is no release to deploy yet.",
                    "Run a pipeline: when all its jobs that do not deploy have succeeded, it makes one."));
    return panel(environment, filter, found, release, preview);
  }

  private DeployPanel panel(
      Environment environment,
      String filter,
      List<Release> found,
      Optional<Release> chosen,
      PreviewView preview) {
    var live =
        sources.environments().live(environment.id()).stream()
            .flatMap(l -> l.release().stream())
            .toList();
    return new DeployPanel(
        environment.name().value(),
        Paths.environment(environment),
        filter,
        found.stream()
            .map(r ->
                new Choice(
                    r.number(),
                    r.version(),
                    r.sha().brief(),
                    r.ref(),
                    r.title(),
                    r.author(),
                    Moment.of(r.createdAt(), now()),
                    chosen.filter(r::equals).isPresent(),
                    live.contains(r.id())))
            .toList(),
        preview);
  }

  private List<Release> matching(Environment environment, String filter) {
    var words = filter.strip().toLowerCase(Locale.ROOT);
    return sources
        .releases()
        .of(environment.project(), words.isEmpty() ? CHOICES : SEARCHED, 0)
        .stream()
        .filter(r ->
            r.version().equals(words)
                || r.sha().value().startsWith(words)
                || r.ref().toLowerCase(Locale.ROOT).contains(words)
                || r.title().toLowerCase(Locale.ROOT).contains(words))
        .limit(CHOICES)
        .toList();
  }

  private Optional<Release> release(Environment environment, String number) {
    return number.matches("[0-9]{1,18}")
        ? sources.releases().find(environment.project(), Long.parseLong(number))
        : Optional.empty();
  }

  private void choices(Call call) {
    var environment = addressed.environment(call);
    var frame =
        framing.frame(
            call, "Releases", Framing.crumbs(environment, "deploy"), "", "", "", List.of());
    var filter = call.query("q").orElse("");
    // The preview stays as it is while a person types, and so does what is chosen; what is chosen
    // and no longer in the list is not replaced by something that is.
    var chosen = call.query("preview").flatMap(number -> release(environment, number));
    var panel =
        panel(environment, filter, matching(environment, filter), chosen, nothingToShow("", ""));
    Framing.answerPart(call, 200, frame, Html.choices(frame, panel));
  }

  private void preview(Call call) {
    var environment = addressed.environment(call);
    var number = call.queryRequired("release");
    var release =
        release(environment, number)
            .orElseThrow(() -> Refusal.notFound("release `" + number + "`"));
    var frame =
        framing.frame(
            call, "Preview", Framing.crumbs(environment, "deploy"), "", "", "", List.of());
    Framing.answerPart(call, 200, frame, Html.preview(frame, deployPreview(environment, release)));
  }

  private PreviewView deployPreview(Environment environment, Release release) {
    return previewOf(
        environment,
        new Wish.Start(environment.id(), release.id()),
        Paths.environment(environment) + "/deploy",
        List.of(new Field("preview", Long.toString(release.number()))),
        "Deploy " + release.version(),
        "primary");
  }

  private PreviewView previewOf(
      Environment environment,
      Wish wish,
      String action,
      List<Field> fields,
      String button,
      String style) {
    return switch (operations.deploys().preview(wish)) {
      case Answer.Done<Plan>(var plan) -> {
        var bound = new ArrayList<>(fields);
        bound.add(new Field("plan", plan.hash().hex()));
        bound.add(new Field("once", UUID.randomUUID().toString()));
        yield new PreviewView(
            action,
            bound,
            List.of(PlanPresenter.show(plan, "preview")),
            List.of(),
            button,
            style,
            EnvironmentPresenter.tells(
                plan.approvals(),
                DeployRecords.readable(sources.records().unfinished(environment.id(), 1)),
                newer(environment, plan)));
      }
      case Answer.NotFound<Plan>(var what) -> nothingToShow("There is no " + what + ".", "");
      case Answer.Refused<Plan>(_, var message, var remedy, var problems) ->
          new PreviewView(
              action,
              List.of(),
              List.of(),
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))),
              button,
              style,
              "");
    };
  }

  /// What runs now, if that is newer than what the plan brings.
  private Optional<Release> newer(Environment environment, Plan plan) {
    return sources.environments().live(environment.id()).stream()
        .flatMap(live -> live.release().stream())
        .filter(id -> plan.release().filter(r -> r < id).isPresent())
        .max(Long::compare)
        .flatMap(sources.releases()::find);
  }

  private static PreviewView nothingToShow(String message, String remedy) {
    return new PreviewView(
        "",
        List.of(),
        List.of(),
        List.of(new Notice(Tone.IDLE, "question", message, remedy, List.of())),
        "",
        "plain",
        "");
  }

  private void deployNew(Call call) {
    var environment = addressed.environment(call);
    // What was previewed is what counts: the list may have been filtered or touched since.
    var number = Form.required(call, "preview");
    var release =
        release(environment, number)
            .orElseThrow(() -> Refusal.notFound("release `" + number + "`"));
    ask(
        call,
        environment,
        new Wish.Start(environment.id(), release.id()),
        notice -> showDeployPanel(call, 409, environment, Optional.of(number), List.of(notice)));
  }

  private void stopPanel(Call call) {
    showStopPanel(call, 200, addressed.environment(call), List.of());
  }

  private void showStopPanel(Call call, int status, Environment environment, List<Notice> notices) {
    var path = Paths.environment(environment);
    var panel =
        new ConfirmPanel(
            "Stop " + environment.name(),
            "Everything that runs there is taken away. The history stays, and so do the versions to go back to.",
            environment.name().value(),
            path,
            previewOf(
                environment,
                new Wish.Stop(environment.id()),
                path + "/stop",
                List.of(),
                "Stop " + environment.name(),
                "danger"));
    confirm(call, status, environment, "stop", panel, notices);
  }

  private void stop(Call call) {
    var environment = addressed.environment(call);
    ask(
        call,
        environment,
        new Wish.Stop(environment.id()),
        notice -> showStopPanel(call, 409, environment, List.of(notice)));
  }

  private void rollbackPanel(Call call) {
    var environment = addressed.environment(call);
    showRollbackPanel(
        call, 200, environment, earlier(environment, call.queryRequired("to")), List.of());
  }

  private void showRollbackPanel(
      Call call, int status, Environment environment, DeployView to, List<Notice> notices) {
    var path = Paths.environment(environment);
    var what = DeployPresenter.what(to, to.deploy().release().flatMap(sources.releases()::find));
    var number = to.deploy().number();
    var panel =
        new ConfirmPanel(
            "Roll %s back to %s".formatted(environment.name(), what),
            "What deploy #%d brought is applied again, byte for byte; no pipeline runs."
                .formatted(number),
            environment.name().value(),
            path,
            previewOf(
                environment,
                new Wish.GoBack(environment.id(), to.deploy().id()),
                path + "/rollback",
                List.of(new Field("to", Long.toString(number))),
                "Roll back to " + what.split(" ", 2)[0],
                "danger"));
    confirm(call, status, environment, "rollback", panel, notices);
  }

  private void rollBackTo(Call call) {
    var environment = addressed.environment(call);
    var to = earlier(environment, Form.required(call, "to"));
    ask(
        call,
        environment,
        new Wish.GoBack(environment.id(), to.deploy().id()),
        notice -> showRollbackPanel(call, 409, environment, to, List.of(notice)));
  }

  private DeployView earlier(Environment environment, String number) {
    return Optional.of(number)
        .filter(n -> n.matches("[0-9]{1,18}"))
        .flatMap(n -> sources.deploys().find(environment.project(), Long.parseLong(n)))
        .filter(v -> v.deploy().environment() == environment.id())
        .orElseThrow(() -> Refusal.notFound("deploy `" + number + "`"));
  }

  private void confirm(
      Call call,
      int status,
      Environment environment,
      String what,
      ConfirmPanel panel,
      List<Notice> notices) {
    var frame =
        framing.frame(
            call, panel.title(), Framing.crumbs(environment, what), panel.back(), "", "", notices);
    Framing.answerPart(call, status, frame, Html.confirmPanel(frame, panel));
  }

  /// What is shown when it cannot be done.
  @FunctionalInterface
  private interface Otherwise {
    void show(Notice notice);
  }

  private void ask(Call call, Environment environment, Wish wish, Otherwise otherwise) {
    var plan = Form.given(call, "plan").map(Form::digest);
    var once = Form.given(call, "once").filter(k -> k.length() <= 100);
    var notBefore = Form.given(call, "not_before").map(Form::moment);
    switch (operations
        .deploys()
        .deploy(wish, plan, once, notBefore, Form.reason(call), call.actor())) {
      case Answer.Done<DeployView>(var view) ->
          call.goTo(Paths.deploy(environment.project(), view.deploy().number()));
      case Answer.NotFound<DeployView>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<DeployView>(_, var message, var remedy, var problems) ->
          otherwise.show(Notice.refusal(message, remedy, ProjectPresenter.lines(problems)));
    }
  }

  private Instant now() {
    return sources.clock().instant();
  }
}
