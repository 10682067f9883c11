package dev.fleetwright.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.CancelAsked;
import dev.fleetwright.core.deploy.DeployEvent.PauseAsked;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.RepeatAsked;
import dev.fleetwright.core.deploy.DeployEvent.ResumeAsked;
import dev.fleetwright.core.deploy.DeployEvent.RollbackAsked;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepAbandoned;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.deploy.DeployEvent.StepBegun;
import dev.fleetwright.core.deploy.DeployEvent.StepInDoubt;
import dev.fleetwright.core.deploy.DeployEvent.StepRefused;
import dev.fleetwright.core.deploy.DeployEvent.StepUndone;
import dev.fleetwright.core.deploy.DeployEvent.StoppedBefore;
import dev.fleetwright.core.deploy.DeployEvent.SupersededBy;
import dev.fleetwright.core.deploy.DeployEvent.UndoRefused;
import dev.fleetwright.core.deploy.DeployEvent.VerificationFailed;
import dev.fleetwright.core.deploy.DeployEvent.Verified;
import dev.fleetwright.core.deploy.DeployState.Cancelled;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Refused;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Stuck;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Superseded;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DeployMachineTest {

  private static final Plan PLAN = Samples.plan(0, "eu", "us", "asia");
  private static final Plan WITH_APPROVALS = Samples.plan(2, "eu", "us");
  private static final Planned PLANNED = new Planned(PLAN);
  private static final Started STARTED = new Started();

  @Test
  void a_deploy_runs_its_steps_in_order_and_ends_when_verified() {
    assertThat(after(PLANNED, STARTED)).isEqualTo(running(0));
    assertThat(after(PLANNED, STARTED, applied(0))).isEqualTo(running(1));
    assertThat(after(PLANNED, STARTED, applied(0), applied(1), applied(2)))
        .isEqualTo(new Verifying(PLAN));
    assertThat(after(PLANNED, STARTED, applied(0), applied(1), applied(2), new Verified()))
        .isEqualTo(new Succeeded(PLAN));
  }

  @Test
  void a_plan_without_steps_is_only_verified() {
    assertThat(after(new Planned(Samples.plan(0)), STARTED)).isInstanceOf(Verifying.class);
  }

  @Test
  void does_not_start_before_enough_different_people_approved() {
    var planned = new Planned(WITH_APPROVALS);
    var ann = new Approved("ann", WITH_APPROVALS.hash());
    var bob = new Approved("bob", WITH_APPROVALS.hash());
    assertThat(after(planned, ann, ann, STARTED)).isInstanceOf(Waiting.class);
    assertThat(after(planned, ann, bob, STARTED)).isInstanceOf(Running.class);
  }

  @Test
  void an_approval_of_another_plan_counts_for_nothing() {
    var stranger = new Approved("ann", Digest.of(new byte[] {1}));
    assertThat(after(new Planned(WITH_APPROVALS), stranger))
        .isEqualTo(new Waiting(WITH_APPROVALS, new TreeSet<>(), List.of(), new TreeMap<>()));
  }

  @Test
  void a_new_plan_voids_the_approvals_of_the_old_one() {
    var newer = Samples.plan(2, "eu");
    assertThat(
            after(
                new Planned(WITH_APPROVALS),
                new Approved("ann", WITH_APPROVALS.hash()),
                new Planned(newer)))
        .isEqualTo(new Waiting(newer, new TreeSet<>(), List.of(), new TreeMap<>()));
  }

  @Test
  void the_gate_of_approvals_says_how_many_are_missing() {
    var waiting =
        (Waiting) after(new Planned(WITH_APPROVALS), new Approved("ann", WITH_APPROVALS.hash()));
    assertThat(waiting.gates())
        .containsExactly(new Gate("approval", "1 of 2 approvals", "one more approval"));
  }

  @Test
  void a_refused_step_takes_the_earlier_ones_back_in_reverse_order() {
    var refused = new StepRefused(2, "no room");
    assertThat(after(PLANNED, STARTED, applied(0), applied(1), refused))
        .isEqualTo(back(1, "no room"));
    assertThat(after(PLANNED, STARTED, applied(0), applied(1), refused, undone(1)))
        .isEqualTo(back(0, "no room"));
    assertThat(after(PLANNED, STARTED, applied(0), applied(1), refused, undone(1), undone(0)))
        .isEqualTo(new RolledBack(PLAN, "no room"));
  }

  @Test
  void a_step_whose_end_stayed_unknown_is_taken_back_too() {
    assertThat(after(PLANNED, STARTED, applied(0), doubt(1), new StepAbandoned(1, "host is dead")))
        .isEqualTo(back(1, "host is dead"));
  }

  @Test
  void an_undo_that_is_refused_leaves_it_stuck() {
    assertThat(
            after(
                PLANNED,
                STARTED,
                applied(0),
                new StepRefused(1, "no room"),
                new UndoRefused(0, "gone")))
        .isEqualTo(new Stuck(PLAN, 0, "no room", "gone"));
  }

  @Test
  void what_is_not_healthy_is_taken_back_from_the_last_step() {
    assertThat(
            after(
                PLANNED,
                STARTED,
                applied(0),
                applied(1),
                applied(2),
                new VerificationFailed("web is failing")))
        .isEqualTo(back(2, "web is failing"));
  }

  @Test
  void a_doubt_ends_with_the_answer() {
    var running = (Running) after(PLANNED, STARTED, doubt(0));
    assertThat(running.phase()).isEqualTo(new Phase.InDoubt("connection lost"));
    assertThat(after(PLANNED, STARTED, doubt(0), applied(0))).isEqualTo(running(1));
  }

  @Test
  void only_a_step_in_doubt_is_repeated_on_request() {
    var repeat = new RepeatAsked(0, "ann");
    assertThat(after(PLANNED, STARTED, doubt(0), repeat)).isEqualTo(running(0));
    assertThat(after(PLANNED, STARTED, new StepBegun(0), repeat))
        .isEqualTo(new Running(PLAN, 0, new Phase.Begun(), Optional.empty()));
  }

  @Test
  void a_wish_is_granted_when_the_step_under_way_has_ended() {
    assertThat(after(PLANNED, STARTED, new CancelAsked("ann"), applied(0)))
        .isEqualTo(new Cancelled(Optional.of(PLAN), "ann", 1));
    assertThat(after(PLANNED, STARTED, new PauseAsked("ann"), applied(0)))
        .isEqualTo(new Paused(PLAN, 1, "ann"));
    assertThat(after(PLANNED, STARTED, new RollbackAsked("ann", "bad"), applied(0)))
        .isEqualTo(back(0, "called off by ann: bad"));
  }

  @Test
  void a_wish_is_granted_before_a_step_that_did_not_happen() {
    assertThat(after(PLANNED, STARTED, new CancelAsked("ann"), new StoppedBefore(0)))
        .isEqualTo(new Cancelled(Optional.of(PLAN), "ann", 0));
  }

  @Test
  void going_on_takes_back_the_wish_to_pause_and_ends_a_pause() {
    assertThat(after(PLANNED, STARTED, new PauseAsked("ann"), new ResumeAsked("ann")))
        .isEqualTo(running(0));
    assertThat(after(PLANNED, STARTED, new PauseAsked("ann"), applied(0), new ResumeAsked("ann")))
        .isEqualTo(running(1));
  }

  @Test
  void only_a_deploy_that_has_changed_nothing_is_superseded() {
    var superseded = new SupersededBy(9);
    assertThat(after(superseded)).isEqualTo(new Superseded(9));
    assertThat(after(PLANNED, superseded)).isEqualTo(new Superseded(9));
    assertThat(after(PLANNED, STARTED, superseded)).isEqualTo(running(0));
  }

  @Test
  void a_step_that_no_one_can_observe_waits_for_a_person_once_in_doubt() {
    var step =
        new dev.fleetwright.core.plan.Step.Apply(
            "script",
            dev.fleetwright.core.target.Slice.all(),
            Samples.V1.digest(),
            Samples.V2.digest(),
            false,
            false);
    var plan =
        new Plan(
            PLAN.project(),
            PLAN.environment(),
            PLAN.slug(),
            PLAN.kind(),
            PLAN.release(),
            PLAN.label(),
            PLAN.targets(),
            List.of(step),
            0);
    assertThat(new Running(plan, 0, new Phase.Begun(), Optional.empty()).needsEngine()).isTrue();
    assertThat(new Running(plan, 0, new Phase.InDoubt("?"), Optional.empty()).needsEngine())
        .isFalse();
  }

  @Property
  void the_end_never_changes(@ForAll("events") List<DeployEvent> events) {
    var state = DeployState.initial();
    for (var event : events) {
      var next = DeployMachine.next(state, event);
      if (state instanceof Finished) {
        assertThat(next).isSameAs(state);
      }
      state = next;
    }
  }

  @Property
  void an_event_told_twice_in_a_row_moves_no_further_than_told_once(
      @ForAll("events") List<DeployEvent> events) {
    var state = DeployState.initial();
    for (var event : events) {
      state = DeployMachine.next(state, event);
      if (!(event instanceof RepeatAsked)) {
        assertThat(DeployMachine.next(state, event)).isEqualTo(state);
      }
    }
  }

  @Property
  void nothing_runs_that_was_not_approved(@ForAll("events") List<DeployEvent> events) {
    var approvals = new TreeSet<String>();
    var state = DeployState.initial();
    for (var event : events) {
      if (event instanceof Planned(var plan)
          && !state.currentPlan().equals(Optional.of(plan))
          && !state.holdsEnvironment()) {
        approvals.clear();
      } else if (event instanceof Approved(var by, _) && state instanceof Waiting) {
        approvals.add(by);
      }
      state = DeployMachine.next(state, event);
      if (state instanceof Running(var plan, _, _, _)) {
        assertThat(approvals.size()).isGreaterThanOrEqualTo(plan.approvals());
      }
    }
  }

  @Provide
  Arbitrary<List<DeployEvent>> events() {
    var one =
        Arbitraries.<DeployEvent>of(
            PLANNED,
            new Planned(WITH_APPROVALS),
            new Approved("ann", WITH_APPROVALS.hash()),
            new Approved("bob", WITH_APPROVALS.hash()),
            STARTED,
            new StepBegun(0),
            doubt(0),
            doubt(1),
            applied(0),
            applied(1),
            applied(2),
            new StepRefused(1, "no room"),
            new StepAbandoned(0, "dead"),
            new StoppedBefore(1),
            new RepeatAsked(0, "ann"),
            new Verified(),
            new VerificationFailed("bad"),
            undone(0),
            undone(1),
            new UndoRefused(0, "gone"),
            new CancelAsked("ann"),
            new PauseAsked("ann"),
            new ResumeAsked("ann"),
            new RollbackAsked("ann", "bad"),
            new SupersededBy(9),
            new Planned(holding()),
            new DeployEvent.Held(List.of(new Gate("freeze", "it is Friday", "Monday"))),
            new DeployEvent.Held(List.of()),
            new DeployEvent.GateDecided("freeze", new GateDecision(true, "ann", "it is a fix")),
            new DeployEvent.WatchBegan(1, Instant.EPOCH),
            new DeployEvent.WatchEnded(1, "held"),
            new DeployEvent.WatchFailed(1, "bad"),
            new DeployEvent.QuarantineBegan("tried 3 times"),
            new DeployEvent.QuarantineLifted("ann", "fixed"),
            new DeployEvent.PreemptedBy(9));
    return one.list().ofMaxSize(25);
  }

  /// The plan with a hold after its first step.
  private static Plan holding() {
    var steps = new ArrayList<>(PLAN.steps());
    steps.add(1, new Step.Hold("canary", Optional.of(Duration.ofMinutes(1))));
    return new Plan(
        PLAN.project(),
        PLAN.environment(),
        PLAN.slug(),
        PLAN.kind(),
        PLAN.release(),
        PLAN.label(),
        PLAN.targets(),
        steps,
        PLAN.approvals());
  }

  private static DeployState after(DeployEvent... events) {
    return DeployMachine.replay(List.of(events));
  }

  private static Running running(int step) {
    return new Running(PLAN, step, new Phase.Due(), Optional.empty());
  }

  private static RollingBack back(int step, String cause) {
    return new RollingBack(PLAN, step, new Phase.Due(), cause);
  }

  private static StepApplied applied(int step) {
    return new StepApplied(step, "done");
  }

  private static StepUndone undone(int step) {
    return new StepUndone(step, "done");
  }

  private static StepInDoubt doubt(int step) {
    return new StepInDoubt(step, "connection lost");
  }

  @Test
  void a_rejected_deploy_is_refused_with_the_reason() {
    assertThat(after(PLANNED, new DeployEvent.Rejected("ann", "not on a Friday")))
        .isEqualTo(new Refused("rejected by ann: not on a Friday"));
  }
}
