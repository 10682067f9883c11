package dev.fleetwright.server.ui;

import dev.fleetwright.api.Failure;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.server.http.Access;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.http.Screens;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.DeployOperations.Finding;
import dev.fleetwright.server.operations.DeployOperations.Wish;
import dev.fleetwright.server.operations.Operations;
import dev.fleetwright.server.ui.Action.Field;
import dev.fleetwright.server.ui.DeployPanel.Choice;
import gg.jte.Content;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// Every page for people, and what its buttons do.
///
/// A page works without scripts. With them, the same address gives only the part of a page that
/// changes when the request says `HX-Request`: one address, one template, two sizes.
///
/// What changes something is a form that is posted, goes through the operations, and answers with
/// the way to the page that shows what became of it. A refusal shows the page that it came from,
/// with the reason on top.
public final class Pages implements Screens {

  private static final int CHOICES = 50;
  private static final int SEARCHED = 1000;
  private static final int EARLIER = 200;
  private static final int LOG_LINES = 200;
  private static final int MOST_WAITING_FOR_LOGS = 2000;

  private final Sources sources;
  private final Operations operations;
  private final Assets assets = new Assets();
  private final OverviewPresenter overview;
  private final ProjectPresenter projects;
  private final EnvironmentPresenter environments;
  private final PipelinePresenter pipelines;
  private final LogParts logs;
  private final Semaphore waitingForLogs = new Semaphore(MOST_WAITING_FOR_LOGS);

  public Pages(Sources sources, Operations operations) {
    this.sources = sources;
    this.operations = operations;
    var tiles =
        new Tiles(
            sources,
            new Sightings(sources.targets(), sources.clock()),
            new Behind(sources.projects(), sources.repositories()));
    this.overview = new OverviewPresenter(sources, tiles);
    this.projects = new ProjectPresenter(sources, tiles);
    this.environments = new EnvironmentPresenter(sources, tiles);
    this.pipelines = new PipelinePresenter(sources);
    this.logs = new LogParts(sources.logs());
  }

  /// The pages, for the router.
  public List<Route> routes() {
    var environment = "/projects/{project}/environments/{environment}";
    var deploy = "/projects/{project}/deploys/{number}";
    var pipeline = "/projects/{project}/pipelines/{number}";
    var job = "/projects/{project}/jobs/{job}";
    return List.of(
        Route.get("/assets/{hash}/{name}", Access.OPEN, "A file of the pages.").page(this::asset),
        show("/", "What runs where.", this::overview),
        show("/projects/{project}", "One project.", this::project),
        act("/projects/{project}/pipelines", "Run a pipeline.", this::runPipeline),
        show(environment, "One environment.", this::environment),
        show(environment + "/log", "What a component prints.", this::componentLog),
        show(environment + "/deploy", "Choose what to deploy.", this::deployPanel),
        show(environment + "/deploy/choices", "Releases to choose from.", this::choices),
        show(environment + "/deploy/preview", "What a deploy would change.", this::preview),
        act(environment + "/deploy", "Deploy.", this::deployNew),
        show(environment + "/stop", "What stopping would change.", this::stopPanel),
        act(environment + "/stop", "Take an environment down.", this::stop),
        show(environment + "/rollback", "What rolling back would change.", this::rollbackPanel),
        act(environment + "/rollback", "Go back to an earlier version.", this::rollBackTo),
        show(deploy, "One deploy.", this::deploy),
        show(deploy + "/log", "What a deploy says.", this::deployLog),
        act(deploy + "/approve", "Approve a plan.", this::approve),
        act(deploy + "/reject", "Reject a plan.", this::reject),
        act(deploy + "/pause", "Stop before the next step.", this::pause),
        act(deploy + "/resume", "Go on.", this::resume),
        act(deploy + "/cancel", "End a deploy.", this::cancelDeploy),
        act(deploy + "/rollback", "Take back what was done.", this::rollBackUnderWay),
        act(deploy + "/doubt", "Say what became of a step.", this::settleDoubt),
        show(pipeline, "One pipeline.", this::pipeline),
        act(pipeline + "/cancel", "End a pipeline.", this::cancelPipeline),
        show(job, "One job.", this::job),
        show(job + "/log", "What a job prints.", this::jobLog),
        act(job + "/play", "Start a manual job.", this::playJob),
        act(job + "/retry", "Run a job again.", this::retryJob),
        act(job + "/cancel", "End a job.", this::cancelJob));
  }

  private static Route show(String path, String summary, Route.Action action) {
    return Route.get(path, Access.SIGNED_IN, summary).page(action);
  }

  private static Route act(String path, String summary, Route.Action action) {
    return Route.post(path, Access.SIGNED_IN, summary).page(action);
  }

  // --- outside of everything ---------------------------------------------------------------------

  @Override
  public String login(Optional<String> complaint, String next) {
    var frame = frame("Sign in", "", "auto", List.of(), "/login", "", "", List.of());
    return Html.page(frame, Html.login(frame, new LoginPage(next, complaint.orElse(""))));
  }

  @Override
  public String failure(int status, Failure failure, boolean signedIn) {
    var frame =
        frame(
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

  // --- pages
  // --------------------------------------------------------------------------------------

  private void overview(Call call) {
    var filter = call.query("q").orElse("");
    var page = overview.page(filter, call.page(), now());
    var self = "/?page=" + call.page() + (filter.isEmpty() ? "" : "&q=" + Paths.encoded(filter));
    var frame = frame(call, "Overview", List.of(), self, "*", "", List.of());
    answer(call, 200, frame, Html.overview(frame, page));
  }

  private void project(Call call) {
    showProject(call, 200, theProject(call), List.of());
  }

  private void showProject(Call call, int status, Project project, List<Notice> notices) {
    var all = new ArrayList<>(notices);
    all.addAll(ProjectPresenter.notices(project, operations.projects().problems(project)));
    var name = project.name().value();
    var path = Paths.project(project.name());
    var frame = frame(call, name, List.of(new Link(name, "")), path, "project=" + name, "", all);
    answer(call, status, frame, Html.project(frame, projects.page(project, now())));
  }

  private void environment(Call call) throws InterruptedException {
    showEnvironment(call, 200, theEnvironment(call), List.of());
  }

  private void showEnvironment(Call call, int status, Environment environment, List<Notice> notices)
      throws InterruptedException {
    var asked = call.queryNumber("history").orElse(EnvironmentPresenter.HISTORY);
    var most = Math.clamp(asked, EnvironmentPresenter.HISTORY, 500);
    var page =
        environments.page(environment, operations.deploys().waysBack(environment), most, now());
    var path = Paths.environment(environment);
    var frame =
        frame(
            call,
            page.name(),
            crumbs(environment, ""),
            most == EnvironmentPresenter.HISTORY ? path : path + "?history=" + most,
            live(environment),
            page.underway().stream()
                .findFirst()
                .map(u -> page.name() + ": " + u.badge().word() + " " + u.words())
                .orElse(""),
            notices);
    answer(call, status, frame, Html.environment(frame, page));
  }

  private void componentLog(Call call) {
    var environment = theEnvironment(call);
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
    var frame = frame(call, "Log", crumbs(environment, "log"), "", "", "", List.of());
    answerPart(call, frame, Html.componentLog(LogParts.of(lines)));
  }

  private void deploy(Call call) {
    showDeploy(call, 200, theDeploy(call), List.of());
  }

  private void showDeploy(Call call, int status, Shown shown, List<Notice> notices) {
    var view = shown.view();
    var deploy = view.deploy();
    var presenter =
        new DeployPresenter(
            view,
            shown.environment(),
            deploy.release().flatMap(sources.releases()::find),
            sources.deploys().events(deploy.id()),
            call.actor().name(),
            now());
    var path = Paths.deploy(shown.environment().project(), deploy.number());
    var page =
        presenter.page(
            jobOf(deploy.job()),
            logs.all(
                LogName.deploy(deploy.id()),
                path + "/log",
                grows(view),
                "/api/v1/deploys/" + deploy.id() + "/log"),
            earlier(view));
    var frame =
        frame(
            call,
            page.title() + " to " + shown.environment().name(),
            crumbs(shown.environment(), "#" + deploy.number()),
            path,
            "deploy=" + deploy.id(),
            presenter.announcement(),
            notices);
    answer(call, status, frame, Html.deploy(frame, page));
  }

  /// What may run again when this one was taken back.
  private List<DeployView> earlier(DeployView view) {
    return view.state() instanceof RolledBack
        ? sources.deploys().of(view.deploy().environment(), EARLIER, 0).stream()
            .filter(v -> v.deploy().id() < view.deploy().id())
            .toList()
        : List.of();
  }

  private Link jobOf(Optional<Long> id) {
    return id.flatMap(sources.pipelines()::job)
        .flatMap(job ->
            sources
                .pipelines()
                .find(job.pipeline())
                .map(p ->
                    new Link(
                        "job %s of pipeline #%d".formatted(job.spec().name(), p.number()),
                        Paths.job(p.project(), job.id()))))
        .orElse(new Link("", ""));
  }

  private static boolean grows(DeployView view) {
    return view.state().holdsEnvironment();
  }

  private void deployLog(Call call) throws InterruptedException {
    var shown = theDeploy(call);
    var deploy = shown.view().deploy();
    logPart(
        call,
        LogName.deploy(deploy.id()),
        Paths.deploy(shown.environment().project(), deploy.number()) + "/log",
        grows(shown.view()));
  }

  private void pipeline(Call call) {
    showPipeline(call, 200, thePipeline(call), List.of());
  }

  private void showPipeline(Call call, int status, Pipeline pipeline, List<Notice> notices) {
    var all = new ArrayList<>(notices);
    all.addAll(PipelinePresenter.notices(pipeline));
    var page = pipelines.page(pipeline, now());
    var frame =
        frame(
            call,
            page.title(),
            crumbs(pipeline, page.title(), ""),
            Paths.pipeline(pipeline.project(), pipeline.number()),
            "pipeline=" + pipeline.id(),
            page.title() + " is " + page.status().word(),
            all);
    answer(call, status, frame, Html.pipeline(frame, page));
  }

  private void job(Call call) {
    showJob(call, 200, theJob(call), List.of());
  }

  private void showJob(Call call, int status, Run run, List<Notice> notices) {
    var path = Paths.job(run.pipeline().project(), run.job().id());
    var log =
        logs.all(
            LogName.job(run.job().id()),
            path + "/log",
            grows(run.job()),
            "/api/v1/jobs/" + run.job().id() + "/log");
    var page = pipelines.page(run.pipeline(), run.job(), log, now());
    var frame =
        frame(
            call,
            page.name(),
            crumbs(run.pipeline(), "Pipeline #" + run.pipeline().number(), page.name()),
            path,
            "job=" + run.job().id(),
            "Job %s is %s".formatted(page.name(), page.status().word()),
            notices);
    answer(call, status, frame, Html.job(frame, page));
  }

  private static boolean grows(Job job) {
    return job.status() == JobStatus.RUNNING;
  }

  private void jobLog(Call call) throws InterruptedException {
    var run = theJob(call);
    logPart(
        call,
        LogName.job(run.job().id()),
        Paths.job(run.pipeline().project(), run.job().id()) + "/log",
        grows(run.job()));
  }

  private void logPart(Call call, LogName name, String path, boolean grows)
      throws InterruptedException {
    var from = call.queryNumber("from").orElse(0);
    if (!waitingForLogs.tryAcquire()) {
      // 503 and not an empty part: the page then waits longer and longer before it asks again.
      call.html(503, "");
      return;
    }
    try {
      var part = logs.next(name, path, from, call.query("style").orElse(LogText.START), grows);
      call.html(200, Html.part(Html.logLines(part)));
    } finally {
      waitingForLogs.release();
    }
  }

  // --- deploy, stop, roll back
  // -----------------------------------------------------------------------

  private void deployPanel(Call call) {
    showDeployPanel(call, 200, theEnvironment(call), call.query("release"), List.of());
  }

  private void showDeployPanel(
      Call call,
      int status,
      Environment environment,
      Optional<String> chosen,
      List<Notice> notices) {
    var panel = panel(call, environment, chosen);
    var frame =
        frame(
            call,
            "Deploy to " + environment.name(),
            crumbs(environment, "deploy"),
            Paths.environment(environment) + "/deploy",
            "",
            "",
            notices);
    answerPart(call, status, frame, Html.deployPanel(frame, panel));
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
    var environment = theEnvironment(call);
    var frame = frame(call, "Releases", crumbs(environment, "deploy"), "", "", "", List.of());
    var filter = call.query("q").orElse("");
    // The preview stays as it is while a person types, and so does what is chosen; what is chosen
    // and no longer in the list is not replaced by something that is.
    var chosen = call.query("preview").flatMap(number -> release(environment, number));
    var panel =
        panel(environment, filter, matching(environment, filter), chosen, nothingToShow("", ""));
    answerPart(call, 200, frame, Html.choices(frame, panel));
  }

  private void preview(Call call) {
    var environment = theEnvironment(call);
    var number = call.queryRequired("release");
    var release =
        release(environment, number)
            .orElseThrow(() -> Refusal.notFound("release `" + number + "`"));
    var frame = frame(call, "Preview", crumbs(environment, "deploy"), "", "", "", List.of());
    answerPart(call, 200, frame, Html.preview(frame, deployPreview(environment, release)));
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
                plan.approvals(), sources.deploys().unfinished(environment.id())));
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
    var environment = theEnvironment(call);
    // What was previewed is what counts: the list may have been filtered or touched since.
    var number = form(call, "preview");
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
    showStopPanel(call, 200, theEnvironment(call), List.of());
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
    var environment = theEnvironment(call);
    ask(
        call,
        environment,
        new Wish.Stop(environment.id()),
        notice -> showStopPanel(call, 409, environment, List.of(notice)));
  }

  private void rollbackPanel(Call call) {
    var environment = theEnvironment(call);
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
    var environment = theEnvironment(call);
    var to = earlier(environment, form(call, "to"));
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
        frame(call, panel.title(), crumbs(environment, what), panel.back(), "", "", notices);
    answerPart(call, status, frame, Html.confirmPanel(frame, panel));
  }

  /// What is shown when it cannot be done.
  @FunctionalInterface
  private interface Otherwise {
    void show(Notice notice);
  }

  private void ask(Call call, Environment environment, Wish wish, Otherwise otherwise) {
    var plan = formIfGiven(call, "plan").map(Pages::digest);
    var once = formIfGiven(call, "once").filter(k -> k.length() <= 100);
    switch (operations.deploys().deploy(wish, plan, once, reason(call), call.actor())) {
      case Answer.Done<DeployView>(var view) ->
          call.goTo(Paths.deploy(environment.project(), view.deploy().number()));
      case Answer.NotFound<DeployView>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<DeployView>(_, var message, var remedy, var problems) ->
          otherwise.show(Notice.refusal(message, remedy, ProjectPresenter.lines(problems)));
    }
  }

  // --- steering a deploy
  // --------------------------------------------------------------------------

  private void approve(Call call) {
    var plan = digest(form(call, "plan"));
    steer(call, id -> operations.deploys().approve(id, plan, call.actor()));
  }

  private void reject(Call call) {
    steer(call, id -> operations.deploys().reject(id, reason(call), call.actor()));
  }

  private void pause(Call call) {
    steer(call, id -> operations.deploys().pause(id, call.actor()));
  }

  private void resume(Call call) {
    steer(call, id -> operations.deploys().resume(id, call.actor()));
  }

  private void cancelDeploy(Call call) {
    steer(call, id -> operations.deploys().cancel(id, call.actor()));
  }

  private void rollBackUnderWay(Call call) {
    steer(call, id -> operations.deploys().rollBackUnderWay(id, reason(call), call.actor()));
  }

  private void settleDoubt(Call call) {
    var given = form(call, "finding");
    var finding =
        Arrays.stream(Finding.values())
            .filter(f -> f.name().equals(given))
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("finding `" + given + "`"));
    steer(call, id -> operations.deploys().settleDoubt(id, finding, call.actor()));
  }

  private void steer(Call call, Function<Long, Answer<DeployView>> wish) {
    var shown = theDeploy(call);
    switch (wish.apply(shown.view().deploy().id())) {
      case Answer.Done<DeployView> _ ->
          call.goTo(Paths.deploy(shown.environment().project(), shown.view().deploy().number()));
      case Answer.NotFound<DeployView>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<DeployView>(_, var message, var remedy, var problems) ->
          showDeploy(
              call,
              409,
              theDeploy(call),
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  // --- pipelines and jobs
  // ----------------------------------------------------------------------------

  private void runPipeline(Call call) {
    var project = theProject(call);
    switch (operations
        .pipelines()
        .run(project.name(), form(call, "ref").strip(), Source.WEB, Map.of(), call.actor())) {
      case Answer.Done<Pipeline>(var pipeline) ->
          call.goTo(Paths.pipeline(project.name(), pipeline.number()));
      case Answer.NotFound<Pipeline>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Pipeline>(_, var message, var remedy, var problems) ->
          showProject(
              call,
              409,
              project,
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  private void cancelPipeline(Call call) {
    var pipeline = thePipeline(call);
    switch (operations.pipelines().cancelAll(pipeline.id(), call.actor())) {
      case Answer.Done<Pipeline> _ ->
          call.goTo(Paths.pipeline(pipeline.project(), pipeline.number()));
      case Answer.NotFound<Pipeline>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Pipeline>(_, var message, var remedy, var problems) ->
          showPipeline(
              call,
              409,
              pipeline,
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  private void playJob(Call call) {
    steerJob(call, id -> operations.pipelines().play(id, call.actor()));
  }

  private void retryJob(Call call) {
    steerJob(call, id -> operations.pipelines().retry(id, call.actor()));
  }

  private void cancelJob(Call call) {
    steerJob(call, id -> operations.pipelines().cancel(id, call.actor()));
  }

  /// The way goes back to the pipeline: there one sees what follows.
  private void steerJob(Call call, Function<Long, Answer<Job>> wish) {
    var run = theJob(call);
    switch (wish.apply(run.job().id())) {
      case Answer.Done<Job> _ ->
          call.goTo(Paths.pipeline(run.pipeline().project(), run.pipeline().number()));
      case Answer.NotFound<Job>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Job>(_, var message, var remedy, var problems) ->
          showJob(
              call,
              409,
              theJob(call),
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  // --- what an address names
  // ---------------------------------------------------------------------------

  private Project theProject(Call call) {
    var name = call.projectName();
    return sources
        .projects()
        .find(name)
        .orElseThrow(() -> Refusal.notFound("project `" + name + "`"));
  }

  private Environment theEnvironment(Call call) {
    var name = call.environmentName();
    return sources
        .environments()
        .find(call.projectName(), name)
        .orElseThrow(() -> Refusal.notFound("environment `" + name + "`"));
  }

  private record Shown(DeployView view, Environment environment) {}

  private Shown theDeploy(Call call) {
    var number = call.id("number");
    return sources
        .deploys()
        .find(call.projectName(), number)
        .flatMap(view ->
            sources
                .environments()
                .find(view.deploy().environment())
                .map(environment -> new Shown(view, environment)))
        .orElseThrow(() -> Refusal.notFound("deploy `" + number + "`"));
  }

  /// Numbers have no gaps, so the distance to the newest tells where to look; a little more is
  /// read, because newer ones may have been added meanwhile.
  private Pipeline thePipeline(Call call) {
    var number = call.id("number");
    var project = call.projectName();
    var newest = sources.pipelines().of(project, 1, 0).stream().findFirst().map(Pipeline::number);
    return newest
        .filter(n -> n >= number)
        .flatMap(n ->
            sources.pipelines().of(project, 20, Math.toIntExact(n - number)).stream()
                .filter(p -> p.number() == number)
                .findFirst())
        .orElseThrow(() -> Refusal.notFound("pipeline `" + number + "`"));
  }

  private record Run(Pipeline pipeline, Job job) {}

  private Run theJob(Call call) {
    var id = call.id("job");
    var project = call.projectName();
    return sources
        .pipelines()
        .job(id)
        .flatMap(job ->
            sources
                .pipelines()
                .find(job.pipeline())
                .filter(p -> p.project().equals(project))
                .map(p -> new Run(p, job)))
        .orElseThrow(() -> Refusal.notFound("job `" + id + "`"));
  }

  private static Digest digest(String hex) {
    try {
      return new Digest(hex);
    } catch (IllegalArgumentException e) {
      throw Refusal.notFound("plan `" + hex + "`");
    }
  }

  private static String form(Call call, String field) {
    return formIfGiven(call, field).orElseThrow(() -> Refusal.notFound("field `" + field + "`"));
  }

  private static Optional<String> formIfGiven(Call call, String field) {
    return Optional.ofNullable(call.context().formParam(field)).filter(v -> !v.isBlank());
  }

  private static String reason(Call call) {
    var reason = formIfGiven(call, "reason").orElse("").strip();
    return reason.length() <= 500 ? reason : reason.substring(0, 500);
  }

  // --- answers
  // ------------------------------------------------------------------------------------------

  private Instant now() {
    return sources.clock().instant();
  }

  private static String live(Environment environment) {
    return "project=%s environment=%s"
        .formatted(environment.project(), Paths.encoded(environment.name().value()));
  }

  /// @param last empty on the environment's own page
  private static List<Link> crumbs(Environment environment, String last) {
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
  private static List<Link> crumbs(Pipeline pipeline, String title, String last) {
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

  private Frame frame(
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

  private Frame frame(
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

  private static void answer(Call call, int status, Frame frame, Content body) {
    call.html(status, asksForPart(call) ? Html.region(frame, body) : Html.page(frame, body));
  }

  private static void answerPart(Call call, Frame frame, Content part) {
    answerPart(call, 200, frame, part);
  }

  /// A part that is put somewhere into a page; opened on its own, it has a page around it.
  private static void answerPart(Call call, int status, Frame frame, Content part) {
    call.html(status, asksForPart(call) ? Html.part(part) : Html.page(frame, part));
  }

  private static boolean asksForPart(Call call) {
    return call.header("HX-Request").isPresent()
        && call.header("HX-History-Restore-Request").isEmpty();
  }
}
