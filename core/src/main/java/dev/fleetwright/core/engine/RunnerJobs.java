package dev.fleetwright.core.engine;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.plan.Words;
import dev.fleetwright.core.runner.Dispatch;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.HandOut.Ended;
import dev.fleetwright.core.runner.HandOut.Offered;
import dev.fleetwright.core.runner.HandOut.Taken;
import dev.fleetwright.core.runner.HandOut.Withdrawn;
import dev.fleetwright.core.runner.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The jobs of pipelines that runners run: offers them, and tells what has become of them.
///
/// No thread waits for a runner. What a runner does is written to the database by whichever server
/// it speaks to and wakes the pipeline; what it does not do is noticed by looking now and then.
final class RunnerJobs {

  /// How soon at the latest a job that is with a runner is looked at again.
  static final Duration LOOK_EACH = Duration.ofSeconds(10);

  /// GitLab's words.
  private static final String STUCK = "stuck_or_timeout_failure";

  private static final String LOST = "runner_system_failure";
  private static final String TIMEOUT = "job_execution_timeout";

  private final Dispatch dispatch;
  private final LogStore logs;
  private final Time time;
  private final Instant since;

  /// While no server runs nobody can be heard of, so silence counts from this server's start.
  RunnerJobs(Dispatch dispatch, LogStore logs, Time time) {
    this.dispatch = dispatch;
    this.logs = logs;
    this.time = time;
    this.since = time.instant();
  }

  /// What has become of a job.
  sealed interface News {
    /// Nothing new; it waits for a runner or is with one.
    record Nothing() implements News {}

    /// It is no job for runners.
    record NotOurs() implements News {}

    /// A runner has taken it.
    record Began(Instant at) implements News {}

    /// It ended.
    record Over(JobOutcome outcome) implements News {}

    /// It is given up.
    ///
    /// @param reason GitLab's word
    record GivenUp(String reason, String message) implements News {}
  }

  /// A job whose turn has come: offer it to runners if it is for them, and see whether one has it.
  ///
  /// A job asks for tags because it needs something that this server may not have. So as soon as
  /// there is any runner for its project such a job waits for one that fits, and is not run here
  /// instead when that is paused or away.
  ///
  /// @param protectedRef whether the pipeline is of a protected branch
  News waiting(Pipeline pipeline, Job job, boolean protectedRef) {
    var wish = new Wish(pipeline.project(), job.spec().tags(), protectedRef);
    var open = dispatch.handOuts().of(job.id());
    if (open.isEmpty()) {
      if (!dispatch.rules().everything() && !dispatch.runners().anyFor(pipeline.project())) {
        return new News.NotOurs();
      }
      open =
          Optional.of(
              dispatch
                  .handOuts()
                  .offer(job, wish, logs.size(LogName.job(job.id())), time.instant()));
    }
    return news(open.get(), job);
  }

  /// Whether a job may be one for runners at all; cheap.
  boolean concerns(Job job) {
    return dispatch.rules().everything() || !job.spec().tags().isEmpty();
  }

  /// A job that runs, but not here.
  News running(Job job) {
    return dispatch
        .handOuts()
        .of(job.id())
        .map(handOut -> news(handOut, job))
        .orElseGet(News.NotOurs::new);
  }

  private News news(HandOut handOut, Job job) {
    return switch (handOut.state()) {
      case Offered _ -> stuck(handOut);
      case Withdrawn _ -> new News.NotOurs();
      case Taken taken ->
          job.status() == JobStatus.RUNNING ? overdue(handOut, taken) : began(taken.at());
      case Ended(_, var takenAt, var ending, _) ->
          job.status() == JobStatus.RUNNING
              ? new News.Over(outcome(handOut, ending))
              : began(takenAt);
    };
  }

  private static News began(Instant at) {
    return new News.Began(at);
  }

  private News stuck(HandOut handOut) {
    var waited = Duration.between(handOut.offeredAt(), time.instant());
    var rules = dispatch.rules();
    if (waited.compareTo(rules.turn()) > 0) {
      return new News.GivenUp(STUCK, "no runner took this job within " + Words.of(rules.turn()));
    }
    return waited.compareTo(rules.unfit()) > 0
            && dispatch.runners().all().stream()
                .noneMatch(r -> !r.paused() && r.fits(handOut.wish()))
        ? new News.GivenUp(
            STUCK, "for %s there was no runner for this job".formatted(Words.of(rules.unfit())))
        : new News.Nothing();
  }

  private News overdue(HandOut handOut, Taken taken) {
    var now = time.instant();
    var rules = dispatch.rules();
    var heard = taken.contactAt().isAfter(since) ? taken.contactAt() : since;
    if (heard.plus(rules.silence()).isBefore(now)) {
      return giveUp(
          handOut,
          LOST,
          "the runner that has this job was not heard of for " + Words.of(rules.silence()));
    }
    return taken.at().plus(taken.timeout()).plus(rules.overtime()).isBefore(now)
        ? giveUp(handOut, TIMEOUT, "execution took longer than " + Words.of(taken.timeout()))
        : new News.Nothing();
  }

  /// From here on its token opens nothing, so that a runner that comes back is told to stop.
  private News giveUp(HandOut handOut, String reason, String message) {
    return dispatch
            .handOuts()
            .end(handOut.id(), Ending.Failed.without(reason, message), time.instant())
        ? new News.GivenUp(reason, message)
        : new News.Nothing();
  }

  /// What was told of the job by the end. What cannot be used of it fails a job that succeeded.
  private JobOutcome outcome(HandOut handOut, Ending ending) {
    var kept = dispatch.handOuts().kept(handOut.id());
    var settled =
        kept.problems().isEmpty() || !(ending instanceof Ending.Succeeded)
            ? ending
            : Ending.Failed.without("script_failure", String.join("; ", kept.problems()));
    return new JobOutcome(settled, kept.files(), kept.dotenv());
  }
}
