package dev.fleetwright.testkit.history;

import static dev.fleetwright.testkit.history.Story.ANN;
import static dev.fleetwright.testkit.history.Story.FIRST;
import static dev.fleetwright.testkit.history.Story.SECOND;
import static dev.fleetwright.testkit.history.Story.SERVER;
import static dev.fleetwright.testkit.history.Story.V1;
import static dev.fleetwright.testkit.history.Story.V2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.CancelAsked;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.testkit.history.History.Asked;
import dev.fleetwright.testkit.history.History.Claim;
import dev.fleetwright.testkit.history.History.HostRuns;
import dev.fleetwright.testkit.history.History.Said;
import dev.fleetwright.testkit.history.History.TakeOver;
import dev.fleetwright.testkit.history.History.Write;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryCheckerTest {

  private final Story story = new Story();

  private void finds(Invariant invariant, String what) {
    assertThat(story.found())
        .anySatisfy(v -> assertThat(v).startsWith(invariant + ": ").contains(what));
  }

  @Test
  void finds_nothing_where_nothing_is_wrong() {
    assertThat(story.found()).isEmpty();
  }

  // I1

  @Test
  void a_deploy_that_was_answered_and_is_gone() {
    story.asked.add(new Asked(1, "key-3", Optional.of(3L)));
    finds(Invariant.I1_NOTHING_LOST, "deploy 3 was answered and is gone");
  }

  @Test
  void two_deploys_for_one_key() {
    story.asked.add(new Asked(1, "key-1", Optional.of(SECOND)));
    finds(Invariant.I1_NOTHING_LOST, "deploys 1 and 2 were answered for the same key key-1");
  }

  @Test
  void a_word_that_was_answered_and_is_gone() {
    story.said.add(new Said("ann", SECOND, new CancelAsked("ann"), true));
    finds(Invariant.I1_NOTHING_LOST, "`cancel_asked` of deploy 2 is stored, and it is not");
  }

  @Test
  void a_word_that_nobody_answered_may_be_lost() {
    story.said.add(new Said("ann", SECOND, new CancelAsked("ann"), false));
    assertThat(story.found()).isEmpty();
  }

  @Test
  void a_deploy_that_never_ended() {
    story.eventsOf(SECOND).removeLast();
    story.states.put(SECOND, new DeployState.Verifying(Story.plan(V1, V2)));
    finds(Invariant.I1_NOTHING_LOST, "deploy 2 never ended: it is verifying");
  }

  // I2

  @Test
  void effects_of_two_deploys_that_overlap() {
    story.effects.add(story.effectOf(new ApplyId(FIRST, 2, false), "cluster", "api-2", 1, V1));
    finds(Invariant.I2_ONE_AT_A_TIME, "effects of deploy 1");
  }

  @Test
  void a_lower_token_after_a_higher_one() {
    story.effects.add(story.effectOf(new ApplyId(SECOND, 2, true), "cluster", "api-2", 2, V1));
    story.effects.add(story.effectOf(new ApplyId(SECOND, 1, true), "cluster", "api-1", 1, V1));
    finds(Invariant.I2_ONE_AT_A_TIME, "acted on token 1 of 2-1-undo after token 2 of 2-2-undo");
  }

  // I3

  @Test
  void an_effect_of_a_deploy_that_never_started() {
    story.eventsOf(SECOND).removeIf(e -> e.event() instanceof Started);
    finds(Invariant.I3_EFFECTS, "deploy 2 has effects and was never started");
  }

  @Test
  void an_order_that_the_plan_does_not_have() {
    story.effects.add(story.effectOf(new ApplyId(SECOND, 7, false), "cluster", "api-1", 1, V2));
    finds(Invariant.I3_EFFECTS, "acted on order 2-7, which the plan does not have");
  }

  @Test
  void another_revision_than_the_plan_says() {
    var effect = story.effects.removeLast();
    story.effects.add(story.effectOf(effect.id(), "cluster", "api-2", 1, V1));
    finds(Invariant.I3_EFFECTS, "by order 2-2; the plan says otherwise");
  }

  @Test
  void a_repeatable_step_that_changed_something_twice() {
    story.effects.add(story.effects.getLast());
    finds(Invariant.I3_EFFECTS, "order 2-2 was executed 2 times on api-2");
  }

  @Test
  void a_script_that_ran_twice_though_nobody_asked() {
    story.effects.add(story.effectOf(new ApplyId(SECOND, 0, false), "script", "runner", 1, V2));
    finds(Invariant.I3_EFFECTS, "order 2-0 was executed 2 times on runner");
  }

  @Test
  void steps_taken_back_in_the_order_in_which_they_were_done() {
    story.effects.add(story.effectOf(new ApplyId(SECOND, 1, true), "cluster", "api-1", 1, V1));
    story.effects.add(story.effectOf(new ApplyId(SECOND, 2, true), "cluster", "api-2", 1, V1));
    finds(Invariant.I3_EFFECTS, "order 2-2-undo was executed");
  }

  @Test
  void a_step_done_after_one_was_taken_back() {
    story.effects.add(story.effectOf(new ApplyId(SECOND, 2, true), "cluster", "api-2", 1, V1));
    story.effects.add(story.effectOf(new ApplyId(SECOND, 2, false), "cluster", "api-2", 1, V2));
    finds(Invariant.I3_EFFECTS, "order 2-2 was executed on");
  }

  // I4

  @Test
  void a_host_that_was_left_behind() {
    story.running.removeLast();
    story.running.add(new HostRuns(Story.place("cluster"), "api-2", Story.components(V1), true));
    finds(Invariant.I4_CONVERGED, "api-2 on");
  }

  @Test
  void a_host_that_somebody_changed_by_hand_is_not_the_engines_fault() {
    story.running.removeLast();
    story.running.add(new HostRuns(Story.place("cluster"), "api-2", Story.components(V1), false));
    assertThat(story.found()).isEmpty();
  }

  @Test
  void a_record_of_what_runs_that_is_wrong() {
    var live = story.live.removeFirst();
    story.live.addFirst(
        new dev.fleetwright.core.environment.Live(
            live.target(),
            V1.digest(),
            live.release(),
            live.deploy(),
            live.since(),
            false,
            V1.digest()));
    finds(Invariant.I4_CONVERGED, "the record says that cluster of environment 1 runs");
  }

  // I5

  @Test
  void a_chain_that_does_not_hold() {
    story.ledgerFaults.put("shop/test", "shop/test: record 3 was changed");
    finds(Invariant.I5_AUDIT, "record 3 was changed");
  }

  @Test
  void an_event_without_a_record() {
    story.ledger.removeLast();
    finds(Invariant.I5_AUDIT, "`verified` of deploy 2 happened 1 times, the ledger has it 0 times");
  }

  @Test
  void an_event_that_the_feed_lacks() {
    story.feed.removeLast();
    finds(Invariant.I5_AUDIT, "`verified` of deploy 2 happened 1 times, the feed has it 0 times");
  }

  @Test
  void a_record_of_what_never_happened() {
    story.tell(SECOND, "cancel_asked", DeployState.initial());
    finds(Invariant.I5_AUDIT, "the ledger has `shop/test 2 cancel_asked`, which never happened");
  }

  @Test
  void a_start_without_approval() {
    story.eventsOf(SECOND).removeIf(e -> e.event() instanceof Approved);
    finds(Invariant.I5_AUDIT, "deploy 2 started with less than 1 approvals");
  }

  @Test
  void an_approval_of_another_plan() {
    var other = Story.plan(Revision.EMPTY, V1).hash();
    story
        .eventsOf(SECOND)
        .replaceAll(e ->
            e.event() instanceof Approved(var by, _)
                ? new dev.fleetwright.core.deploy.Deploys.StoredEvent(
                    e.sequence(), e.at(), e.by(), new Approved(by, other))
                : e);
    finds(Invariant.I5_AUDIT, "deploy 2 started with less than 1 approvals");
    finds(Invariant.I5_AUDIT, "has ann say `approved`, who did not");
  }

  @Test
  void a_start_without_a_plan() {
    story.eventsOf(SECOND).removeIf(e -> e.event() instanceof Planned);
    finds(Invariant.I5_AUDIT, "deploy 2 started without a plan");
  }

  // I6

  @Test
  void a_line_that_is_missing() {
    story.logs.put(SECOND, Lines.text("2-1", 1, 1) + "\n" + Lines.text("2-1", 1, 3));
    finds(Invariant.I6_LOGS, "line 3 of 2-1 attempt 1 follows line 1");
  }

  @Test
  void a_line_that_is_there_twice() {
    story.logs.merge(SECOND, Lines.text("2-1", 1, 2), String::concat);
    finds(Invariant.I6_LOGS, "line 2 of 2-1 attempt 1 follows line 2");
  }

  @Test
  void a_secret() {
    story.secrets.add("hunter2");
    story.logs.merge(FIRST, "connecting with hunter2", String::concat);
    finds(Invariant.I6_LOGS, "the log of deploy 1 holds a secret");
  }

  // I7

  @Test
  void an_event_after_the_end() {
    story.person(SECOND, new CancelAsked("ann"));
    finds(Invariant.I7_MONOTONE, "deploy 2 had ended as succeeded and then got `cancel_asked`");
  }

  @Test
  void a_gap_between_events() {
    story.eventsOf(SECOND).remove(3);
    finds(Invariant.I7_MONOTONE, "event 5 of deploy 2 follows event 3");
  }

  @Test
  void a_state_that_the_events_do_not_add_up_to() {
    story.states.put(SECOND, new DeployState.RolledBack(Story.plan(V1, V2), "?"));
    finds(Invariant.I7_MONOTONE, "the events of deploy 2 add up to succeeded; it says rolled_back");
  }

  @Test
  void a_write_with_an_older_token() {
    var last = story.writes.removeLast();
    story.writes.add(
        new Write(last.at(), last.deploy(), last.sequence(), Optional.of(1L), 2, SERVER));
    finds(Invariant.I7_MONOTONE, "was written by generation 1 when 2 held the lease");
  }

  @Test
  void a_write_with_somebody_elses_token() {
    story.claims.add(new Claim(5, 1, 1, "server-2"));
    finds(Invariant.I7_MONOTONE, "was written by server-1 with the lease of server-2");
  }

  @Test
  void a_write_of_the_engine_without_a_lease() {
    var last = story.writes.removeLast();
    story.writes.add(
        new Write(last.at(), last.deploy(), last.sequence(), Optional.empty(), 1, SERVER));
    finds(Invariant.I7_MONOTONE, "was written by the engine without a lease");
    assertThat(story.eventsOf(SECOND).getLast().by()).isEqualTo(Actor.ENGINE).isNotEqualTo(ANN);
  }

  // I8

  @Test
  void work_that_lay_still_for_too_long() {
    story.takeOvers.add(new TakeOver(1, 0, Optional.of(Duration.ofSeconds(16))));
    finds(Invariant.I8_TIME, "lay still from 0 ns on for 16000 ms");
  }

  @Test
  void work_that_nobody_took_over() {
    story.takeOvers.add(new TakeOver(1, 0, Optional.empty()));
    finds(Invariant.I8_TIME, "for ever");
  }

  @Test
  void a_hold_that_ended_too_soon() {
    story.watch(Duration.ofSeconds(7));
    finds(Invariant.I8_TIME, "was to be watched for PT10S and was for PT7S");
  }

  @Test
  void a_hold_that_a_person_ended_may_be_short() {
    story.watchEndedByAPerson();
    assertThat(story.found()).noneMatch(v -> v.startsWith("I8"));
  }

  @Test
  void a_deploy_that_began_before_its_time() {
    story.notBefore(Story.NOON.plusSeconds(60));
    finds(Invariant.I8_TIME, "deploy 2 began at 2026-11-21T12:00:00Z, not before");
  }

  @Test
  void a_take_over_in_time_is_well() {
    story.takeOvers.add(new TakeOver(1, 0, Optional.of(Duration.ofSeconds(11))));
    assertThat(story.found()).isEmpty();
  }
}
