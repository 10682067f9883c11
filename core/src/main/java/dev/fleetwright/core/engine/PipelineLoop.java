package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobExecutor;
import dev.fleetwright.core.pipeline.JobExecutor.JobNotRunnable;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.PipelineMachine;
import dev.fleetwright.core.pipeline.PipelineStatus;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.ResourceGroups;
import dev.fleetwright.core.pipeline.ResourceGroups.Slot;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.pipeline.Workplace.Foreign;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes one pipeline on: give each job its turn, run it or start its deploy, make the release.
///
/// Jobs run on this server or with a runner. So a job that the record calls running, but that
/// neither this loop nor a runner has, died with its server. A job that builds is then run again by
/// itself, once; a job that deploys is not run here but by its deploy, which knows what it may
/// repeat.
final class PipelineLoop {

  private static final Logger log = LoggerFactory.getLogger(PipelineLoop.class);
  private static final String SYSTEM_FAILURE = "runner_system_failure";

  /// Of a failure that is not a script's: no `exit_codes` of the file speaks of it.
  private static final int NO_EXIT_CODE = -1;

  /// Where a job's id would stand, for the making of the release. Ids of jobs begin at 1.
  private static final long RELEASE = 0;

  private final Pipelines pipelines;
  private final ResourceGroups resourceGroups;
  private final Deploys deploys;
  private final PipelineWork work;
  private final JobExecutor executor;
  private final LogStore logs;
  private final Feed feed;
  private final Time time;
  private final Pace pace;
  private final Semaphore slots;
  private final LeaseGuard guard;
  private final Optional<RunnerJobs> runnerJobs;

  PipelineLoop(
      Pipelines pipelines,
      ResourceGroups resourceGroups,
      Deploys deploys,
      PipelineWork work,
      JobExecutor executor,
      LogStore logs,
      Feed feed,
      Time time,
      Pace pace,
      int jobsAtOnce,
      LeaseGuard guard,
      Optional<RunnerJobs> runnerJobs) {
    this.pipelines = pipelines;
    this.resourceGroups = resourceGroups;
    this.deploys = deploys;
    this.work = work;
    this.executor = executor;
    this.logs = logs;
    this.feed = feed;
    this.time = time;
    this.pace = pace;
    this.slots = new Semaphore(jobsAtOnce, true);
    this.guard = guard;
    this.runnerJobs = runnerJobs;
  }

  /// Work on the pipeline until nothing is left to do without somebody else acting first.
  ///
  /// When another server has taken over, nothing of what this one writes is stored, and the
  /// heartbeat of the lease interrupts it; jobs running here are ended. When this server shall
  /// stop, it begins no more jobs and leaves when those that run have ended.
  ///
  /// @return for how long there is nothing to do
  Duration work(Lease lease) throws InterruptedException {
    var running = new Underway();
    var turn = new ReentrantLock();
    // Jobs are effects from their beginning to the record of their end, which is this loop's work.
    try (var _ = guard.effect(lease)) {
      while (!guard.leaves(lease) || running.isAlive()) {
        var seen = feed.newest();
        boolean moved;
        turn.lock();
        try {
          var pipeline = pipelines.find(lease.id()).orElseThrow();
          var jobs = pipelines.jobs(lease.id());
          running.forgetEnded();
          running.look();
          if (guard.leaves(lease)) {
            // It may be waiting for a registry for minutes, and the next server begins it anew.
            running.end(RELEASE);
          }
          moved = turns(lease, pipeline, jobs);
          moved |= failFast(pipeline, jobs);
          for (var job : jobs) {
            moved |= step(lease, pipeline, job, jobs, running, turn);
          }
          if (!moved) {
            release(lease, pipeline, jobs, running);
          }
          if (!moved
              && running.isEmpty()
              && guard.crowded()
              && jobs.stream().anyMatch(j -> wantsRoom(j) && !running.elsewhere(j.id()))) {
            return pace.retry();
          }
          if (!moved && isQuiet(jobs, running)) {
            var wait = untilNext(jobs, running);
            if (wait.isPresent()) {
              return wait.get();
            } else if (pipelines.settle(lease.id(), pipeline.changes(), lease)) {
              return pace.idle();
            }
          }
        } finally {
          turn.unlock();
        }
        if (!moved) {
          feed.await(seen, pace.idle());
        }
      }
      return Duration.ZERO;
    } finally {
      running.endAll(time);
    }
  }

  /// Give jobs their turn.
  private boolean turns(Lease lease, Pipeline pipeline, List<Job> jobs) {
    var due = PipelineMachine.due(pipeline.stages(), jobs.stream().map(Job::run).toList());
    var moved = false;
    for (var job : jobs) {
      var turn = due.get(job.spec().name());
      if (turn != null) {
        var changed = job.withStatus(turn);
        var wait = job.spec().startIn();
        if (turn == JobStatus.SCHEDULED && wait.isPresent()) {
          changed = changed.scheduledAt(time.instant().plus(wait.get()));
        }
        moved |= change(lease, changed, job);
      }
    }
    return moved;
  }

  /// With `auto_cancel: on_job_failure: all`, one failure ends the others. A deploy that is under
  /// way is left: half a deploy is worse than one too many.
  private boolean failFast(Pipeline pipeline, List<Job> jobs) {
    return pipeline.autoCancel().onJobFailure()
        && !endingWithOthers(jobs).isEmpty()
        && !pipelines
            .cancel(pipeline.id(), PipelineLoop::endingWithOthers, Actor.ENGINE, time.instant())
            .isEmpty();
  }

  /// What a person ran again after the failure is left alone.
  private static List<Job> endingWithOthers(List<Job> jobs) {
    var failure =
        jobs.stream().filter(job -> job.run().failed()).mapToLong(Job::id).max().orElse(-1);
    return jobs.stream()
        .filter(job -> !job.status().finished() && job.deploy().isEmpty())
        .filter(job -> failure >= 0 && (job.attempt() == 1 || job.id() < failure))
        .toList();
  }

  private boolean step(
      Lease lease,
      Pipeline pipeline,
      Job job,
      List<Job> jobs,
      Underway running,
      ReentrantLock turn) {
    return switch (job.status()) {
      case PENDING -> begin(lease, pipeline, job, jobs, running, turn);
      case SCHEDULED ->
          job.scheduledAt().filter(at -> at.isAfter(time.instant())).isEmpty()
              && change(lease, job.withStatus(JobStatus.PENDING), job);
      case WAITING_FOR_RESOURCE ->
          job.deploy().isPresent()
              ? follow(lease, job)
              : begin(lease, pipeline, job, jobs, running, turn);
      case RUNNING ->
          job.deploy().isPresent()
              ? follow(lease, job)
              : job.spec().trigger().isPresent()
                  ? followDownstream(lease, job)
                  : mirrors(job)
                      ? mirror(lease, job)
                      : !running.has(job.id()) && elsewhere(lease, job, running);
      case CANCELED -> {
        running.end(job.id());
        yield false;
      }
      case CREATED, SUCCESS, FAILED, SKIPPED, MANUAL -> false;
    };
  }

  /// Start a job whose turn has come, once it has the slot of its resource group.
  private boolean begin(
      Lease lease,
      Pipeline pipeline,
      Job job,
      List<Job> jobs,
      Underway running,
      ReentrantLock turn) {
    if (job.spec().resourceGroup().isPresent()) {
      switch (resourceGroups.take(job, lease)) {
        case Slot.Taken _ -> {
          // Below.
        }
        case Slot.Busy _ -> {
          return job.status() == JobStatus.PENDING
              && change(lease, job.withStatus(JobStatus.WAITING_FOR_RESOURCE), job);
        }
        case Slot.Circular(var other) -> {
          return failed(
              lease,
              job,
              "stuck_or_timeout_failure",
              "resource group `%s` would never be free: job %d has it or goes before, and waits for this pipeline itself; give the child's jobs another group, or trigger it without `strategy`"
                  .formatted(job.spec().resourceGroup().get(), other));
        }
      }
    }
    if (job.spec().trigger().isPresent()) {
      return trigger(lease, pipeline, job, job.spec().trigger().get(), jobs);
    }
    var objection = work.objection(pipeline, job, jobs);
    if (objection.isPresent()) {
      var why = objection.get();
      return failed(lease, job.startedAt(time.instant()), why.failureReason(), why.message());
    }
    if (mirrors(job)) {
      return mirror(lease, job.startedAt(time.instant()));
    }
    return job.spec().deploys()
        ? deploy(lease, pipeline, job, jobs, running)
        : launch(lease, pipeline, job, jobs, running, turn);
  }

  private boolean trigger(
      Lease lease, Pipeline pipeline, Job job, Trigger trigger, List<Job> jobs) {
    var began = job.startedAt(time.instant());
    return switch (work.trigger(pipeline, job, jobs)) {
      case PipelineWork.Started.Downstream _ ->
          change(
              lease,
              switch (trigger.follow()) {
                case START ->
                    began
                        .withEnd(JobStatus.SUCCESS, 0, "", "")
                        .finishedAt(Optional.of(time.instant()));
                case DEPEND, MIRROR -> began.withStatus(JobStatus.RUNNING);
              },
              job);
      case PipelineWork.Started.No(var reason, var message) ->
          failed(lease, began, reason, message);
    };
  }

  /// A job that waits for the pipeline that it started ends as that does. The end of that pipeline
  /// wakes this one.
  private boolean followDownstream(Lease lease, Job job) {
    var downstream = pipelines.startedBy(job.id());
    if (downstream.isEmpty()) {
      return failed(lease, job, "unknown_failure", "the pipeline that it started is gone");
    }
    return endedAs(lease, job, downstream.get());
  }

  /// A job without a script that has the status of a pipeline of another project. Nothing wakes
  /// this one when that ends, so it is looked at again and again.
  private boolean mirror(Lease lease, Job job) {
    var upstream = work.mirrored(job);
    if (upstream.isPresent() && upstream.get().status() == PipelineStatus.SKIPPED) {
      return change(
          lease, job.withStatus(JobStatus.SKIPPED).finishedAt(Optional.of(time.instant())), job);
    }
    return (upstream.isPresent() && endedAs(lease, job, upstream.get()))
        || (job.status() != JobStatus.RUNNING
            && change(lease, job.withStatus(JobStatus.RUNNING), job));
  }

  private static boolean mirrors(Job job) {
    return job.spec().script().isEmpty()
        && job.spec().trigger().isEmpty()
        && job.spec().workplace().foreign().stream().anyMatch(Foreign.Status.class::isInstance);
  }

  /// End a job as another pipeline has ended.
  ///
  /// @return false when that has not ended
  private boolean endedAs(Lease lease, Job job, Pipeline other) {
    var name = "pipeline #%d of %s".formatted(other.number(), other.project());
    return switch (other.status()) {
      case SUCCESS ->
          change(
              lease,
              job.withEnd(JobStatus.SUCCESS, 0, "", "").finishedAt(Optional.of(time.instant())),
              job);
      case CANCELED ->
          change(
              lease,
              job.withStatus(JobStatus.CANCELED).finishedAt(Optional.of(time.instant())),
              job);
      case FAILED -> failed(lease, job, "unknown_failure", name + " failed");
      case SKIPPED ->
          failed(lease, job, "unknown_failure", "all jobs of %s were skipped".formatted(name));
      case CREATED, WAITING_FOR_RESOURCE, PENDING, RUNNING, MANUAL, SCHEDULED -> false;
    };
  }

  /// How long until a delayed job is due, or a runner's silence is to be noticed, where there is
  /// such a job.
  private Optional<Duration> untilNext(List<Job> jobs, Underway running) {
    if (jobs.stream().anyMatch(j -> j.status() == JobStatus.RUNNING && mirrors(j))) {
      return Optional.of(pace.retry());
    }
    var delayed =
        jobs.stream()
            .filter(job -> job.status() == JobStatus.SCHEDULED)
            .flatMap(job -> job.scheduledAt().stream())
            .map(at -> Duration.between(time.instant(), at))
            .map(wait -> wait.compareTo(pace.rest()) > 0 ? pace.rest() : wait);
    var withRunners =
        jobs.stream()
            .filter(job -> running.elsewhere(job.id()))
            .limit(1)
            .map(_ -> RunnerJobs.LOOK_EACH);
    return Stream.concat(delayed, withRunners).min(Comparator.naturalOrder());
  }

  /// Whether it waits for something that nobody would tell a pipeline of that has settled: a slot
  /// of this server or of a resource group. While few pipelines wait, each does so with its lease,
  /// and hears at once; when there are many, they take turns looking.
  private static boolean wantsRoom(Job job) {
    return job.deploy().isEmpty()
        && (job.status() == JobStatus.PENDING || job.status() == JobStatus.WAITING_FOR_RESOURCE);
  }

  /// Nothing is under way here, and what waits does so for a person, for its time, or for a deploy,
  /// whose every change wakes this pipeline.
  private static boolean isQuiet(List<Job> jobs, Underway running) {
    return running.isEmpty()
        && jobs.stream()
            .allMatch(j ->
                j.status().finished()
                    || j.status() == JobStatus.MANUAL
                    || j.status() == JobStatus.SCHEDULED
                    || j.status() == JobStatus.CREATED
                    || running.elsewhere(j.id())
                    || j.deploy().isPresent()
                    || (j.status() == JobStatus.RUNNING
                        && (j.spec().trigger().isPresent() || mirrors(j))));
  }

  /// A job that runs, but not on this server.
  private boolean elsewhere(Lease lease, Job job, Underway running) {
    var news = runnerJobs.map(r -> r.running(job)).orElseGet(RunnerJobs.News.NotOurs::new);
    return news instanceof RunnerJobs.News.NotOurs
        ? died(lease, job)
        : hear(lease, job, news, running);
  }

  /// Offer a job to runners.
  ///
  /// @return whether anything moved; empty when it is no job for runners
  private Optional<Boolean> offer(Lease lease, Pipeline pipeline, Job job, Underway running) {
    if (runnerJobs.isEmpty() || !runnerJobs.get().concerns(job)) {
      return Optional.empty();
    }
    var news = runnerJobs.get().waiting(pipeline, job, work.isProtected(pipeline));
    if (news instanceof RunnerJobs.News.NotOurs) {
      return Optional.empty();
    }
    return Optional.of(
        job.status() == JobStatus.WAITING_FOR_RESOURCE
            ? change(lease, job.withStatus(JobStatus.PENDING), job)
            : hear(lease, job, news, running));
  }

  private boolean hear(Lease lease, Job job, RunnerJobs.News news, Underway running) {
    return switch (news) {
      case RunnerJobs.News.NotOurs _ -> false;
      case RunnerJobs.News.Nothing _ -> {
        running.isElsewhere(job.id());
        yield false;
      }
      case RunnerJobs.News.Began(var at) ->
          change(lease, job.withStatus(JobStatus.RUNNING).startedAt(at), job);
      case RunnerJobs.News.Over(var outcome) -> ended(lease, job, outcome);
      case RunnerJobs.News.GivenUp(var reason, var message) -> failed(lease, job, reason, message);
    };
  }

  private boolean launch(
      Lease lease,
      Pipeline pipeline,
      Job job,
      List<Job> jobs,
      Underway running,
      ReentrantLock turn) {
    var offered = offer(lease, pipeline, job, running);
    if (offered.isPresent()) {
      return offered.get();
    }
    if (running.has(job.id()) || guard.leaves(lease) || !slots.tryAcquire()) {
      return false;
    }
    var began = job.withStatus(JobStatus.RUNNING).startedAt(time.instant());
    if (!change(lease, began, job)) {
      slots.release();
      return true;
    }
    var thread =
        time.thread(
            "job-" + job.id(),
            () -> {
              try {
                run(lease, pipeline, began, jobs, turn);
              } finally {
                slots.release();
              }
            });
    running.put(job.id(), thread);
    thread.start();
    return true;
  }

  private void run(Lease lease, Pipeline pipeline, Job job, List<Job> jobs, ReentrantLock turn) {
    try {
      var order = work.order(pipeline, job, jobs);
      var outcome =
          executor.run(
              order,
              (bytes, from, length) -> logs.append(LogName.job(job.id()), bytes, from, length));
      // Under the lock, so that the loop does not skip what follows between the failure of this job
      // and its retry.
      turn.lock();
      try {
        var _ = ended(lease, job, outcome);
      } finally {
        turn.unlock();
      }
    } catch (InterruptedException _) {
      // Cancelled, which is on record already, or this server stops and the next one sees that the
      // job died.
    } catch (JobNotRunnable e) {
      var _ = failed(lease, job, SYSTEM_FAILURE, e.getMessage() + ": " + reason(e));
    } catch (RuntimeException e) {
      log.atError().addKeyValue("job", job.id()).setCause(e).log("running a job failed");
      var _ = failed(lease, job, SYSTEM_FAILURE, reason(e));
    }
  }

  private boolean ended(Lease lease, Job job, JobOutcome outcome) {
    var changed = left(job, outcome);
    return switch (outcome.ending()) {
      case Ending.Succeeded _ -> {
        if (job.spec().environment().isPresent()) {
          work.succeeded(changed);
        }
        yield change(lease, changed.withEnd(JobStatus.SUCCESS, 0, "", ""), job);
      }
      case Ending.Failed(var exitCode, var reason, var message) ->
          fail(lease, changed.withEnd(JobStatus.FAILED, exitCode, reason, message), job);
      case Ending.Cancelled _ -> change(lease, changed.withStatus(JobStatus.CANCELED), job);
    };
  }

  private Job left(Job job, JobOutcome outcome) {
    var now = time.instant();
    return job.withResults(outcome.artifacts(), work.keeping(job, now), outcome.dotenv())
        .finishedAt(Optional.of(now));
  }

  /// Store a failure, and with it the next attempt where `retry` asks for one.
  private boolean fail(Lease lease, Job failed, Job before) {
    return failed.spec().retry().wants(failed.attempt(), failed.failureReason(), failed.exitCode())
        ? pipelines.failAndRetry(failed, before.status(), time.instant(), lease)
        : change(lease, failed, before);
  }

  /// A job ends because of something that is not its script's doing.
  ///
  /// @return whether that was stored
  private boolean failed(Lease lease, Job job, String reason, String message) {
    tell(job, message);
    return fail(lease, failure(job, reason, message), job);
  }

  private Job failure(Job job, String reason, String message) {
    return job.withEnd(JobStatus.FAILED, NO_EXIT_CODE, reason, message)
        .finishedAt(Optional.of(time.instant()));
  }

  /// The first time that a server dies under a job is not the job's doing: it runs again unasked.
  private boolean died(Lease lease, Job job) {
    var message = "the server stopped while this job ran";
    tell(job, message);
    var failed = failure(job, SYSTEM_FAILURE, message);
    return job.attempt() == 1
        ? pipelines.failAndRetry(failed, job.status(), time.instant(), lease)
        : fail(lease, failed, job);
  }

  private boolean deploy(
      Lease lease, Pipeline pipeline, Job job, List<Job> jobs, Underway running) {
    return switch (work.deploy(pipeline, job, jobs)) {
      case PipelineWork.Begun.Deploy(var deploy) ->
          change(
              lease,
              job.withStatus(JobStatus.WAITING_FOR_RESOURCE)
                  .following(deploy)
                  .startedAt(time.instant()),
              job);
      case PipelineWork.Begun.NotYet _ -> false;
      case PipelineWork.Begun.ReleaseFirst _ -> {
        make(lease, pipeline, jobs, running);
        yield false;
      }
      case PipelineWork.Begun.No(var reason, var message) -> failed(lease, job, reason, message);
    };
  }

  /// A job that stands for a deploy has the status that the deploy gives it.
  private boolean follow(Lease lease, Job job) {
    var state = deploys.find(job.deploy().orElseThrow()).orElseThrow().state();
    var status = statusOf(state);
    if (status == job.status()) {
      return false;
    }
    return state instanceof Finished end
        ? deployEnded(lease, job, end)
        : change(lease, job.withStatus(status), job);
  }

  /// Also what its script left is the job's from now on. A script that was seen to fail may be run
  /// again by the file's own `retry`, as a new deploy with approvals of its own; one that may or
  /// may not have run is not, and neither is one that a person called back.
  private boolean deployEnded(Lease lease, Job job, Finished state) {
    var script = pipelines.scriptEnd(job.deploy().orElseThrow());
    var ended =
        script
            .map(outcome -> left(job, outcome))
            .orElseGet(() -> job.finishedAt(Optional.of(time.instant())));
    return switch (state) {
      case Succeeded _ -> {
        var done = ended.withEnd(JobStatus.SUCCESS, 0, "", "");
        work.succeeded(done);
        yield change(lease, done, job);
      }
      case DeployState.RolledBack(_, var cause) ->
          script.map(JobOutcome::ending).orElse(null) instanceof Ending.Failed failure
              ? scriptFailed(lease, job, ended, failure)
              : change(lease, deployFailed(ended, "script_failure", "rolled back: " + cause), job);
      case DeployState.Stuck(_, _, var cause, var refusal) ->
          change(
              lease,
              deployFailed(ended, "script_failure", cause + "; going back failed: " + refusal),
              job);
      case DeployState.Refused(var reason) ->
          change(lease, deployFailed(ended, "script_failure", reason), job);
      case DeployState.Superseded _ ->
          change(
              lease,
              deployFailed(ended, "failed_outdated_deployment_job", "a newer deploy went ahead"),
              job);
      case DeployState.Preempted _ ->
          change(
              lease,
              deployFailed(
                  ended, "failed_outdated_deployment_job", "a newer deploy took its place"),
              job);
      case DeployState.Cancelled _ -> change(lease, ended.withStatus(JobStatus.CANCELED), job);
    };
  }

  private static Job deployFailed(Job ended, String reason, String message) {
    return ended.withEnd(JobStatus.FAILED, NO_EXIT_CODE, reason, message);
  }

  private boolean scriptFailed(Lease lease, Job job, Job ended, Ending.Failed failure) {
    var failed =
        ended.withEnd(JobStatus.FAILED, failure.exitCode(), failure.reason(), failure.message());
    var calledBack =
        deploys.events(job.deploy().orElseThrow()).stream()
            .anyMatch(stored -> stored.event() instanceof DeployEvent.RollbackAsked);
    return calledBack ? change(lease, failed, job) : fail(lease, failed, job);
  }

  private static JobStatus statusOf(DeployState state) {
    return switch (state) {
      case DeployState.Draft _, DeployState.Waiting _ -> JobStatus.WAITING_FOR_RESOURCE;
      case DeployState.Running _,
          DeployState.Paused _,
          DeployState.Verifying _,
          DeployState.RollingBack _ ->
          JobStatus.RUNNING;
      case DeployState.Quarantined(var at, _) -> statusOf(at);
      case Succeeded _ -> JobStatus.SUCCESS;
      case DeployState.Cancelled _ -> JobStatus.CANCELED;
      case DeployState.Superseded _,
          DeployState.Preempted _,
          DeployState.RolledBack _,
          DeployState.Stuck _,
          DeployState.Refused _ ->
          JobStatus.FAILED;
    };
  }

  private void release(Lease lease, Pipeline pipeline, List<Job> jobs, Underway running) {
    var runs = jobs.stream().map(Job::run).toList();
    // What a child makes belongs to the release of the pipeline that started it.
    if (!jobs.isEmpty()
        && !pipeline.isChild()
        && pipeline.problems().isEmpty()
        && PipelineMachine.built(pipeline.stages(), runs)) {
      make(lease, pipeline, jobs, running);
    }
  }

  /// Make the release beside the loop: images are built and pushed on the way, and that takes
  /// longer than a person who cancels a job shall wait. Its being there, or why it is not, is
  /// stored, which wakes the loop.
  private void make(Lease lease, Pipeline pipeline, List<Job> jobs, Underway running) {
    if (running.has(RELEASE) || guard.leaves(lease) || work.isReleased(pipeline)) {
      return;
    }
    var thread =
        time.thread(
            "release-of-" + pipeline.id(),
            () -> {
              try {
                make(lease, pipeline, jobs);
              } catch (InterruptedException _) {
                // This server stops, or lost the lease; the next one begins anew.
              } catch (RuntimeException e) {
                running.broken(e);
              }
            });
    running.put(RELEASE, thread);
    thread.start();
  }

  private void make(Lease lease, Pipeline pipeline, List<Job> jobs) throws InterruptedException {
    for (var attempt = 1; ; attempt++) {
      switch (work.release(pipeline, jobs, attempt)) {
        case PipelineWork.Made.Done _ -> {
          return;
        }
        case PipelineWork.Made.Impossible(var problems) -> {
          pipelines.addProblems(pipeline.id(), problems, time.instant(), lease);
          return;
        }
        case PipelineWork.Made.Later(var why, var wait) -> {
          log.atWarn()
              .addKeyValue("pipeline", pipeline.id())
              .addKeyValue("attempt", attempt)
              .addKeyValue("why", why)
              .log("the release of a pipeline has to wait");
          time.sleep(wait);
        }
      }
    }
  }

  private boolean change(Lease lease, Job changed, Job before) {
    return pipelines.change(
        changed, before.status(), Actor.ENGINE, time.instant(), Optional.of(lease));
  }

  private void tell(Job job, String message) {
    var bytes = ("fleetwright: " + message + "\n").getBytes(StandardCharsets.UTF_8);
    logs.append(LogName.job(job.id()), bytes, 0, bytes.length);
  }

  private static String reason(Throwable e) {
    var cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /// The jobs that this loop runs, and the making of the release. One that was told to end is told
  /// so once, since a second interruption would disturb its ending, and is waited for.
  private static final class Underway {
    private final Map<Long, Thread> threads = new HashMap<>();
    private final Set<Long> ending = new HashSet<>();
    private final Set<Long> elsewhere = new HashSet<>();
    private final AtomicReference<@Nullable RuntimeException> broken = new AtomicReference<>();

    /// What was thrown beside the loop is the loop's to throw, so that it counts as a try in vain.
    void broken(RuntimeException cause) {
      broken.set(cause);
    }

    /// Forget which jobs are with runners, to be told anew.
    void look() {
      elsewhere.clear();
    }

    /// Note that a job waits for a runner or is with one.
    void isElsewhere(long job) {
      elsewhere.add(job);
    }

    boolean elsewhere(long job) {
      return elsewhere.contains(job);
    }

    void put(long job, Thread thread) {
      threads.put(job, thread);
    }

    boolean has(long job) {
      return threads.containsKey(job);
    }

    boolean isEmpty() {
      return threads.isEmpty();
    }

    boolean isAlive() {
      return threads.values().stream().anyMatch(Thread::isAlive);
    }

    void forgetEnded() {
      threads.values().removeIf(thread -> !thread.isAlive());
      var cause = broken.getAndSet(null);
      if (cause != null) {
        throw cause;
      }
      ending.retainAll(threads.keySet());
    }

    void end(long job) {
      var thread = threads.get(job);
      if (thread != null && ending.add(job)) {
        thread.interrupt();
      }
    }

    void endAll(Time time) throws InterruptedException {
      threads.keySet().forEach(this::end);
      for (var thread : threads.values()) {
        time.join(thread, ChronoUnit.FOREVER.getDuration());
      }
    }
  }
}
