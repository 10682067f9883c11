package dev.fleetwright.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.AutoCancel.OnNewCommit;
import dev.fleetwright.core.pipeline.JobSpec.Retry;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.core.pipeline.ProcessMode.Candidate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What ends by itself, what is tried again, and who goes first. The rules quoted are those of
/// https://docs.gitlab.com/ci/yaml/ and contract 2a.9.
class SupersededTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  /// "Cancel the pipeline, but only if no jobs with interruptible: false have started yet."
  @Test
  void conservative_ends_all_until_something_that_must_not_be_interrupted_has_started() {
    var waiting = job(1, JobStatus.CREATED, false);
    var running = job(2, JobStatus.RUNNING, true);
    assertThat(superseded(OnNewCommit.CONSERVATIVE, waiting, running))
        .containsExactly(waiting, running);

    var done = job(3, JobStatus.SUCCESS, false);
    assertThat(superseded(OnNewCommit.CONSERVATIVE, waiting, running, done)).isEmpty();
  }

  /// "Cancel only jobs with interruptible: true."
  @Test
  void interruptible_ends_only_what_may_be_interrupted() {
    var steady = job(1, JobStatus.RUNNING, false);
    var running = job(2, JobStatus.RUNNING, true);
    var done = job(3, JobStatus.SUCCESS, true);
    assertThat(superseded(OnNewCommit.INTERRUPTIBLE, steady, running, done))
        .containsExactly(running);
  }

  @Test
  void what_waits_for_a_person_stays() {
    var manual = job(1, JobStatus.MANUAL, true);
    var after = job(2, JobStatus.CREATED, true);
    var done = job(3, JobStatus.SUCCESS, true);
    assertThat(superseded(OnNewCommit.CONSERVATIVE, manual, after, done)).isEmpty();

    var running = job(4, JobStatus.RUNNING, true);
    assertThat(superseded(OnNewCommit.CONSERVATIVE, manual, running)).containsExactly(running);
  }

  /// "Do not auto-cancel any jobs."
  @Test
  void none_ends_nothing() {
    assertThat(superseded(OnNewCommit.NONE, job(1, JobStatus.RUNNING, true))).isEmpty();
  }

  @Test
  void a_job_is_tried_again_for_one_of_its_reasons_or_one_of_its_exit_codes() {
    assertThat(Retry.NEVER.wants(1, "script_failure", 1)).isFalse();
    var any = new Retry(2, List.of(), List.of());
    assertThat(any.wants(2, "script_failure", 1)).isTrue();
    assertThat(any.wants(3, "script_failure", 1)).as("max").isFalse();
    var always = new Retry(1, List.of("always"), List.of());
    assertThat(always.wants(1, "runner_system_failure", 1)).isTrue();
    var reason = new Retry(1, List.of("runner_system_failure"), List.of());
    assertThat(reason.wants(1, "runner_system_failure", 1)).isTrue();
    assertThat(reason.wants(1, "script_failure", 1)).isFalse();
    var code = new Retry(1, List.of(), List.of(137));
    assertThat(code.wants(1, "script_failure", 137)).isTrue();
    assertThat(code.wants(1, "script_failure", 1)).isFalse();
    var both = new Retry(1, List.of("job_execution_timeout"), List.of(42));
    assertThat(both.wants(1, "job_execution_timeout", 1)).isTrue();
    assertThat(both.wants(1, "script_failure", 42)).isTrue();
  }

  @Test
  void a_resource_group_lets_go_first_whom_its_mode_names() {
    var oldUnready = new Candidate(1, 10, false);
    var middle = new Candidate(2, 20, true);
    var newest = new Candidate(3, 30, true);
    var upcoming = new Candidate(4, 40, false);
    var all = List.of(middle, upcoming, newest, oldUnready);

    assertThat(ProcessMode.UNORDERED.before(middle, all)).isEmpty();
    assertThat(ProcessMode.OLDEST_FIRST.before(middle, all)).contains(oldUnready);
    assertThat(ProcessMode.NEWEST_FIRST.before(newest, all)).contains(upcoming);
    assertThat(ProcessMode.NEWEST_READY_FIRST.before(middle, all)).contains(newest);
    assertThat(ProcessMode.NEWEST_READY_FIRST.before(newest, all)).isEmpty();
  }

  @Test
  void of_one_pipeline_the_job_that_is_ready_goes_first() {
    var later = new Candidate(1, 10, false);
    var ready = new Candidate(2, 10, true);
    assertThat(ProcessMode.OLDEST_FIRST.before(ready, List.of(later, ready))).isEmpty();
  }

  @Test
  void a_job_waits_for_another_by_stage_and_by_needs() {
    var stages = List.of("build", "test", "deploy");
    var build = JobSpec.running("build", "build", List.of());
    var test = JobSpec.running("test", "test", List.of());
    var deploy = JobSpec.running("deploy", "deploy", List.of());
    var jobs = List.of(build, test, deploy);
    assertThat(PipelineMachine.waitsFor(stages, jobs, deploy, build)).isTrue();
    assertThat(PipelineMachine.waitsFor(stages, jobs, build, deploy)).isFalse();
    assertThat(PipelineMachine.waitsFor(stages, jobs, test, test)).isFalse();
  }

  private static List<Job> superseded(OnNewCommit mode, Job... jobs) {
    return PipelineMachine.superseded(new AutoCancel(mode, false), List.of(jobs));
  }

  private static Job job(long id, JobStatus status, boolean interruptible) {
    var plain = JobSpec.running("job-" + id, "build", List.of("true"));
    var spec =
        new JobSpec(
            plain.name(),
            plain.stage(),
            plain.script(),
            List.of(),
            new TreeMap<>(),
            Optional.empty(),
            Optional.empty(),
            When.ON_SUCCESS,
            plain.allowFailure(),
            Retry.NEVER,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Workplace.BARE,
            new TreeSet<>(),
            Optional.empty(),
            interruptible,
            Optional.empty(),
            Optional.empty(),
            Aftermath.NONE,
            new TreeMap<>());
    return new Job(
        id,
        1,
        spec,
        status,
        1,
        -1,
        "",
        "",
        List.of(),
        new Job.Keeping.Always(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        status == JobStatus.CREATED ? Optional.empty() : Optional.of(NOON),
        Optional.empty());
  }
}
