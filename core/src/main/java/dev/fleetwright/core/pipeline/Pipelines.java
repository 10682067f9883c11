package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

/// All pipelines and their jobs.
public interface Pipelines {

  /// Record a new pipeline with its jobs, all created; or, with problems, a failed one without.
  ///
  /// For a job that started one already ([Pipeline#parent]) nothing is added and that one is the
  /// answer, so it may be asked for again after a crash.
  Pipeline add(NewPipeline pipeline, Actor by, Instant at);

  /// What a new pipeline is made of. Fields as in [Pipeline].
  record NewPipeline(
      ProjectName project,
      CommitSha sha,
      String ref,
      boolean tag,
      String source,
      String title,
      String author,
      List<String> stages,
      List<JobSpec> jobs,
      List<String> problems,
      SortedMap<String, String> variables,
      String name,
      AutoCancel autoCancel,
      Optional<Long> parent) {
    public NewPipeline {
      stages = List.copyOf(stages);
      jobs = List.copyOf(jobs);
      problems = List.copyOf(problems);
    }

    /// One that no job started, with the usual rules.
    public NewPipeline(
        ProjectName project,
        CommitSha sha,
        String ref,
        boolean tag,
        String source,
        String title,
        String author,
        List<String> stages,
        List<JobSpec> jobs,
        List<String> problems,
        SortedMap<String, String> variables) {
      this(
          project,
          sha,
          ref,
          tag,
          source,
          title,
          author,
          stages,
          jobs,
          problems,
          variables,
          "",
          AutoCancel.USUAL,
          Optional.empty());
    }
  }

  /// Record a new pipeline of a commit that was built before, to build it again.
  ///
  /// @param of the first pipeline of that commit, which is no such repetition itself
  /// @param cause what it is built again for, where that is to be done once: for the same cause
  ///   nothing is added and the pipeline that there is is the answer
  Pipeline addRebuild(NewPipeline pipeline, long of, Optional<String> cause, Actor by, Instant at);

  /// The pipeline whose commit this one builds again; empty when it is no such repetition.
  Optional<Long> rebuildOf(long pipeline);

  /// One pipeline.
  Optional<Pipeline> find(long id);

  /// A project's, newest first.
  List<Pipeline> of(ProjectName project, int most, int skip);

  /// Those of a branch or tag that have not ended, oldest first; not what a job started.
  List<Pipeline> unfinished(ProjectName project, String ref);

  /// The pipeline that a job started, if it has done so.
  Optional<Pipeline> startedBy(long job);

  /// How many pipelines this one and those that it led to are.
  int family(long pipeline);

  /// The jobs of a pipeline, the newest attempt of each, in the order of the file.
  List<Job> jobs(long pipeline);

  /// One job.
  Optional<Job> job(long id);

  /// The last run of a job of that name on a branch or tag that succeeded, in the newest pipeline
  /// that has one.
  Optional<Job> lastSuccess(ProjectName project, String ref, String job);

  /// The newest pipeline of a branch that no job of its own project started.
  Optional<Pipeline> newest(ProjectName project, String branch);

  /// Change a job, if its status is still what the caller saw, and with a lease if that is still
  /// the newest generation for the pipeline. When a person played it, jobs that were skipped are
  /// created again, so that their turn is decided anew. The pipeline's status
  /// ([PipelineMachine#status]) and its times, a feed entry, and for a job that was played,
  /// cancelled or retried by a person a ledger record, are written in the same transaction.
  ///
  /// @param seen the status that the decision was made on
  /// @return whether it was changed
  boolean change(Job job, JobStatus seen, Actor by, Instant at, Optional<Lease> lease);

  /// Note what keeps a pipeline's release from being made, for people; see [Pipeline#problems].
  void addProblems(long pipeline, List<String> problems, Instant at, Lease lease);

  /// Note that nothing is left to do for the engine until something changes: the pipeline is not
  /// handed out by [dev.fleetwright.core.engine.Leases#claim] until the next change. A new pipeline
  /// and each change of a job make it unsettled.
  ///
  /// @param changes that the decision was made on ([Pipeline#changes])
  /// @return false when something changed meanwhile or the lease was lost; nothing was noted
  boolean settle(long pipeline, long changes, Lease lease);

  /// Record that a job failed and, in the same transaction, run it again as a new attempt, so that
  /// nobody sees a failure that is not final.
  ///
  /// @param job as [#change] takes it
  /// @return whether it was stored
  boolean failAndRetry(Job job, JobStatus seen, Instant at, Lease lease);

  /// Note how the script ended that a deploy ran for its job, and what it left. Repeated, the last
  /// counts.
  void scriptEnded(long deploy, JobOutcome outcome);

  /// How the script ended that a deploy ran for its job; empty while it is not known.
  Optional<JobOutcome> scriptEnd(long deploy);

  /// Cancel some jobs of a pipeline in one transaction. Those that follow a deploy are chosen but
  /// left as they are: whoever asks cancels the deploy.
  ///
  /// @param which of all jobs, as they are while nothing else can change them
  /// @return what was chosen
  List<Job> cancel(long pipeline, Function<List<Job>, List<Job>> which, Actor by, Instant at);

  /// Run a finished job again as a new attempt, with an id of its own; it is pending at once. Jobs
  /// that were skipped are created again, so that their turn is decided anew. What kept the release
  /// from being made is forgotten: it is tried again.
  ///
  /// @return the new job; empty when the job has not ended or is not the newest attempt
  Optional<Job> retry(long job, Actor by, Instant at);
}
