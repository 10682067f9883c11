package dev.fleetwright.core.engine;

import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the loop over pipelines needs to have done that takes knowledge of configuration files.
/// Every call may be repeated after a crash and must then find what it did before.
public interface PipelineWork {

  /// Everything a job's script needs: its variables, and the artifacts of earlier jobs.
  ///
  /// @param jobs all jobs of the pipeline
  JobOrder order(Pipeline pipeline, Job job, List<Job> jobs);

  /// Whether a pipeline is of a branch that only those may push to who may change the
  /// configuration.
  boolean isProtected(Pipeline pipeline);

  /// Whether the release of a pipeline is there already.
  boolean isReleased(Pipeline pipeline);

  /// Make the release of a pipeline whose building jobs are all done. Called again it answers with
  /// the same release. It may block for as long as it takes to build and push images, and ends when
  /// its thread is interrupted; what it did until then is done again by the next call.
  ///
  /// @param attempt 1 for the first; grows after each [Made.Later], and begins anew after a crash
  Made release(Pipeline pipeline, List<Job> jobs, int attempt) throws InterruptedException;

  /// Start the deploy that a job with an `environment:` stands for.
  Begun deploy(Pipeline pipeline, Job job, List<Job> jobs);

  /// How long the files are kept that a job left.
  Job.Keeping keeping(Job job, Instant ended);

  /// A job with an environment has succeeded: act on what its script told, such as where people
  /// reach the environment, and on what it says of its end.
  void succeeded(Job job);

  /// Why a job cannot be run as things are; empty when it can.
  ///
  /// @param jobs all jobs of the pipeline
  Optional<Objection> objection(Pipeline pipeline, Job job, List<Job> jobs);

  /// A job fails before anything of it was run.
  ///
  /// @param failureReason GitLab's word, such as `missing_dependency_failure`
  record Objection(String failureReason, String message) {}

  /// The pipeline of another project whose status a job takes over (`needs: pipeline` alone); empty
  /// while there is none.
  Optional<Pipeline> mirrored(Job job);

  /// Start the pipeline that a job with `trigger` names. Called again it answers with the same one.
  Started trigger(Pipeline pipeline, Job job, List<Job> jobs);

  /// The answer to [#trigger].
  sealed interface Started {
    /// It is there.
    record Downstream(long id) implements Started {}

    /// The job fails.
    ///
    /// @param failureReason GitLab's word, such as `downstream_pipeline_creation_failed`
    record No(String failureReason, String message) implements Started {}
  }

  /// The answer to [#release].
  sealed interface Made {
    /// It is there.
    record Done(Release release) implements Made {}

    /// Somebody else is needed for it who does not answer at the moment.
    ///
    /// @param why for people
    record Later(String why, Duration askAgainIn) implements Made {}

    /// It cannot be made; one line for each reason, for people.
    record Impossible(List<String> problems) implements Made {
      public Impossible {
        problems = List.copyOf(problems);
      }
    }
  }

  /// The answer to [#deploy].
  sealed interface Begun {
    /// The job's status follows this deploy.
    record Deploy(long id) implements Begun {}

    /// Jobs that the release is made of have not ended; ask again when one has.
    record NotYet() implements Begun {}

    /// The release is to be made first ([#release]); ask again when it is there.
    record ReleaseFirst() implements Begun {}

    /// The job fails.
    ///
    /// @param failureReason GitLab's word, such as `environment_creation_failure`
    record No(String failureReason, String message) implements Begun {}
  }
}
