package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.secret.Secret;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/// Runs jobs.
///
/// A job runs in a fresh clone, isolated in a process group of its own. When the server dies the
/// job is ended by the executor or at the latest by the next server's [#endStrays]; whether its
/// script had an effect is then not known, so a job that deploys is not run again by itself.
public interface JobExecutor {

  /// Run one job to its end. Blocks. Interruption ends the job's whole process group, with TERM and
  /// after ten seconds KILL, and throws.
  ///
  /// @param log takes the bytes that the job prints, secrets already masked
  /// @throws JobNotRunnable when the job could not be started at all; nothing of its script ran
  JobOutcome run(JobOrder order, JobLog log) throws InterruptedException;

  /// End what jobs of a dead server left running on this machine.
  ///
  /// @return for how many jobs processes were found and ended
  int endStrays();

  /// What to run.
  ///
  /// @param job the job's id, unique in this installation
  /// @param trusted whether it is of a protected branch, whose caches others do not see
  /// @param before files of earlier jobs to lay into the work tree, in order; later ones win
  /// @param variables complete environment of the script, beside what the executor adds
  ///   (`CI_PROJECT_DIR`, `PATH`, `HOME` …)
  /// @param secrets values to mask in the log; those that are variables are in `variables` too
  /// @param timeout ends the job with reason `job_execution_timeout`
  record JobOrder(
      long job,
      ProjectName project,
      CommitSha sha,
      String ref,
      boolean trusted,
      JobSpec spec,
      List<TreeEntry> before,
      SortedMap<String, String> variables,
      List<Secret> secrets,
      Duration timeout) {
    public JobOrder {
      before = List.copyOf(before);
      secrets = List.copyOf(secrets);
    }

    /// This order with other variables.
    public JobOrder withVariables(SortedMap<String, String> others) {
      return new JobOrder(job, project, sha, ref, trusted, spec, before, others, secrets, timeout);
    }
  }

  /// Takes what a job prints. Durable when `append` returns is not promised; in order is.
  @FunctionalInterface
  interface JobLog {
    void append(byte[] bytes, int from, int length);
  }

  /// A job could not be started.
  final class JobNotRunnable extends RuntimeException {
    /// @param during what was being done, such as `cloning commit 1a2b3c4d`
    public JobNotRunnable(String during, Throwable cause) {
      super(during, cause);
    }
  }
}
