package dev.fleetwright.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.QueueMode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EnvironmentQueueTest {

  private static final Actor ANN = new Actor("ann");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final InMemoryDeploys deploys = new InMemoryDeploys();

  @BeforeEach
  void three_wait() {
    for (var i = 0; i < 3; i++) {
      var _ = deploys.add(DeployRequest.start(1, 7).by(Samples.plan(0, "eu")), ANN, NOON);
    }
  }

  /// GitLab's process modes: which jobs may get the resource next, best first. `oldest_first` and
  /// `newest_first` look at jobs that are not ready yet, too, so that only one can be next.
  @ParameterizedTest
  @CsvSource({
    "UNORDERED, 1 2 3",
    "OLDEST_FIRST, 1",
    "NEWEST_FIRST, 3",
    "NEWEST_READY_FIRST, 3 2 1",
  })
  void who_may_be_next_says_the_mode(QueueMode mode, String next) {
    assertThat(EnvironmentQueue.inTurn(deploys.unfinished(1), mode))
        .extracting(v -> Long.toString(v.deploy().id()))
        .containsExactly(next.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "UNORDERED, 4 1 2 3",
    "OLDEST_FIRST, 4",
    "NEWEST_FIRST, 4",
    "NEWEST_READY_FIRST, 4 3 2 1",
  })
  void what_an_alarm_takes_back_goes_first_in_every_mode(QueueMode mode, String next) {
    var _ = deploys.add(DeployRequest.goBack(1, 1, Optional.of(6L)).from(Origin.ALARM), ANN, NOON);
    var later = deploys.add(DeployRequest.start(1, 7), ANN, NOON).deploy().id();
    var unfinished = deploys.unfinished(1).stream().filter(v -> v.deploy().id() != later).toList();
    assertThat(EnvironmentQueue.inTurn(unfinished, mode))
        .extracting(v -> Long.toString(v.deploy().id()))
        .containsExactly(next.split(" ", -1));
    assertThat(EnvironmentQueue.inTurn(deploys.unfinished(1), mode).getFirst().deploy().id())
        .isEqualTo(4);
    if (mode == QueueMode.NEWEST_FIRST) {
      assertThat(gates(later, mode))
          .extracting(Gate::reason)
          .containsExactly("deploy #4 goes first: an alarm takes the environment back");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoever_waits_sees_the_deploy_that_is_under_way(QueueMode mode) {
    begin(2);
    for (var id : List.of(1L, 3L)) {
      assertThat(gates(id, mode))
          .containsExactly(
              new Gate("queue", "deploy #2 is running", "deploy #2 coming to its end"));
    }
    assertThat(gates(2, mode)).isEmpty();
  }

  @Test
  void whoever_is_held_up_by_one_that_is_not_ready_sees_which_and_why() {
    assertThat(gates(3, QueueMode.OLDEST_FIRST))
        .containsExactly(
            new Gate(
                "queue",
                "deploy #1 is older and has not ended (queue: oldest_first)",
                "deploy #1 coming to its end"));
    assertThat(gates(1, QueueMode.OLDEST_FIRST)).isEmpty();
    assertThat(gates(1, QueueMode.NEWEST_FIRST))
        .containsExactly(
            new Gate(
                "queue",
                "deploy #3 is newer and goes first (queue: newest_first)",
                "deploy #3 coming to its end"));
    assertThat(gates(1, QueueMode.UNORDERED)).isEmpty();
    assertThat(gates(1, QueueMode.NEWEST_READY_FIRST)).isEmpty();
  }

  private void begin(long id) {
    var sequence = view(id).sequence();
    var _ = deploys.append(id, sequence, new DeployEvent.Started(), ANN, NOON, Optional.empty());
  }

  private List<Gate> gates(long id, QueueMode mode) {
    return EnvironmentQueue.gates(view(id), deploys.unfinished(1), mode);
  }

  private DeployView view(long id) {
    return deploys.find(id).orElseThrow();
  }
}
