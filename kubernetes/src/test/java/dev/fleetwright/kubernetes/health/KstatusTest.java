package dev.fleetwright.kubernetes.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.Terminating;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rule by rule, as the contract lists them.
class KstatusTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private static Verdict of(String yaml) {
    return Kstatus.of(Yaml.of(yaml), NOW);
  }

  @Test
  void what_is_being_deleted_is_terminating_whatever_else_it_says() {
    assertThat(
            of(
                """
                apiVersion: example.org/v1
                kind: Thing
                metadata: {deletionTimestamp: "2026-11-22T09:59:00Z", generation: 2}
                status: {observedGeneration: 1, conditions: [{type: Ready, status: "True"}]}
                """))
        .isInstanceOf(Terminating.class);
  }

  @ParameterizedTest
  @CsvSource({"2, 1, InProgress", "1, 1, Current", "1, 2, InProgress"})
  void generations_must_be_equal(long generation, long observed, String verdict) {
    assertThat(
            of(
                """
                apiVersion: example.org/v1
                kind: Thing
                metadata: {generation: %d}
                status: {observedGeneration: %d}
                """
                    .formatted(generation, observed)))
        .extracting(it -> it.getClass().getSimpleName())
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "Reconciling, True, InProgress",
    "Reconciling, False, Current",
    "Stalled, True, Failed",
    "Ready, True, Current",
    "Ready, False, InProgress",
    "Ready, Unknown, InProgress",
    "Other, False, Current"
  })
  void conditions_of_any_kind(String type, String status, String verdict) {
    assertThat(
            of(
                """
                apiVersion: example.org/v1
                kind: Thing
                status: {conditions: [{type: %s, status: "%s"}]}
                """
                    .formatted(type, status)))
        .extracting(it -> it.getClass().getSimpleName())
        .isEqualTo(verdict);
  }

  /// The order in which the rules of a Deployment are asked is a part of them: the first one that
  /// holds says the sentence.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // wanted | replicas | updated | available | ready | sentence
        "3 | 2 | 2 | 2 | 2 | 2 of 3 pods exist",
        "3 | 3 | 2 | 3 | 3 | 2 of 3 pods are of the new revision",
        "3 | 4 | 3 | 3 | 3 | 1 old pod still to end",
        "3 | 3 | 3 | 2 | 3 | 2 of 3 pods are available",
        "3 | 3 | 3 | 3 | 2 | 2 of 3 pods are ready",
        "3 | 3 | 3 | 3 | 3 | 3 replicas available",
        "0 | 0 | 0 | 0 | 0 | 0 replicas available"
      })
  void a_deployment(int wanted, int replicas, int updated, int available, int ready, String says) {
    var verdict =
        of(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {generation: 1}
            spec: {replicas: %d, progressDeadlineSeconds: 600}
            status:
              observedGeneration: 1
              replicas: %d
              updatedReplicas: %d
              availableReplicas: %d
              readyReplicas: %d
              conditions:
                - {type: Progressing, status: "True", reason: NewReplicaSetAvailable}
                - {type: Available, status: "True"}
            """
                .formatted(wanted, replicas, updated, available, ready));
    assertThat(verdict.sentence()).isEqualTo(says);
    assertThat(verdict.isCurrent()).isEqualTo(says.endsWith("available") && !says.contains(" of "));
  }

  @Test
  void a_deployment_past_its_deadline_has_failed_for_good() {
    assertThat(
            of(
                """
                apiVersion: apps/v1
                kind: Deployment
                spec: {replicas: 1, progressDeadlineSeconds: 60}
                status:
                  conditions:
                    - {type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: web has timed out}
                """))
        .isEqualTo(new Failed("it made no progress for 60 s: web has timed out", true));
  }

  @Test
  void a_deployment_that_is_not_said_to_be_available_is_in_progress() {
    var status =
        """
        apiVersion: apps/v1
        kind: Deployment
        spec: {replicas: 1%s}
        status: {replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1, conditions: [%s]}
        """;
    var available = "{type: Available, status: \"True\"}";
    assertThat(of(status.formatted(", progressDeadlineSeconds: 600", available)))
        .isInstanceOf(InProgress.class);
    // Without a deadline nobody writes that it progresses.
    assertThat(of(status.formatted("", available))).isInstanceOf(Current.class);
    assertThat(of(status.formatted("", ""))).isInstanceOf(InProgress.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // strategy | replicas | ready | current | updated | from | to | verdict
        "{type: OnDelete} | 0 | 0 | 0 | 0 | a | b | Current",
        "{type: RollingUpdate} | 2 | 3 | 3 | 3 | a | a | InProgress",
        "{type: RollingUpdate} | 3 | 2 | 3 | 3 | a | a | InProgress",
        "{type: RollingUpdate} | 4 | 3 | 3 | 3 | a | a | InProgress",
        "{type: RollingUpdate} | 3 | 3 | 2 | 3 | a | a | InProgress",
        "{type: RollingUpdate} | 3 | 3 | 3 | 3 | a | b | InProgress",
        "{type: RollingUpdate} | 3 | 3 | 3 | 3 | a | a | Current",
        "{type: RollingUpdate, rollingUpdate: {partition: 1}} | 3 | 3 | 1 | 1 | a | b | InProgress",
        "{type: RollingUpdate, rollingUpdate: {partition: 1}} | 3 | 3 | 1 | 2 | a | b | Current"
      })
  void a_stateful_set(
      String strategy,
      int replicas,
      int ready,
      int current,
      int updated,
      String from,
      String to,
      String verdict) {
    assertThat(
            of(
                """
                apiVersion: apps/v1
                kind: StatefulSet
                spec: {replicas: 3, updateStrategy: %s}
                status:
                  replicas: %d
                  readyReplicas: %d
                  currentReplicas: %d
                  updatedReplicas: %d
                  currentRevision: %s
                  updateRevision: %s
                """
                    .formatted(strategy, replicas, ready, current, updated, from, to)))
        .extracting(it -> it.getClass().getSimpleName())
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | InProgress",
        "{observedGeneration: 1} | InProgress",
        "{observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 1, updatedNumberScheduled: 2, numberAvailable: 2, numberReady: 2} | InProgress",
        "{observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2, numberReady: 2} | InProgress",
        "{observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1, numberReady: 2} | InProgress",
        "{observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2, numberReady: 1} | InProgress",
        "{observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2, numberReady: 2} | Current"
      })
  void a_daemon_set(String status, String verdict) {
    assertThat(
            of(
                "{apiVersion: apps/v1, kind: DaemonSet, metadata: {generation: 1}, status: %s}"
                    .formatted(status)))
        .extracting(it -> it.getClass().getSimpleName())
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{phase: Succeeded} | Current",
        "{phase: Failed} | Current",
        "{phase: Running, conditions: [{type: Ready, status: \"True\"}]} | Current",
        "{phase: Running} | InProgress",
        "{phase: Running, containerStatuses: [{name: a, state: {waiting: {reason: CrashLoopBackOff}}}]} | Failed",
        "{phase: Pending} | InProgress",
        "{phase: Pending, conditions: [{type: PodScheduled, status: \"False\", reason: Unschedulable, lastTransitionTime: \"2026-11-22T09:59:46Z\"}]} | InProgress",
        "{phase: Pending, conditions: [{type: PodScheduled, status: \"False\", reason: Unschedulable, lastTransitionTime: \"2026-11-22T09:59:45Z\"}]} | Failed",
        "{} | InProgress",
        "{phase: Unknown} | Unknown"
      })
  void a_pod(String status, String verdict) {
    assertThat(of("{apiVersion: v1, kind: Pod, status: %s}".formatted(status)))
        .extracting(it -> it.getClass().getSimpleName())
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "batch/v1 | Job | {} | {} | InProgress",
        "batch/v1 | Job | {} | {startTime: x} | Current",
        "batch/v1 | Job | {} | {conditions: [{type: Complete, status: \"True\"}]} | Current",
        "batch/v1 | Job | {} | {conditions: [{type: Failed, status: \"True\"}]} | Failed",
        "batch/v1 | Job | {suspend: true} | {conditions: [{type: Suspended, status: \"True\"}]} | Current",
        "batch/v1 | CronJob | {} | {} | Current",
        "v1 | PersistentVolumeClaim | {} | {phase: Pending} | InProgress",
        "v1 | PersistentVolumeClaim | {} | {phase: Bound} | Current",
        "v1 | Service | {type: LoadBalancer} | {} | InProgress",
        "v1 | Service | {type: LoadBalancer, clusterIP: 10.0.0.1} | {} | Current",
        "v1 | Service | {type: ClusterIP} | {} | Current",
        "v1 | ConfigMap | {} | {} | Current",
        "v1 | Secret | {} | {} | Current",
        "policy/v1 | PodDisruptionBudget | {} | {} | Current",
        "apiextensions.k8s.io/v1 | CustomResourceDefinition | {} | {} | InProgress",
        "apiextensions.k8s.io/v1 | CustomResourceDefinition | {} | {conditions: [{type: NamesAccepted, status: \"False\"}]} | Failed",
        "apiextensions.k8s.io/v1 | CustomResourceDefinition | {} | {conditions: [{type: Established, status: \"False\", reason: Installing}]} | InProgress",
        "apiextensions.k8s.io/v1 | CustomResourceDefinition | {} | {conditions: [{type: Established, status: \"False\", reason: Other}]} | Failed",
        "apiextensions.k8s.io/v1 | CustomResourceDefinition | {} | {conditions: [{type: Established, status: \"True\"}]} | Current",
        "apps/v1 | ReplicaSet | {replicas: 1} | {conditions: [{type: ReplicaFailure, status: \"True\"}]} | InProgress",
        "apps/v1 | ReplicaSet | {replicas: 1} | {replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1} | Current",
        "apps/v1 | ReplicaSet | {replicas: 1} | {replicas: 2, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1} | InProgress"
      })
  void other_kinds(String version, String kind, String spec, String status, String verdict) {
    assertThat(
            of(
                "{apiVersion: %s, kind: %s, spec: %s, status: %s}"
                    .formatted(version, kind, spec, status)))
        .extracting(it -> it.getClass().getSimpleName())
        .isEqualTo(verdict);
  }
}
