package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.JobSpec.When;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules between jobs, contract 2a.5 and 2a.6; pure.
public final class PipelineMachine {

  private PipelineMachine() {}

  /// The jobs whose turn has come and the status that each takes now: pending, manual, scheduled or
  /// skipped. Empty when nothing moves until a job ends. Ask again after applying the answer: a
  /// skipped job may let others go on.
  ///
  /// @param stages in order
  /// @param jobs all jobs of the pipeline
  public static Map<String, JobStatus> due(List<String> stages, List<JobRun> jobs) {
    var byName = new HashMap<String, JobRun>();
    jobs.forEach(job -> byName.put(job.spec().name(), job));
    var due = new HashMap<String, JobStatus>();
    for (var job : jobs) {
      if (job.status() == JobStatus.CREATED) {
        var before = before(stages, job, jobs, byName);
        if (before.stream().noneMatch(JobRun::holds)) {
          due.put(job.spec().name(), turn(job, before));
        }
      }
    }
    return due;
  }

  private static List<JobRun> before(
      List<String> stages, JobRun job, List<JobRun> jobs, Map<String, JobRun> byName) {
    var needs = job.spec().needs();
    if (needs.isPresent()) {
      return needs.get().stream().map(Need::job).map(byName::get).filter(n -> n != null).toList();
    }
    var stage = stages.indexOf(job.spec().stage());
    return jobs.stream().filter(j -> stages.indexOf(j.spec().stage()) < stage).toList();
  }

  private static JobStatus turn(JobRun job, List<JobRun> before) {
    var passed = before.stream().allMatch(JobRun::letsPass);
    // A needed job that was skipped, or that waits for a person who may never come, did not do what
    // it is needed for; one of an earlier stage is as good as done.
    var lacking =
        job.spec().needs().isPresent()
            && before.stream()
                .map(JobRun::status)
                .anyMatch(s -> s == JobStatus.SKIPPED || s == JobStatus.MANUAL);
    return switch (job.spec().when()) {
      case ON_SUCCESS -> passed && !lacking ? JobStatus.PENDING : JobStatus.SKIPPED;
      case MANUAL -> passed && !lacking ? JobStatus.MANUAL : JobStatus.SKIPPED;
      case DELAYED -> passed && !lacking ? JobStatus.SCHEDULED : JobStatus.SKIPPED;
      case ON_FAILURE ->
          before.stream().anyMatch(JobRun::failed) ? JobStatus.PENDING : JobStatus.SKIPPED;
      case ALWAYS -> JobStatus.PENDING;
      case NEVER -> JobStatus.SKIPPED;
    };
  }

  /// The jobs that end because a newer commit of the branch has a pipeline (`workflow:
  /// auto_cancel`; https://docs.gitlab.com/ci/yaml/#workflowauto_cancelon_new_commit). What waits
  /// for a person costs nothing and stays: somebody may still want to play it.
  ///
  /// @param mode what the file of the older pipeline says
  public static List<Job> superseded(AutoCancel mode, List<Job> jobs) {
    if (status(jobs.stream().map(Job::run).toList()) == PipelineStatus.MANUAL) {
      return List.of();
    }
    var unfinished =
        jobs.stream()
            .filter(j -> !j.status().finished() && j.status() != JobStatus.MANUAL)
            .toList();
    return switch (mode.onNewCommit()) {
      case CONSERVATIVE ->
          jobs.stream().anyMatch(j -> !j.spec().interruptible() && j.startedAt().isPresent())
              ? List.of()
              : unfinished;
      case INTERRUPTIBLE -> unfinished.stream().filter(j -> j.spec().interruptible()).toList();
      case NONE -> List.of();
    };
  }

  /// Whether a job cannot have its turn before another one has ended, by needs or by stages.
  ///
  /// @param jobs all jobs of the pipeline
  public static boolean waitsFor(
      List<String> stages, List<JobSpec> jobs, JobSpec job, JobSpec other) {
    var byName = new HashMap<String, JobSpec>();
    jobs.forEach(j -> byName.put(j.name(), j));
    var seen = new HashSet<String>();
    var open = new ArrayDeque<>(List.of(job));
    while (!open.isEmpty()) {
      var next = open.pop();
      if (!seen.add(next.name())) {
        continue;
      }
      var needs = next.needs();
      var stage = stages.indexOf(next.stage());
      var before =
          needs.isPresent()
              ? needs.get().stream().map(Need::job).map(byName::get).filter(n -> n != null).toList()
              : jobs.stream().filter(j -> stages.indexOf(j.stage()) < stage).toList();
      if (before.stream().anyMatch(b -> b.name().equals(other.name()))) {
        return true;
      }
      open.addAll(before);
    }
    return false;
  }

  /// What the jobs amount to: the first that applies of running, waiting for a resource, pending,
  /// blocked, scheduled, still created, failed, canceled, all skipped, success.
  public static PipelineStatus status(List<JobRun> jobs) {
    Set<JobStatus> there = new HashSet<>();
    jobs.forEach(j -> there.add(j.status()));
    if (there.contains(JobStatus.RUNNING)) {
      return PipelineStatus.RUNNING;
    } else if (there.contains(JobStatus.WAITING_FOR_RESOURCE)) {
      return PipelineStatus.WAITING_FOR_RESOURCE;
    } else if (there.contains(JobStatus.PENDING)) {
      return PipelineStatus.PENDING;
    } else if (jobs.stream()
        .anyMatch(j -> j.status() == JobStatus.MANUAL && !j.spec().allowFailure().allowed())) {
      return PipelineStatus.MANUAL;
    } else if (there.contains(JobStatus.SCHEDULED)) {
      return PipelineStatus.SCHEDULED;
    } else if (there.contains(JobStatus.CREATED)) {
      return there.size() == 1 ? PipelineStatus.CREATED : PipelineStatus.RUNNING;
    } else if (jobs.stream().anyMatch(JobRun::failed)) {
      return PipelineStatus.FAILED;
    } else if (there.contains(JobStatus.CANCELED)) {
      return PipelineStatus.CANCELED;
    } else if (jobs.stream()
        .allMatch(j -> j.status() == JobStatus.SKIPPED || j.status() == JobStatus.MANUAL)) {
      return PipelineStatus.SKIPPED;
    } else {
      return PipelineStatus.SUCCESS;
    }
  }

  /// The jobs that make up a release: all but those that deploy and those that come after one, by
  /// needs or by stage. The release is made when all of them let pass.
  public static List<JobRun> building(List<String> stages, List<JobRun> jobs) {
    var later = new HashSet<String>();
    jobs.stream().filter(j -> j.spec().deploys()).forEach(j -> later.add(j.spec().name()));
    var firstDeployStage =
        jobs.stream()
            .filter(j -> j.spec().deploys() && j.spec().needs().isEmpty())
            .mapToInt(j -> stages.indexOf(j.spec().stage()))
            .min()
            .orElse(stages.size());
    var grown = true;
    while (grown) {
      grown = false;
      for (var job : jobs) {
        var spec = job.spec();
        var after =
            spec.needs()
                .map(needs -> needs.stream().anyMatch(n -> later.contains(n.job())))
                .orElse(stages.indexOf(spec.stage()) > firstDeployStage);
        grown |= after && later.add(spec.name());
      }
    }
    return jobs.stream()
        .filter(j -> !later.contains(j.spec().name()))
        .filter(j -> j.spec().when() != When.ON_FAILURE)
        .toList();
  }

  /// Whether the release can be made: something builds it, and all of that let pass.
  public static boolean built(List<String> stages, List<JobRun> jobs) {
    return building(stages, jobs).stream().allMatch(JobRun::letsPass);
  }
}
