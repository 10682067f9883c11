package dev.fleetwright.kubernetes.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.kubernetes.health.RolloutStatus.NotWatched;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutStatusTest {

  private static RolloutStatus of(String kind, String spec, String status) {
    return RolloutStatus.of(
        Yaml.of(
            "{apiVersion: apps/v1, kind: %s, metadata: {generation: 2}, spec: %s, status: %s}"
                .formatted(kind, spec, status)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Deployment | {replicas: 3} | {observedGeneration: 1} | Waiting | waiting for its spec update to be observed",
        "Deployment | {replicas: 3} | {observedGeneration: 2, conditions: [{type: Progressing, status: \"False\", reason: ProgressDeadlineExceeded}]} | Broken | it exceeded its progress deadline",
        "Deployment | {replicas: 3} | {observedGeneration: 2, updatedReplicas: 2} | Waiting | 2 of 3 new replicas have been updated",
        "Deployment | {replicas: 3} | {observedGeneration: 2, updatedReplicas: 3, replicas: 4} | Waiting | 1 old replica pending termination",
        "Deployment | {replicas: 3} | {observedGeneration: 2, updatedReplicas: 3, replicas: 3, availableReplicas: 2} | Waiting | 2 of 3 updated replicas are available",
        "Deployment | {replicas: 3} | {observedGeneration: 2, updatedReplicas: 3, replicas: 3, availableReplicas: 3} | Done | successfully rolled out",
        "DaemonSet | {updateStrategy: {type: RollingUpdate}} | {observedGeneration: 1} | Waiting | waiting for its spec update to be observed",
        "DaemonSet | {updateStrategy: {type: RollingUpdate}} | {observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 1} | Waiting | 1 of 2 new pods have been updated",
        "DaemonSet | {updateStrategy: {type: RollingUpdate}} | {observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1} | Waiting | 1 of 2 updated pods are available",
        "DaemonSet | {updateStrategy: {type: RollingUpdate}} | {observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2} | Done | successfully rolled out",
        "StatefulSet | {replicas: 3} | {observedGeneration: 0} | Waiting | waiting for its spec update to be observed",
        "StatefulSet | {replicas: 3} | {observedGeneration: 2, readyReplicas: 1} | Waiting | waiting for 2 pods to be ready",
        "StatefulSet | {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}} | {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 0} | Waiting | 0 of 1 new pods have been updated",
        "StatefulSet | {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}} | {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 1, currentRevision: a, updateRevision: b} | Done | partitioned roll out complete",
        "StatefulSet | {replicas: 3} | {observedGeneration: 2, readyReplicas: 3, currentRevision: a, updateRevision: b} | Waiting | waiting for the pods to come to revision b",
        "StatefulSet | {replicas: 3} | {observedGeneration: 2, readyReplicas: 3, currentRevision: b, updateRevision: b} | Done | rolling update complete"
      })
  void says_what_kubectl_says(
      String kind, String spec, String status, String what, String sentence) {
    var answer = of(kind, spec, status);
    assertThat(answer.getClass().getSimpleName()).isEqualTo(what);
    assertThat(answer.sentence()).isEqualTo(sentence);
  }

  @Test
  void watches_rolling_updates_of_three_kinds_only() {
    assertThat(of("DaemonSet", "{updateStrategy: {type: OnDelete}}", "{}"))
        .isEqualTo(new NotWatched("its strategy is OnDelete"));
    assertThat(of("StatefulSet", "{updateStrategy: {type: OnDelete}}", "{}"))
        .isEqualTo(new NotWatched("its strategy is OnDelete"));
    assertThat(of("ReplicaSet", "{}", "{}"))
        .isEqualTo(new NotWatched("no rollout is known of ReplicaSet"));
  }
}
