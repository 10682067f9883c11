package dev.fleetwright.server.ui;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.Operations;
import dev.fleetwright.server.operations.TestReports;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Pipelines and their jobs.
final class PipelinePages {

  private final Sources sources;
  private final Operations operations;
  private final Framing framing;
  private final Addressed addressed;
  private final PipelinePresenter pipelines;
  private final TestReports reports;
  private final LogParts logs;
  private final LogTails tails;

  PipelinePages(Sources sources, Operations operations, Framing framing, LogTails tails) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
    this.addressed = new Addressed(sources);
    this.reports = operations.tests();
    this.pipelines = new PipelinePresenter(sources, reports);
    this.logs = new LogParts(sources.logs());
    this.tails = tails;
  }

  List<Route> routes() {
    var pipeline = "/projects/{project}/pipelines/{number}";
    var job = "/projects/{project}/jobs/{job}";
    return List.of(
        Framing.show(pipeline, "One pipeline.", this::pipeline),
        Framing.act(pipeline + "/cancel", "End a pipeline.", this::cancelPipeline),
        Framing.act(
            pipeline + "/rebuild", "Build a pipeline's commit again.", this::rebuildPipeline),
        Framing.act(pipeline + "/retry", "Run again what failed.", this::retryPipeline),
        Framing.show(pipeline + "/tests", "The tests of a pipeline.", this::tests),
        Framing.show(job, "One job.", this::job),
        Framing.show(job + "/log", "What a job prints.", this::jobLog),
        Framing.show(job + "/artifacts", "What a job left.", this::artifacts),
        Framing.act(job + "/keep", "Keep what a job left.", this::keepArtifacts),
        Framing.act(job + "/play", "Start a manual job.", this::playJob),
        Framing.act(job + "/retry", "Run a job again.", this::retryJob),
        Framing.act(job + "/cancel", "End a job.", this::cancelJob));
  }

  private void pipeline(Call call) {
    showPipeline(call, 200, addressed.pipeline(call), List.of());
  }

  private void showPipeline(Call call, int status, Pipeline pipeline, List<Notice> notices) {
    var all = new ArrayList<>(notices);
    all.addAll(PipelinePresenter.notices(pipeline));
    var page = pipelines.page(pipeline, now());
    var frame =
        framing.frame(
            call,
            page.title(),
            Framing.crumbs(pipeline, page.title(), ""),
            Paths.pipeline(pipeline.project(), pipeline.number()),
            "pipeline=" + pipeline.id(),
            page.title() + " is " + page.status().word(),
            all);
    Framing.answer(call, status, frame, Html.pipeline(frame, page));
  }

  private void tests(Call call) {
    var pipeline = addressed.pipeline(call);
    var suites = reports.of(pipeline.id());
    if (suites.isEmpty()) {
      throw Refusal.notFound(
          "a test report of pipeline #%d; `artifacts: reports: junit` of a job makes one: it"
              .formatted(pipeline.number()));
    }
    var path = Paths.pipeline(pipeline.project(), pipeline.number());
    var frame =
        framing.frame(
            call,
            "Tests of pipeline #" + pipeline.number(),
            Framing.crumbs(pipeline, "Pipeline #" + pipeline.number(), "tests"),
            path + "/tests",
            "pipeline=" + pipeline.id(),
            "",
            List.of());
    Framing.answer(call, 200, frame, Html.tests(frame, TestsPresenter.page(pipeline, suites)));
  }

  private void job(Call call) {
    showJob(call, 200, addressed.job(call), List.of());
  }

  private void showJob(Call call, int status, Addressed.Run run, List<Notice> notices) {
    var path = Paths.job(run.pipeline().project(), run.job().id());
    var wish = LogParts.Wish.of(call);
    var log =
        logs.shown(
            LogName.job(run.job().id()),
            path,
            wish,
            grows(run.job()),
            "/api/v1/jobs/" + run.job().id() + "/log");
    var all = new ArrayList<>(notices);
    operations
        .runners()
        .waiting(run.pipeline(), run.job())
        .ifPresent(why -> all.add(new Notice(Tone.WAIT, "clock", why, "", List.of())));
    var page =
        pipelines.page(
            run.pipeline(), run.job(), operations.runners().holder(run.job()), log, now());
    var frame =
        framing.frame(
            call,
            page.name(),
            Framing.crumbs(run.pipeline(), "Pipeline #" + run.pipeline().number(), page.name()),
            path + wish.query(),
            "job=" + run.job().id(),
            "Job %s is %s".formatted(page.name(), page.status().word()),
            all);
    Framing.answer(call, status, frame, Html.job(frame, page));
  }

  private void artifacts(Call call) {
    var run = addressed.job(call);
    var path = Paths.job(run.pipeline().project(), run.job().id());
    var folder = call.query("in").orElse("");
    var page =
        new ArtifactsPresenter(run.job(), path)
            .page(folder)
            .orElseThrow(() ->
                Refusal.notFound(
                    folder.isEmpty()
                        ? "an artifact of job " + run.job().id()
                        : "folder `" + folder + "` among the artifacts"));
    var crumbs =
        new ArrayList<>(
            Framing.crumbs(
                run.pipeline(), "Pipeline #" + run.pipeline().number(), run.job().spec().name()));
    crumbs.set(crumbs.size() - 1, new Link(run.job().spec().name(), path));
    crumbs.add(new Link("artifacts", ""));
    var frame =
        framing.frame(
            call,
            "Artifacts of " + run.job().spec().name(),
            crumbs,
            path + "/artifacts" + (folder.isEmpty() ? "" : "?in=" + Paths.encoded(folder)),
            "job=" + run.job().id(),
            "",
            List.of());
    Framing.answer(call, 200, frame, Html.artifacts(frame, page));
  }

  private static boolean grows(Job job) {
    return job.status() == JobStatus.RUNNING;
  }

  private void jobLog(Call call) throws InterruptedException {
    var run = addressed.job(call);
    tails.answer(
        call,
        LogName.job(run.job().id()),
        Paths.job(run.pipeline().project(), run.job().id()),
        grows(run.job()));
  }

  private void cancelPipeline(Call call) {
    steerPipeline(call, id -> operations.pipelines().cancelAll(id, call.actor()));
  }

  private void retryPipeline(Call call) {
    steerPipeline(call, id -> operations.pipelines().retryAll(id, call.actor()));
  }

  private void rebuildPipeline(Call call) {
    steerPipeline(
        call, id -> operations.pipelines().rebuild(id, Source.WEB, Optional.empty(), call.actor()));
  }

  private void steerPipeline(Call call, Function<Long, Answer<Pipeline>> wish) {
    var pipeline = addressed.pipeline(call);
    switch (wish.apply(pipeline.id())) {
      case Answer.Done<Pipeline>(var shown) ->
          call.goTo(Paths.pipeline(shown.project(), shown.number()));
      case Answer.NotFound<Pipeline>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Pipeline>(_, var message, var remedy, var problems) ->
          showPipeline(
              call,
              409,
              pipeline,
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  /// The way goes back to the job: it is the job that one was looking at.
  private void keepArtifacts(Call call) {
    changeJob(
        call,
        id -> operations.artifacts().keep(id, call.actor()),
        run -> Paths.job(run.pipeline().project(), run.job().id()));
  }

  private void playJob(Call call) {
    steerJob(
        call,
        id -> operations.pipelines().play(id, Form.settings(call, "variables"), call.actor()));
  }

  private void retryJob(Call call) {
    steerJob(call, id -> operations.pipelines().retry(id, call.actor()));
  }

  private void cancelJob(Call call) {
    steerJob(call, id -> operations.pipelines().cancel(id, call.actor()));
  }

  /// The way goes back to the pipeline: there one sees what follows.
  private void steerJob(Call call, Function<Long, Answer<Job>> wish) {
    changeJob(call, wish, run -> Paths.pipeline(run.pipeline().project(), run.pipeline().number()));
  }

  private void changeJob(
      Call call, Function<Long, Answer<Job>> wish, Function<Addressed.Run, String> back) {
    var run = addressed.job(call);
    switch (wish.apply(run.job().id())) {
      case Answer.Done<Job> _ -> call.goTo(back.apply(run));
      case Answer.NotFound<Job>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Job>(_, var message, var remedy, var problems) ->
          showJob(
              call,
              409,
              addressed.job(call),
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  private Instant now() {
    return sources.clock().instant();
  }
}
