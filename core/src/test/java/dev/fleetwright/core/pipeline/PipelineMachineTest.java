package dev.fleetwright.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.JobSpec.Retry;
import dev.fleetwright.core.pipeline.JobSpec.When;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The rules quoted are those of contract 2a.5 and 2a.6.
class PipelineMachineTest {

  private static final List<String> STAGES = List.of("build", "test", "deploy");

  @Test
  void a_stage_starts_when_all_earlier_ones_let_pass() {
    assertThat(due(job("a", "build", JobStatus.RUNNING), created("b", "test"))).isEmpty();
    assertThat(due(job("a", "build", JobStatus.SUCCESS), created("b", "test")))
        .isEqualTo(Map.of("b", JobStatus.PENDING));
  }

  @Test
  void what_follows_a_failure_is_skipped() {
    assertThat(due(job("a", "build", JobStatus.FAILED), created("b", "test")))
        .isEqualTo(Map.of("b", JobStatus.SKIPPED));
  }

  @Test
  void an_allowed_failure_lets_pass() {
    var a = new JobRun(spec("a", "build").allow(AllowFailure.YES).done(), JobStatus.FAILED, 1);
    assertThat(due(a, created("b", "test"))).isEqualTo(Map.of("b", JobStatus.PENDING));
    assertThat(PipelineMachine.status(List.of(a))).isEqualTo(PipelineStatus.SUCCESS);
  }

  @Test
  void only_the_exit_codes_named_are_forgiven() {
    var spec = spec("a", "build").allow(new AllowFailure(false, List.of(42))).done();
    assertThat(new JobRun(spec, JobStatus.FAILED, 42).failed()).isFalse();
    assertThat(new JobRun(spec, JobStatus.FAILED, 1).failed()).isTrue();
  }

  @Test
  void needs_bypass_stages() {
    var b = new JobRun(spec("b", "deploy").after("a").done(), JobStatus.CREATED, -1);
    assertThat(
            due(job("a", "build", JobStatus.SUCCESS), job("slow", "build", JobStatus.RUNNING), b))
        .isEqualTo(Map.of("b", JobStatus.PENDING));
  }

  @Test
  void a_job_without_needs_to_wait_for_starts_at_once() {
    var b = new JobRun(spec("b", "deploy").after().done(), JobStatus.CREATED, -1);
    assertThat(due(job("a", "build", JobStatus.RUNNING), b))
        .isEqualTo(Map.of("b", JobStatus.PENDING));
  }

  @Test
  void a_job_that_needs_a_skipped_one_is_skipped() {
    var b = new JobRun(spec("b", "deploy").after("a").done(), JobStatus.CREATED, -1);
    assertThat(due(job("a", "build", JobStatus.SKIPPED), b))
        .isEqualTo(Map.of("b", JobStatus.SKIPPED));
  }

  @Test
  void a_job_that_needs_a_manual_one_that_nobody_started_is_skipped() {
    var a =
        new JobRun(
            spec("a", "build").when(When.MANUAL).allow(AllowFailure.YES).done(),
            JobStatus.MANUAL,
            -1);
    var b = new JobRun(spec("b", "deploy").after("a").done(), JobStatus.CREATED, -1);
    assertThat(due(a, b)).isEqualTo(Map.of("b", JobStatus.SKIPPED));
  }

  @Test
  void an_optional_manual_job_does_not_block_and_a_blocking_one_does() {
    var optional =
        new JobRun(
            spec("a", "build").when(When.MANUAL).allow(AllowFailure.YES).done(),
            JobStatus.MANUAL,
            -1);
    var blocking = new JobRun(spec("a", "build").when(When.MANUAL).done(), JobStatus.MANUAL, -1);
    var next = created("b", "test");
    assertThat(due(optional, next)).isEqualTo(Map.of("b", JobStatus.PENDING));
    assertThat(due(blocking, next)).isEmpty();
    assertThat(PipelineMachine.status(List.of(blocking, next))).isEqualTo(PipelineStatus.MANUAL);
  }

  @Test
  void on_failure_runs_only_after_a_failure_and_always_runs_in_any_case() {
    var tell = new JobRun(spec("tell", "test").when(When.ON_FAILURE).done(), JobStatus.CREATED, -1);
    var clean = new JobRun(spec("clean", "test").when(When.ALWAYS).done(), JobStatus.CREATED, -1);
    assertThat(due(job("a", "build", JobStatus.FAILED), tell, clean))
        .isEqualTo(Map.of("tell", JobStatus.PENDING, "clean", JobStatus.PENDING));
    assertThat(due(job("a", "build", JobStatus.SUCCESS), tell, clean))
        .isEqualTo(Map.of("tell", JobStatus.SKIPPED, "clean", JobStatus.PENDING));
  }

  @Test
  void the_release_is_made_of_what_comes_before_deploys() {
    var compile = job("compile", "build", JobStatus.SUCCESS);
    var unit = job("unit", "test", JobStatus.RUNNING);
    var staging =
        new JobRun(spec("staging", "deploy").deploys("staging").done(), JobStatus.CREATED, -1);
    var smoke = new JobRun(spec("smoke", "deploy").after("staging").done(), JobStatus.CREATED, -1);
    var jobs = List.of(compile, unit, staging, smoke);
    assertThat(PipelineMachine.building(STAGES, jobs)).containsExactly(compile, unit);
    assertThat(PipelineMachine.built(STAGES, jobs)).isFalse();
    assertThat(
            PipelineMachine.built(
                STAGES, List.of(compile, job("unit", "test", JobStatus.SUCCESS), staging, smoke)))
        .isTrue();
  }

  @Test
  void the_status_of_a_pipeline_is_what_its_jobs_amount_to() {
    assertThat(status(JobStatus.SUCCESS, JobStatus.RUNNING)).isEqualTo(PipelineStatus.RUNNING);
    assertThat(status(JobStatus.SUCCESS, JobStatus.PENDING)).isEqualTo(PipelineStatus.PENDING);
    assertThat(status(JobStatus.SUCCESS, JobStatus.FAILED)).isEqualTo(PipelineStatus.FAILED);
    assertThat(status(JobStatus.SUCCESS, JobStatus.CANCELED)).isEqualTo(PipelineStatus.CANCELED);
    assertThat(status(JobStatus.SKIPPED, JobStatus.SKIPPED)).isEqualTo(PipelineStatus.SKIPPED);
    assertThat(status(JobStatus.SUCCESS, JobStatus.SKIPPED)).isEqualTo(PipelineStatus.SUCCESS);
    assertThat(status(JobStatus.WAITING_FOR_RESOURCE, JobStatus.SUCCESS))
        .isEqualTo(PipelineStatus.WAITING_FOR_RESOURCE);
    assertThat(status(JobStatus.CREATED, JobStatus.CREATED)).isEqualTo(PipelineStatus.CREATED);
  }

  private static PipelineStatus status(JobStatus first, JobStatus second) {
    return PipelineMachine.status(List.of(job("a", "build", first), job("b", "build", second)));
  }

  private static Map<String, JobStatus> due(JobRun... jobs) {
    return PipelineMachine.due(STAGES, List.of(jobs));
  }

  private static JobRun created(String name, String stage) {
    return job(name, stage, JobStatus.CREATED);
  }

  private static JobRun job(String name, String stage, JobStatus status) {
    return new JobRun(spec(name, stage).done(), status, status == JobStatus.FAILED ? 1 : -1);
  }

  private static Builder spec(String name, String stage) {
    return new Builder(
        name, stage, Optional.empty(), When.ON_SUCCESS, AllowFailure.NO, Optional.empty());
  }

  private record Builder(
      String name,
      String stage,
      Optional<List<Need>> needs,
      When when,
      AllowFailure allow,
      Optional<EnvironmentSpec> environment) {

    Builder after(String... jobs) {
      return new Builder(
          name,
          stage,
          Optional.of(List.of(jobs).stream().map(j -> new Need(j, true, false)).toList()),
          when,
          allow,
          environment);
    }

    Builder when(When other) {
      return new Builder(name, stage, needs, other, allow, environment);
    }

    Builder allow(AllowFailure other) {
      return new Builder(name, stage, needs, when, other, environment);
    }

    Builder deploys(String to) {
      return new Builder(
          name,
          stage,
          needs,
          when,
          allow,
          Optional.of(
              new EnvironmentSpec(
                  to,
                  Optional.empty(),
                  EnvironmentSpec.Action.START,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  new TreeMap<>())));
    }

    JobSpec done() {
      return new JobSpec(
          name,
          stage,
          List.of("true"),
          List.of(),
          new TreeMap<>(),
          needs,
          Optional.empty(),
          when,
          allow,
          Retry.NEVER,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          environment,
          Workplace.BARE,
          new TreeSet<>(),
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          Aftermath.NONE,
          new TreeMap<>());
    }
  }
}
