package dev.fleetwright.kubernetes.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.NotFound;
import dev.fleetwright.kubernetes.health.Verdict.Suspended;
import dev.fleetwright.kubernetes.health.Verdict.Terminating;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Where we are stricter than kstatus, and what is common to all kinds.
class ObjectHealthTest {
  private static final Surroundings NOW = Surroundings.at(Instant.parse("2026-11-22T10:00:00Z"));

  private static Verdict judge(String yaml) {
    return ObjectHealth.shipped().judge(Yaml.of(yaml), NOW);
  }

  @Test
  void a_job_is_current_when_it_is_complete_and_not_before() {
    var job = "{apiVersion: batch/v1, kind: Job, spec: {completions: 2}, status: %s}";
    assertThat(
            judge(job.formatted("{startTime: \"2026-11-22T09:59:00Z\", succeeded: 1, failed: 1}")))
        .isEqualTo(new InProgress("1 of 2 pods succeeded, 1 failed"));
    assertThat(judge(job.formatted("{conditions: [{type: Complete, status: \"True\"}]}")))
        .isEqualTo(new Current("it is complete"));
    assertThat(
            judge(
                job.formatted(
                    "{conditions: [{type: Failed, status: \"True\", reason: BackoffLimitExceeded, message: it failed 3 times}]}")))
        .isEqualTo(new Failed("it failed: it failed 3 times", true));
    assertThat(
            judge(
                "{apiVersion: batch/v1, kind: Job, spec: {suspend: true}, status: {conditions: [{type: Suspended, status: \"True\"}]}}"))
        .isInstanceOf(Suspended.class);
  }

  @Test
  void a_pod_that_ended_badly_has_failed() {
    assertThat(
            judge(
                """
                {apiVersion: v1, kind: Pod, status: {phase: Failed, containerStatuses: [{name: main, state: {terminated: {exitCode: 3}}}]}}
                """))
        .isEqualTo(
            new Failed("it ended without success: container main ended with exit code 3", true));
  }

  @Test
  void a_stateful_set_whose_controller_has_not_looked_is_not_current() {
    // kstatus compares generations only where both are there; kubectl waits.
    assertThat(
            judge(
                """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {generation: 1}
                spec: {replicas: 0}
                status: {replicas: 0}
                """))
        .isEqualTo(new InProgress("waiting for its spec update to be observed"));
  }

  @Test
  void deleting_says_what_it_waits_for_and_what_would_be_said_otherwise() {
    assertThat(
            judge(
                """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {deletionTimestamp: "2026-11-22T09:00:00Z", finalizers: [kubernetes.io/pvc-protection]}
                status: {phase: Bound}
                """))
        .isEqualTo(
            new Terminating(
                "it is being deleted; it waits for kubernetes.io/pvc-protection",
                new Current("it is bound to a volume")));
  }

  @Test
  void what_is_not_there_is_named() {
    assertThat(ObjectHealth.missing("Deployment", "web"))
        .isEqualTo(new NotFound("Deployment web is not there"));
  }

  @Test
  void a_definition_tells_whether_a_status_is_to_be_waited_for() {
    var thing = Yaml.of("{apiVersion: example.org/v1, kind: Thing, spec: {}}");
    var without =
        Yaml.of(
            "{spec: {versions: [{name: v1, schema: {openAPIV3Schema: {properties: {spec: {}}}}}]}}");
    var with = Yaml.of("{spec: {versions: [{name: v1, subresources: {status: {}}}]}}");
    var health = ObjectHealth.shipped();
    assertThat(health.judge(thing, NOW)).isInstanceOf(InProgress.class);
    assertThat(health.judge(thing, NOW.withDefinition(with))).isInstanceOf(InProgress.class);
    assertThat(health.judge(thing, NOW.withDefinition(without)))
        .isEqualTo(new Current("it is there; its kind has no status"));
  }

  @Test
  void a_column_that_its_author_prints_tells_how_it_is() {
    var definition =
        Yaml.of(
            """
            spec:
              versions:
                - name: v1
                  subresources: {status: {}}
                  additionalPrinterColumns:
                    - {name: Status, type: string, jsonPath: .status.inner.verdict}
                    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
            """);
    var thing = "{apiVersion: example.org/v1, kind: Thing, status: {inner: {verdict: %s}}}";
    var health = ObjectHealth.shipped();
    assertThat(health.judge(Yaml.of(thing.formatted("Broken")), NOW.withDefinition(definition)))
        .isEqualTo(new Failed("its status is Broken", false));
    assertThat(health.judge(Yaml.of(thing.formatted("Ready")), NOW.withDefinition(definition)))
        .isEqualTo(new Current("its status is Ready"));
    assertThat(health.judge(Yaml.of(thing.formatted("Ready")), NOW)).isInstanceOf(InProgress.class);
  }

  @Test
  void a_status_that_is_not_understood_is_never_current() {
    for (var status :
        new String[] {
          "{}", "{foo: bar}", "{conditions: [{type: Zorp, status: \"True\"}]}", "{phase: Zorping}",
          "{conditions: broken}", "[1]", "text", "{conditions: [1, null, {type: 3}]}"
        }) {
      assertThat(judge("{apiVersion: example.org/v1, kind: Thing, status: %s}".formatted(status)))
          .as(status)
          .isInstanceOf(InProgress.class);
    }
  }
}
