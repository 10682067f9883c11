package dev.fleetwright.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.train.Train.OnFailure;
import dev.fleetwright.core.train.TrainRequest.Wanted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TrainProgressTest {

  private static final Plan PLAN = Samples.plan(0, "eu");
  private static final DeployState DRAFT = DeployState.initial();
  private static final DeployState RUNNING =
      new DeployState.Running(PLAN, 0, new DeployState.Phase.Due(), Optional.empty());
  private static final DeployState DONE = new DeployState.Succeeded(PLAN);
  private static final DeployState BAD = new DeployState.RolledBack(PLAN, "no room");

  /// The second and the third wait for the first, the fourth for both.
  private static final List<SortedSet<Integer>> DIAMOND = List.of(set(), set(0), set(0), set(1, 2));

  @Test
  void how_far_a_train_is_is_told_by_its_members() {
    assertThat(state(DRAFT, DRAFT, DRAFT, DRAFT)).isEqualTo(TrainState.WAITING);
    assertThat(state(RUNNING, DRAFT, DRAFT, DRAFT)).isEqualTo(TrainState.RUNNING);
    assertThat(state(DONE, DRAFT, DRAFT, DRAFT)).isEqualTo(TrainState.RUNNING);
    assertThat(state(DONE, DONE, DONE, DONE)).isEqualTo(TrainState.SUCCEEDED);
    assertThat(state(DONE, DONE, DONE, BAD)).isEqualTo(TrainState.INCOMPLETE);
    assertThat(state(BAD, BAD, BAD, BAD)).isEqualTo(TrainState.INCOMPLETE);
  }

  @Test
  void it_is_held_when_all_that_is_left_waits_for_what_failed() {
    assertThat(state(BAD, DRAFT, DRAFT, DRAFT)).isEqualTo(TrainState.HELD);
    assertThat(state(DONE, BAD, DONE, DRAFT)).isEqualTo(TrainState.HELD);
    assertThat(state(DONE, BAD, RUNNING, DRAFT)).isEqualTo(TrainState.RUNNING);
    assertThat(state(DONE, BAD, DRAFT, DRAFT)).isEqualTo(TrainState.RUNNING);
  }

  @Test
  void a_member_is_due_when_all_before_it_have_succeeded() {
    assertThat(progress(DRAFT, DRAFT, DRAFT, DRAFT).due()).containsExactly(0);
    assertThat(progress(DONE, DRAFT, DRAFT, DRAFT).due()).containsExactly(1, 2);
    assertThat(progress(DONE, DONE, DRAFT, DRAFT).due()).containsExactly(2);
    assertThat(progress(DONE, DONE, DONE, DRAFT).due()).containsExactly(3);
    assertThat(progress(DONE, BAD, DONE, DRAFT).due()).isEmpty();
    assertThat(progress(DONE, BAD, DONE, DRAFT).before(3)).containsExactly(1);
  }

  @Test
  void the_way_back_takes_each_after_those_that_waited_for_it() {
    var progress = progress(DONE, DONE, DONE, DONE);
    assertThat(progress.backwards()).containsExactly(3, 2, 1, 0);
    assertThat(progress.behind(0)).containsExactly(1, 2);
  }

  @Test
  void a_circle_and_the_same_environment_twice_are_no_train() {
    assertThatThrownBy(() -> request(wanted(1, 1), wanted(2, 0))).hasMessageContaining("circle");
    assertThatThrownBy(() -> request(wanted(1), wanted(1))).hasMessageContaining("twice");
    assertThatThrownBy(() -> request(wanted(1))).hasMessageContaining("2 to 50");
  }

  @Test
  void the_hash_is_over_plans_order_and_what_happens_on_a_failure() {
    var request = request(wanted(1), wanted(2, 0));
    assertThat(request(wanted(1), wanted(2, 0)).hash()).isEqualTo(request.hash());
    assertThat(request(wanted(1), wanted(2)).hash()).isNotEqualTo(request.hash());
    assertThat(new TrainRequest(request.members(), OnFailure.BACK, Optional.empty(), "").hash())
        .isNotEqualTo(request.hash());
  }

  private static TrainRequest request(Wanted... members) {
    return new TrainRequest(List.of(members), OnFailure.HOLD, Optional.empty(), "");
  }

  private static Wanted wanted(long environment, int... after) {
    return new Wanted(DeployRequest.start(environment, 7).by(PLAN), set(after));
  }

  private static TrainState state(DeployState... states) {
    return progress(states).state();
  }

  private static TrainProgress progress(DeployState... states) {
    var members = new ArrayList<Train.Member>();
    var views = new ArrayList<DeployView>();
    for (var i = 0; i < states.length; i++) {
      members.add(new Train.Member(i + 1, DIAMOND.get(i)));
      views.add(view(i + 1, states[i]));
    }
    return new TrainProgress(
        new Train(
            1,
            members,
            OnFailure.HOLD,
            PLAN.hash(),
            "ann",
            "",
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty()),
        views);
  }

  private static DeployView view(long id, DeployState state) {
    return new DeployView(
        new Deploy(
            id,
            id,
            id,
            DeployKind.START,
            Optional.of(7L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new TreeSet<>(),
            Optional.empty(),
            true,
            Origin.TRAIN,
            "ann",
            "",
            Instant.EPOCH),
        state,
        1,
        Optional.empty(),
        Optional.empty(),
        Instant.EPOCH);
  }

  private static SortedSet<Integer> set(int... places) {
    var set = new TreeSet<Integer>();
    for (var place : places) {
      set.add(place);
    }
    return set;
  }
}
