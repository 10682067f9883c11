package dev.fleetwright.kubernetes.board;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeployBoardTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode deployment(String name, int replicas, String track) {
    return json(
        "{'kind': 'Deployment', 'metadata': {'name': '%s', 'uid': 'd-%s', 'labels': {%s}}, 'spec': {'replicas': %d}}"
            .formatted(
                name, name, track.isEmpty() ? "" : "'track': '%s'".formatted(track), replicas));
  }

  private static JsonNode set(String deployment, String hash, int revision) {
    return json(
        "{'metadata': {'labels': {'pod-template-hash': '%s'}, 'ownerReferences': [{'uid': 'd-%s'}], 'annotations': {'deployment.kubernetes.io/revision': '%d'}}}"
            .formatted(hash, deployment, revision));
  }

  private static JsonNode pod(String name, String track, String hash, String phase, boolean ready) {
    return json(
        "{'metadata': {'name': '%s', 'labels': {'pod-template-hash': '%s'%s}, 'ownerReferences': [{'uid': 'x'}]}, 'status': {'phase': '%s', 'conditions': [{'type': 'Ready', 'status': '%s'}]}}"
            .formatted(
                name,
                hash,
                track.isEmpty() ? "" : ", 'track': '%s'".formatted(track),
                phase,
                ready ? "True" : "False"));
  }

  @Test
  void canaries_come_first_and_a_missing_label_is_stable() {
    var board =
        DeployBoard.of(
            List.of(deployment("web", 2, ""), deployment("web-canary", 1, "canary")),
            List.of(
                pod("web-b", "", "new", "Running", true),
                pod("web-a", "", "new", "Running", true),
                pod("web-canary-a", "canary", "c", "Running", true)),
            List.of(set("web", "new", 2), set("web-canary", "c", 1)));
    assertThat(board.squares())
        .extracting(Square::pod)
        .containsExactly("web-canary-a", "web-a", "web-b");
    assertThat(board.squares())
        .extracting(Square::track)
        .containsExactly("canary", "stable", "stable");
    assertThat(board.hasCanary()).isTrue();
    assertThat(board.completion()).isEqualTo(100);
  }

  @Test
  void what_is_wanted_and_not_there_is_a_pending_square_of_its_track() {
    var board =
        DeployBoard.of(
            List.of(deployment("web", 3, "")),
            List.of(pod("web-a", "", "new", "Running", true)),
            List.of(set("web", "new", 1)));
    assertThat(board.squares())
        .extracting(Square::status)
        .containsExactly("running", "pending", "pending");
    assertThat(board.squares()).extracting(Square::pod).containsExactly("web-a", "", "");
    assertThat(board.completion()).isEqualTo(33);
  }

  @Test
  void only_ready_pods_of_the_newest_revision_are_finished() {
    var board =
        DeployBoard.of(
            List.of(deployment("web", 4, "")),
            List.of(
                pod("web-1", "", "old", "Running", true),
                pod("web-2", "", "old", "Running", true),
                pod("web-3", "", "new", "Running", true),
                pod("web-4", "", "new", "Running", false)),
            List.of(set("web", "new", 10), set("web", "old", 9)));
    assertThat(board.squares())
        .extracting(Square::finished)
        .containsExactly(false, false, true, false);
    assertThat(board.completion()).isEqualTo(25);
    assertThat(board.squares().getFirst().tooltip())
        .isEqualTo("web-1 (running), ready, of an earlier revision");
  }

  @Test
  void one_of_three_hundred_is_not_there_so_it_is_not_all() {
    var pods =
        IntStream.range(0, 300)
            .mapToObj(i -> pod("web-%03d".formatted(i), "", "n", "Running", i > 0))
            .toList();
    assertThat(
            DeployBoard.of(List.of(deployment("web", 300, "")), pods, List.of(set("web", "n", 1)))
                .completion())
        .isEqualTo(99);
  }

  @Test
  void nothing_wanted_is_done() {
    var board = DeployBoard.of(List.of(deployment("web", 0, "")), List.of(), List.of());
    assertThat(board.squares()).isEmpty();
    assertThat(board.completion()).isEqualTo(100);
  }

  @Test
  void what_has_ended_or_is_ending_is_no_square() {
    var ending =
        json(
            "{'metadata': {'name': 'e', 'deletionTimestamp': '2026-11-22T10:00:00Z'}, 'status': {'phase': 'Running'}}");
    var board =
        DeployBoard.of(
            List.of(deployment("web", 1, "")),
            List.of(
                ending,
                pod("done", "", "n", "Succeeded", false),
                // The kubelet evicted it; its controller makes another.
                pod("evicted", "", "n", "Failed", false)),
            List.of());
    assertThat(board.squares()).extracting(Square::pod).containsExactly("");
  }

  @Test
  void the_revision_of_a_stateful_set_is_in_its_status() {
    var set =
        json(
            "{'kind': 'StatefulSet', 'metadata': {'name': 'db', 'uid': 's'}, 'spec': {'replicas': 2}, 'status': {'updateRevision': 'db-2'}}");
    var zero =
        json(
            "{'metadata': {'name': 'db-0', 'labels': {'controller-revision-hash': 'db-1'}}, 'status': {'phase': 'Running', 'conditions': [{'type': 'Ready', 'status': 'True'}], 'containerStatuses': [{'restartCount': 2}]}}");
    var one =
        json(
            "{'metadata': {'name': 'db-1', 'labels': {'controller-revision-hash': 'db-2'}}, 'status': {'phase': 'Running', 'conditions': [{'type': 'Ready', 'status': 'True'}]}}");
    var board = DeployBoard.of(List.of(set), List.of(zero, one), List.of());
    assertThat(board.squares()).extracting(Square::finished).containsExactly(false, true);
    assertThat(board.squares().getFirst().tooltip())
        .endsWith("of an earlier revision, restarted 2 times");
  }

  @Test
  void a_number_that_nobody_can_look_at_is_not_drawn() {
    var board = DeployBoard.of(List.of(deployment("web", 2_000_000_000, "")), List.of(), List.of());
    assertThat(board.squares()).hasSize(DeployBoard.MOST_SQUARES);
    assertThat(board.completion()).isZero();
  }
}
