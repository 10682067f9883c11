package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Job.Keeping;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.PipelineMachine;
import dev.fleetwright.server.operations.TestReports;
import dev.fleetwright.server.ui.Notice.ProblemLine;
import dev.fleetwright.server.ui.PipelinePage.JobView;
import dev.fleetwright.server.ui.PipelinePage.StageView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Shows pipelines and their jobs.
final class PipelinePresenter {

  private static final int ARTIFACTS = 20;
  private static final Link NOWHERE = new Link("", "");

  /// `file:line:column: error: message; remedy`, the text form of a problem.
  private static final Pattern PROBLEM =
      Pattern.compile("(.+?):(\\d+):(\\d+): (?:error|warning): (.*?)(?:; (.*))?");

  private final Sources sources;
  private final TestReports reports;

  PipelinePresenter(Sources sources, TestReports reports) {
    this.sources = sources;
    this.reports = reports;
  }

  PipelinePage page(Pipeline pipeline, Instant now) {
    var jobs = sources.pipelines().jobs(pipeline.id());
    return new PipelinePage(
        "Pipeline #" + pipeline.number(),
        Badges.of(pipeline.status()),
        pipeline.ref(),
        pipeline.sha().brief(),
        pipeline.title(),
        pipeline.author(),
        pipeline.source(),
        pipeline.by(),
        Moment.of(pipeline.createdAt(), now),
        ProjectPresenter.took(pipeline, now),
        parent(pipeline),
        sources
            .releases()
            .ofPipeline(pipeline.id())
            .map(EnvironmentPresenter::link)
            .orElse(NOWHERE),
        jobs.stream().anyMatch(reports::has) ? tests(pipeline, "") : NOWHERE,
        actions(pipeline, jobs),
        pipeline.stages().stream()
            .map(stage -> stage(pipeline, stage, jobs, now))
            .filter(stage -> !stage.jobs().isEmpty())
            .toList(),
        NeedsPicture.of(pipeline.stages(), jobs.stream().map(j -> box(pipeline, j)).toList())
            .stream()
            .toList());
  }

  private static List<Action> actions(Pipeline pipeline, List<Job> jobs) {
    var to = Paths.pipeline(pipeline.project(), pipeline.number());
    var actions = new ArrayList<Action>();
    if (jobs.stream()
        .anyMatch(j -> j.status() == JobStatus.FAILED || j.status() == JobStatus.CANCELED)) {
      actions.add(Action.now("retry", "Retry failed", to + "/retry", "plain", "retry"));
    }
    if (!jobs.stream().allMatch(j -> j.status().finished())) {
      actions.add(
          Action.asking(
              "cancel",
              "Cancel",
              to + "/cancel",
              "danger",
              "blocked",
              "End all jobs that have not ended?",
              false));
    }
    if (pipeline.parent().isEmpty() && !jobs.isEmpty()) {
      actions.add(
          Action.asking(
              "rebuild",
              "Build again",
              to + "/rebuild",
              "plain",
              "retry",
              "Builds this commit again, for newer packages of what it is built on: a new pipeline and a new release. What there is stays.",
              false));
    }
    return actions;
  }

  /// @param place on the page; may be empty
  private static Link tests(Pipeline pipeline, String place) {
    return new Link(
        "tests", Paths.pipeline(pipeline.project(), pipeline.number()) + "/tests" + place);
  }

  private static NeedsPicture.Box box(Pipeline pipeline, Job job) {
    return new NeedsPicture.Box(
        job.spec().name(),
        job.spec().stage(),
        job.spec().needs().map(needs -> needs.stream().map(Need::job).toList()),
        Paths.job(pipeline.project(), job.id()),
        Badges.of(job.run()));
  }

  private StageView stage(Pipeline pipeline, String name, List<Job> all, Instant now) {
    var jobs = all.stream().filter(j -> j.spec().stage().equals(name)).toList();
    return new StageView(
        name,
        Badges.of(PipelineMachine.status(jobs.stream().map(Job::run).toList())),
        jobs.stream().map(j -> job(pipeline, j, now)).toList());
  }

  private JobView job(Pipeline pipeline, Job job, Instant now) {
    return new JobView(
        Paths.job(pipeline.project(), job.id()),
        job.spec().name(),
        Badges.of(job.run()),
        took(job, now),
        note(job, now),
        deploy(pipeline, job),
        downstream(job),
        actions(pipeline, job, "-" + job.id()));
  }

  /// The pipeline above, by the job in it that started this one.
  private Link parent(Pipeline pipeline) {
    var first = sources.pipelines().rebuildOf(pipeline.id()).flatMap(sources.pipelines()::find);
    if (first.isPresent()) {
      return new Link(
          "builds #%d again".formatted(first.get().number()),
          Paths.pipeline(pipeline.project(), first.get().number()));
    }
    return pipeline
        .parent()
        .flatMap(sources.pipelines()::job)
        .flatMap(job ->
            sources
                .pipelines()
                .find(job.pipeline())
                .map(upper ->
                    new Link(
                        "started by %s of %s".formatted(job.spec().name(), label(upper, pipeline)),
                        Paths.pipeline(upper.project(), upper.number()))))
        .orElse(NOWHERE);
  }

  /// The pipeline below.
  private Link downstream(Job job) {
    return job.spec().trigger().isEmpty()
        ? NOWHERE
        : sources
            .pipelines()
            .startedBy(job.id())
            .map(lower ->
                new Link(
                    "%s of %s, %s"
                        .formatted(
                            "pipeline #" + lower.number(),
                            lower.project(),
                            lower.status().keyword().replace('_', ' ')),
                    Paths.pipeline(lower.project(), lower.number())))
            .orElse(NOWHERE);
  }

  private static String label(Pipeline other, Pipeline from) {
    return "pipeline #"
        + other.number()
        + (other.project().equals(from.project()) ? "" : " of " + other.project());
  }

  private static String note(Job job, Instant now) {
    var notes = new ArrayList<String>();
    if (job.attempt() > 1) {
      notes.add("attempt " + job.attempt());
    }
    if (job.status() == JobStatus.FAILED && !job.failureReason().isEmpty()) {
      notes.add(job.failureReason().replace('_', ' '));
    }
    if (job.status() == JobStatus.WAITING_FOR_RESOURCE && job.deploy().isEmpty()) {
      job.spec().resourceGroup().ifPresent(group -> notes.add("another job of " + group));
    } else if (job.status() == JobStatus.SCHEDULED) {
      job.scheduledAt().ifPresent(at -> notes.add("starts " + Moment.of(at, now).words()));
    }
    return String.join(" · ", notes);
  }

  private Link deploy(Pipeline pipeline, Job job) {
    return job.deploy()
        .flatMap(sources.deploys()::find)
        .map(v ->
            new Link(
                "deploy #" + v.deploy().number(),
                Paths.deploy(pipeline.project(), v.deploy().number())))
        .orElse(NOWHERE);
  }

  private static String took(Job job, Instant now) {
    return job.startedAt()
        .map(begin -> Moment.took(Duration.between(begin, job.finishedAt().orElse(now))))
        .orElse("");
  }

  private static List<Action> actions(Pipeline pipeline, Job job, String suffix) {
    var to = Paths.job(pipeline.project(), job.id());
    return switch (job.status()) {
      case MANUAL ->
          List.of(
              Action.asking(
                  "play" + suffix,
                  "Play",
                  to + "/play",
                  "primary",
                  "play",
                  job.spec().confirmation().orElse("Start this job now?")));
      case SCHEDULED ->
          List.of(
              Action.now("play" + suffix, "Play now", to + "/play", "plain", "play"),
              Action.now("cancel" + suffix, "Cancel", to + "/cancel", "plain", "blocked"));
      case PENDING, RUNNING, WAITING_FOR_RESOURCE ->
          List.of(Action.now("cancel" + suffix, "Cancel", to + "/cancel", "plain", "blocked"));
      case FAILED, CANCELED ->
          List.of(Action.now("retry" + suffix, "Retry", to + "/retry", "plain", "retry"));
      case SUCCESS, CREATED, SKIPPED -> List.of();
    };
  }

  private static List<Action> actions(Pipeline pipeline, Job job) {
    var actions = new ArrayList<>(actions(pipeline, job, ""));
    if (job.keeping() instanceof Keeping.Until && !job.artifacts().isEmpty()) {
      var to = Paths.job(pipeline.project(), job.id()) + "/keep";
      actions.add(Action.now("keep", "Keep artifacts", to, "plain", "lock"));
    }
    return actions;
  }

  /// @param holder which runner has the job or had it; empty for none
  JobPage page(Pipeline pipeline, Job job, Optional<String> holder, LogView log, Instant now) {
    var facts = new ArrayList<String>();
    if (!job.spec().tags().isEmpty()) {
      facts.add("tags " + String.join(", ", job.spec().tags()));
    }
    holder.ifPresent(facts::add);
    if (job.exitCode() > 0) {
      facts.add("exit code " + job.exitCode());
    }
    if (job.attempt() > 1) {
      facts.add("attempt " + job.attempt());
    }
    job.spec().environment().ifPresent(e -> facts.add("environment " + e.name()));
    job.spec().resourceGroup().ifPresent(group -> facts.add("resource group " + group));
    switch (job.keeping()) {
      case Keeping.Always _ -> {
        // As one expects.
      }
      case Keeping.Until(var at) -> facts.add("artifacts expire " + Moment.of(at, now).words());
      case Keeping.Dropped _ -> facts.add("artifacts expired");
    }
    if (!job.given().isEmpty()) {
      // Names only: people put passwords into variables.
      facts.add("played with " + String.join(", ", new TreeSet<>(job.given().keySet())));
    }
    var files = job.artifacts().stream().limit(ARTIFACTS).map(TreeEntry::path).toList();
    var shown = new ArrayList<>(files);
    if (job.artifacts().size() > files.size()) {
      shown.add("and %d more".formatted(job.artifacts().size() - files.size()));
    }
    return new JobPage(
        job.spec().name(),
        job.spec().stage(),
        new Link(
            "pipeline #" + pipeline.number(),
            Paths.pipeline(pipeline.project(), pipeline.number())),
        Badges.of(job.run()),
        took(job, now),
        job.message(),
        facts,
        deploy(pipeline, job),
        downstream(job),
        reports.has(job) ? tests(pipeline, "#job-" + job.id()) : NOWHERE,
        actions(pipeline, job),
        shown,
        job.artifacts().isEmpty() || job.leavesForJobsOnly()
            ? NOWHERE
            : new Link(
                "browse and download", Paths.job(pipeline.project(), job.id()) + "/artifacts"),
        log);
  }

  /// Why a pipeline has no jobs, where that is so.
  static List<Notice> notices(Pipeline pipeline) {
    if (pipeline.problems().isEmpty()) {
      return List.of();
    }
    var count = pipeline.problems().size();
    return List.of(
        new Notice(
            Tone.BAD,
            "x-circle",
            "This pipeline cannot go on: " + (count == 1 ? "1 mistake" : count + " mistakes"),
            "Nothing was deployed. Put right what is listed and push; `fleetwright lint` says the same offline.",
            pipeline.problems().stream().map(PipelinePresenter::line).toList()));
  }

  private static ProblemLine line(String problem) {
    var parts = PROBLEM.matcher(problem);
    if (!parts.matches()) {
      return new ProblemLine("", problem, "");
    }
    var remedy = parts.group(5);
    return new ProblemLine(
        "%s, line %s, column %s".formatted(parts.group(1), parts.group(2), parts.group(3)),
        parts.group(4),
        remedy == null ? "" : remedy);
  }
}
