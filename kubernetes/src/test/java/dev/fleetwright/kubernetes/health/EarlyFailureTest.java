package dev.fleetwright.kubernetes.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.Suspended;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a person hears minutes before the progress deadline.
class EarlyFailureTest {
  private static final Surroundings NOW = Surroundings.at(Instant.parse("2026-11-22T10:00:00Z"));

  private static final JsonNode DEPLOYMENT =
      Yaml.of(
          """
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web, uid: d1, generation: 2}
          spec: {replicas: 2, progressDeadlineSeconds: 600}
          status: {observedGeneration: 2, replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2}
          """);

  private static final JsonNode SETS_OLD =
      Yaml.of(
          """
          metadata: {name: web-old, labels: {pod-template-hash: old}, annotations: {deployment.kubernetes.io/revision: "9"}}
          """);
  private static final JsonNode SETS_NEW =
      Yaml.of(
          """
          metadata: {name: web-new, labels: {pod-template-hash: new}, annotations: {deployment.kubernetes.io/revision: "10"}}
          """);

  private static JsonNode pod(String hash, String started, String status) {
    return Yaml.of(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web-%1$s-1, uid: p-%1$s, labels: {pod-template-hash: %1$s}, creationTimestamp: "%2$s"}
        status: {startTime: "%2$s", %3$s}
        """
            .formatted(hash, started, status));
  }

  private static String waiting(String reason) {
    return "phase: Pending, containerStatuses: [{name: app, image: \"registry.example/web:2\", ready: false, restartCount: 0, state: {waiting: {reason: %s, message: \"back-off\"}}}]"
        .formatted(reason);
  }

  private static Verdict judge(Surroundings around) {
    return ObjectHealth.shipped().judge(DEPLOYMENT, around);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ErrImagePull", "ImagePullBackOff"})
  void an_image_that_cannot_be_pulled_in_the_registrys_own_words(String reason) {
    var event =
        Yaml.of(
            """
            involvedObject: {kind: Pod, name: web-new-1, uid: p-new}
            reason: Failed
            message: "Failed to pull image \\"registry.example/web:2\\": manifest unknown"
            """);
    var pod = pod("new", "2026-11-22T09:59:15Z", waiting(reason));
    assertThat(judge(NOW.withPods(List.of(pod)).withEvents(List.of(event))))
        .isEqualTo(
            new Failed(
                "container app of pod web-new-1 cannot start: its image registry.example/web:2 cannot be"
                    + " pulled for 45 s (%s: Failed to pull image \"registry.example/web:2\": manifest unknown)"
                        .formatted(reason),
                false));
  }

  @Test
  void it_may_take_half_a_minute() {
    assertThat(
            judge(
                NOW.withPods(
                    List.of(pod("new", "2026-11-22T09:59:30Z", waiting("ImagePullBackOff"))))))
        .isInstanceOf(InProgress.class);
  }

  @Test
  void a_name_that_is_no_image_never_will_be() {
    var pod = pod("new", "2026-11-22T09:59:00Z", waiting("InvalidImageName"));
    assertThat(judge(NOW.withPods(List.of(pod))))
        .isInstanceOfSatisfying(Failed.class, it -> assertThat(it.forGood()).isTrue());
  }

  @Test
  void a_secret_that_is_not_there() {
    var pod =
        pod(
            "new",
            "2026-11-22T09:59:00Z",
            "phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"db\" not found'}}}]");
    assertThat(judge(NOW.withPods(List.of(pod))))
        .isEqualTo(
            new Failed(
                "container app of pod web-new-1 cannot start for 60 s (CreateContainerConfigError: secret \"db\" not found)",
                false));
  }

  private static String crashing(int restarts, String ended) {
    return "phase: Running, containerStatuses: [{name: app, ready: false, restartCount: %d, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: %s}}]"
        .formatted(restarts, ended);
  }

  @Test
  void a_crash_loop_with_the_last_lines_of_the_container() {
    var pod = pod("new", "2026-11-22T09:59:00Z", crashing(3, "{exitCode: 2, reason: Error}"));
    assertThat(
            judge(
                NOW.withPods(List.of(pod))
                    .withLastLines(
                        Map.of(
                            "web-new-1/app",
                            List.of("one", "two", "three", "four", "five", "panic: no database")))))
        .isEqualTo(
            new Failed(
                """
                container app of pod web-new-1 crashed 3 times; the last time: exit code 2; its last lines:
                two
                three
                four
                five
                panic: no database\
                """,
                true));
  }

  @Test
  void a_container_that_needs_more_memory_than_it_may_have() {
    var pod = pod("new", "2026-11-22T09:59:00Z", crashing(4, "{exitCode: 137, reason: OOMKilled}"));
    assertThat(judge(NOW.withPods(List.of(pod))).sentence())
        .endsWith("it was killed because it used more memory than its limit");
  }

  @Test
  void one_crash_is_no_loop() {
    var pod = pod("new", "2026-11-22T09:59:00Z", crashing(2, "{exitCode: 2}"));
    assertThat(judge(NOW.withPods(List.of(pod)))).isInstanceOf(InProgress.class);
  }

  @Test
  void what_the_release_before_does_is_not_this_ones_fault() {
    var old = pod("old", "2026-11-22T09:00:00Z", crashing(30, "{exitCode: 1}"));
    var next = pod("new", "2026-11-22T09:59:50Z", "phase: Running");
    assertThat(judge(NOW.withPods(List.of(old, next)))).isInstanceOf(InProgress.class);
    assertThat(judge(NOW.withPods(List.of(old)).withReplicaSets(List.of(SETS_OLD, SETS_NEW))))
        .isInstanceOf(InProgress.class);
    // A pod of the old revision that was made again after the new one: only the sets can tell.
    var again = pod("old", "2026-11-22T09:59:55Z", crashing(3, "{exitCode: 1}"));
    assertThat(
            judge(NOW.withPods(List.of(again, next)).withReplicaSets(List.of(SETS_NEW, SETS_OLD))))
        .isInstanceOf(InProgress.class);
  }

  private static final String UNSCHEDULABLE =
      "phase: Pending, conditions: [{type: PodScheduled, status: \"False\", reason: Unschedulable, lastTransitionTime: \"2026-11-22T09:59:30Z\", message: \"0/3 nodes are available: 3 Insufficient memory\"}]";

  @Test
  void no_node_has_room_in_the_schedulers_words() {
    var pod = pod("new", "2026-11-22T09:59:30Z", UNSCHEDULABLE);
    assertThat(judge(NOW.withPods(List.of(pod))))
        .isEqualTo(
            new Failed(
                "pod web-new-1 fits on no node for 30 s; the scheduler says: 0/3 nodes are available: 3 Insufficient memory",
                false));
  }

  @Test
  void a_cluster_that_grows_is_waited_for() {
    var pod = pod("new", "2026-11-22T09:59:30Z", UNSCHEDULABLE);
    var event =
        Yaml.of("{regarding: {kind: Pod, name: web-new-1, uid: p-new}, reason: TriggeredScaleUp}");
    assertThat(judge(NOW.withPods(List.of(pod)).withEvents(List.of(event))))
        .isInstanceOf(InProgress.class);
  }

  @Test
  void a_quota_forbids_pods() {
    var set =
        Yaml.of(
            """
            metadata: {name: web-new, labels: {pod-template-hash: new}, annotations: {deployment.kubernetes.io/revision: "2"}}
            status: {conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate, message: "pods \\"web-1\\" is forbidden: exceeded quota: small"}]}
            """);
    assertThat(judge(NOW.withReplicaSets(List.of(set))))
        .isEqualTo(
            new Failed(
                "a quota forbids its pods: pods \"web-1\" is forbidden: exceeded quota: small",
                false));
  }

  @Test
  void stateful_sets_have_only_events_for_that() {
    var set =
        Yaml.of(
            """
            {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, generation: 1}, spec: {replicas: 1}, status: {observedGeneration: 1}}
            """);
    var event =
        Yaml.of(
            """
            {involvedObject: {kind: StatefulSet, name: db}, reason: FailedCreate, lastTimestamp: "2026-11-22T09:59:00Z", message: "create Pod db-0 failed: violates PodSecurity"}
            """);
    assertThat(ObjectHealth.shipped().judge(set, NOW.withEvents(List.of(event))))
        .isEqualTo(
            new Failed(
                "its pods cannot be made: create Pod db-0 failed: violates PodSecurity", false));
  }

  @Test
  void a_probe_that_says_no_is_told_while_waiting() {
    var pod = pod("new", "2026-11-22T09:59:50Z", "phase: Running");
    var event =
        Yaml.of(
            """
            {involvedObject: {kind: Pod, name: web-new-1, uid: p-new}, reason: Unhealthy, message: "Readiness probe failed: 503"}
            """);
    assertThat(judge(NOW.withPods(List.of(pod)).withEvents(List.of(event))))
        .isEqualTo(
            new InProgress(
                "1 of 2 pods are of the new revision; pod web-new-1: Readiness probe failed: 503"));
  }

  @Test
  void a_paused_rollout_stands_still_on_purpose() {
    var paused =
        Yaml.of(DEPLOYMENT.toString().replace("\"replicas\":2", "\"replicas\":2,\"paused\":true"));
    assertThat(ObjectHealth.shipped().judge(paused, NOW)).isInstanceOf(Suspended.class);
  }
}
