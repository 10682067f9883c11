package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.DeployOperations.Finding;
import dev.fleetwright.server.operations.Operations;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One deploy, and steering it.
final class DeployPages {

  private static final int EARLIER = 200;

  private final Sources sources;
  private final Operations operations;
  private final Framing framing;
  private final Addressed addressed;
  private final LogParts logs;
  private final LogTails tails;

  DeployPages(Sources sources, Operations operations, Framing framing, LogTails tails) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
    this.addressed = new Addressed(sources);
    this.logs = new LogParts(sources.logs());
    this.tails = tails;
  }

  List<Route> routes() {
    var deploy = "/projects/{project}/deploys/{number}";
    return List.of(
        Framing.show(deploy, "One deploy.", this::deploy),
        Framing.show(deploy + "/log", "What a deploy says.", this::deployLog),
        Framing.act(deploy + "/approve", "Approve a plan.", this::approve),
        Framing.act(deploy + "/gates", "Open a gate, or close it again.", this::decideGate),
        Framing.act(deploy + "/reject", "Reject a plan.", this::reject),
        Framing.act(deploy + "/pause", "Stop before the next step.", this::pause),
        Framing.act(deploy + "/resume", "Go on.", this::resume),
        Framing.act(deploy + "/lift", "Let a quarantined deploy be tried again.", this::lift),
        Framing.act(deploy + "/cancel", "End a deploy.", this::cancelDeploy),
        Framing.act(deploy + "/rollback", "Take back what was done.", this::rollBackUnderWay),
        Framing.act(deploy + "/doubt", "Say what became of a step.", this::settleDoubt));
  }

  private void deploy(Call call) {
    showDeploy(call, 200, addressed.deploy(call), List.of());
  }

  private List<DeployView> queue(long environment) {
    return DeployRecords.readable(
        sources.records().queueEnds(List.of(environment)).getOrDefault(environment, List.of()));
  }

  private void showDeploy(Call call, int status, Addressed.Shown shown, List<Notice> notices) {
    var view = shown.view();
    var deploy = view.deploy();
    var presenter =
        new DeployPresenter(
            view,
            shown.environment(),
            deploy.release().flatMap(sources.releases()::find),
            sources.deploys().events(deploy.id()),
            queue(deploy.environment()),
            call.actor().name(),
            now());
    var path = Paths.deploy(shown.environment().project(), deploy.number());
    var wish = LogParts.Wish.of(call);
    var page =
        presenter.page(
            partOf(deploy),
            logs.shown(
                LogName.deploy(deploy.id()),
                path,
                wish,
                grows(view),
                "/api/v1/deploys/" + deploy.id() + "/log"),
            earlier(view));
    var frame =
        framing.frame(
            call,
            page.title() + " to " + shown.environment().name(),
            Framing.crumbs(shown.environment(), "#" + deploy.number()),
            path + wish.query(),
            "deploy=" + deploy.id(),
            presenter.announcement(),
            notices);
    Framing.answer(call, status, frame, Html.deploy(frame, page));
  }

  /// What may run again when this one was taken back.
  private List<DeployView> earlier(DeployView view) {
    return view.state() instanceof RolledBack
        ? sources.deploys().of(view.deploy().environment(), EARLIER, 0).stream()
            .filter(v -> v.deploy().id() < view.deploy().id())
            .toList()
        : List.of();
  }

  /// The job or the train that it belongs to.
  private Link partOf(Deploy deploy) {
    return deploy.origin() == Origin.TRAIN
        ? sources
            .trains()
            .ofDeploy(deploy.id())
            .map(train -> new Link("train " + train.id(), Paths.train(train.id())))
            .orElse(new Link("", ""))
        : jobOf(deploy.job());
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
    var shown = addressed.deploy(call);
    var deploy = shown.view().deploy();
    tails.answer(
        call,
        LogName.deploy(deploy.id()),
        Paths.deploy(shown.environment().project(), deploy.number()),
        grows(shown.view()));
  }

  private void approve(Call call) {
    var plan = Form.digest(Form.required(call, "plan"));
    steer(call, id -> operations.deploys().approve(id, plan, call.actor()));
  }

  private void decideGate(Call call) {
    var gate = Form.required(call, "gate");
    var open = Form.required(call, "open").equals("true");
    steer(
        call,
        id -> operations.deploys().decideGate(id, gate, open, Form.reason(call), call.actor()));
  }

  private void reject(Call call) {
    steer(call, id -> operations.deploys().reject(id, Form.reason(call), call.actor()));
  }

  private void pause(Call call) {
    steer(call, id -> operations.deploys().pause(id, call.actor()));
  }

  private void resume(Call call) {
    steer(call, id -> operations.deploys().resume(id, call.actor()));
  }

  private void lift(Call call) {
    steer(call, id -> operations.deploys().liftQuarantine(id, Form.reason(call), call.actor()));
  }

  private void cancelDeploy(Call call) {
    steer(call, id -> operations.deploys().cancel(id, call.actor()));
  }

  private void rollBackUnderWay(Call call) {
    steer(call, id -> operations.deploys().rollBackUnderWay(id, Form.reason(call), call.actor()));
  }

  private void settleDoubt(Call call) {
    var given = Form.required(call, "finding");
    var finding =
        Arrays.stream(Finding.values())
            .filter(f -> f.name().equals(given))
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("finding `" + given + "`"));
    steer(call, id -> operations.deploys().settleDoubt(id, finding, call.actor()));
  }

  private void steer(Call call, Function<Long, Answer<DeployView>> wish) {
    var shown = addressed.deploy(call);
    switch (wish.apply(shown.view().deploy().id())) {
      case Answer.Done<DeployView> _ ->
          call.goTo(Paths.deploy(shown.environment().project(), shown.view().deploy().number()));
      case Answer.NotFound<DeployView>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<DeployView>(_, var message, var remedy, var problems) ->
          showDeploy(
              call,
              409,
              addressed.deploy(call),
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  private Instant now() {
    return sources.clock().instant();
  }
}
