package dev.fleetwright.core.engine;

import static dev.fleetwright.core.Samples.V1;
import static dev.fleetwright.core.Samples.V2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.analysis.Measurement;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Cancelled;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Stuck;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.GateDecision;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeployLoopTest {

  private static final Actor ANN = new Actor("ann");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Revision FIX = Samples.revision("fix");
  private static final Lease LEASE = new Lease(1, 1);
  private static final Pace QUICK =
      new Pace(
          Duration.ofSeconds(10),
          Duration.ofMillis(1),
          Duration.ofMillis(1),
          Duration.ofSeconds(5),
          Duration.ofMillis(200),
          3,
          Duration.ofMillis(1),
          Duration.ofMillis(1));

  private Policy policy = Policy.NONE;
  private final InMemoryHolds holds = new InMemoryHolds();
  private final InMemoryDeploys deploys = new InMemoryDeploys();
  private final Blobs blobs = Samples.blobs();
  private final Map<String, FakeTarget> targets = new LinkedHashMap<>();
  private final List<String> passed = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private final List<Measurement> measurements =
      new ArrayList<>(List.of(new Measurement.Pass("200")));
  private String dieAt = "";
  private final CountedTries leases = new CountedTries();
  private Instant now = NOON;
  private Revision knownToWork = V1;

  @BeforeEach
  void three_targets_run_v1() throws IOException {
    var _ = blobs.put(V1.bytes());
    var _ = blobs.put(V2.bytes());
    var _ = blobs.put(FIX.bytes());
    for (var name : List.of("eu", "us", "asia")) {
      targets.put(name, new FakeTarget(V1));
    }
  }

  @Test
  void a_deploy_brings_every_target_to_the_revision() throws InterruptedException {
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "step-0.before-effect",
        "step-0.after-effect",
        "step-0.after-commit",
        "step-1.before-effect",
        "step-1.after-effect",
        "step-1.after-commit",
        "step-2.before-effect",
        "step-2.after-effect",
        "step-2.after-commit"
      })
  void ends_the_same_wherever_the_server_dies(String place) throws InterruptedException {
    var deploy = start(plan());
    dieAt = place;
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";

    work();

    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(targets.values())
        .allSatisfy(t -> {
          assertThat(t.runs).isEqualTo(V2);
          assertThat(t.changes).isEqualTo(1);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "undo-1.before-effect",
        "undo-1.after-effect",
        "undo-1.after-commit",
        "undo-0.before-effect",
        "undo-0.after-effect",
        "undo-0.after-commit"
      })
  void a_way_back_ends_the_same_wherever_the_server_dies(String place) throws InterruptedException {
    target("asia").refuses = "no room";
    var deploy = start(plan());
    dieAt = place;
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";

    work();

    assertThat(state(deploy)).isInstanceOf(RolledBack.class);
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
    assertThat(target("eu").changes).isEqualTo(2);
    assertThat(target("us").changes).isEqualTo(2);
    assertThat(target("asia").changes).isZero();
  }

  @Test
  void a_refused_third_step_takes_the_first_two_back() throws InterruptedException {
    target("asia").refuses = "no room on host 3";
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isEqualTo(new RolledBack(plan(), "no room on host 3"));
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
  }

  @Test
  void a_lost_answer_is_looked_at_and_never_applied_twice() throws InterruptedException {
    target("us").losesAnswers = 1;
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(deploys.history(deploy)).contains("step_in_doubt");
    assertThat(target("us").changes).isEqualTo(1);
    assertThat(target("us").asked).isEqualTo(1);
  }

  @Test
  void what_never_says_how_it_went_is_asked_ever_more_seldom_and_then_given_up()
      throws InterruptedException {
    target("us").losesRequests = 100_000;
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isNotInstanceOf(Succeeded.class);
    assertThat(deploys.history(deploy)).contains("step_in_doubt", "step_abandoned");
    assertThat(target("us").asked - target("us").undoAsked).isBetween(10, 20);
  }

  @Test
  void a_host_that_is_away_keeps_the_step_in_doubt_until_it_can_be_seen()
      throws InterruptedException {
    target("us").losesAnswers = 1;
    target("us").awayForObservations = 3;
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(target("us").changes).isEqualTo(1);
  }

  @Test
  void a_request_that_never_arrived_is_made_again_under_the_same_id() throws InterruptedException {
    target("us").losesRequests = 1;
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(target("us").changes).isEqualTo(1);
    assertThat(target("us").ids).hasSize(1);
  }

  @Test
  void a_wish_that_came_during_a_step_is_granted_after_it() throws InterruptedException {
    var deploy = start(plan());
    target("us").duringApply = () -> ask(deploy, new DeployEvent.PauseAsked("ann"));
    work();
    assertThat(state(deploy)).isEqualTo(new Paused(plan(), 2, "ann"));
    assertThat(target("asia").runs).isEqualTo(V1);

    ask(deploy, new DeployEvent.ResumeAsked("ann"));
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void cancelling_leaves_what_was_done_and_says_how_much() throws InterruptedException {
    var deploy = start(plan());
    target("eu").duringApply = () -> ask(deploy, new DeployEvent.CancelAsked("ann"));
    work();
    assertThat(state(deploy)).isEqualTo(new Cancelled(Optional.of(plan()), "ann", 1));
  }

  @Test
  void an_unhealthy_release_is_taken_back() throws InterruptedException {
    target("us").unhealthyWith = V2;
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isInstanceOf(RolledBack.class);
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
  }

  @Test
  void what_ended_while_it_was_judged_unhealthy_is_not_judged_any_more()
      throws InterruptedException {
    target("us").unhealthyWith = V2;
    var deploy = start(plan());
    deploys.beforeAppend =
        () -> {
          if (state(deploy) instanceof DeployState.Verifying) {
            deploys.beforeAppend = () -> {};
            ask(deploy, new DeployEvent.CancelAsked("ann"));
          }
        };

    work();

    assertThat(state(deploy)).isEqualTo(new Cancelled(Optional.of(plan()), "ann", 3));
    assertThat(deploys.history(deploy)).endsWith("cancel_asked");
  }

  @Test
  void a_way_back_that_is_refused_is_tried_three_times_and_then_a_person_is_asked()
      throws InterruptedException {
    target("asia").refuses = "no room";
    target("us").refusesUndo = "locked";
    var deploy = start(plan());
    work();
    assertThat(state(deploy)).isEqualTo(new Stuck(plan(), 1, "no room", "locked"));
    assertThat(target("us").undoAsked).isEqualTo(3);
  }

  @Test
  void where_nothing_is_taken_back_on_failure_it_says_so_and_what_was_done_stays()
      throws InterruptedException {
    policy = Policy.NONE.with(RollbackTriggers.NEVER);
    target("asia").refuses = "no room on host 3";
    var deploy = start(plan());
    work();
    assertThat(state(deploy))
        .isInstanceOfSatisfying(
            Stuck.class,
            stuck -> {
              assertThat(stuck.cause()).isEqualTo("no room on host 3");
              assertThat(stuck.refusal()).contains("nothing is taken back by itself");
            });
    assertThat(target("eu").runs).isEqualTo(V2);
    assertThat(target("us").undoAsked).isZero();
  }

  @Test
  void what_a_person_wants_taken_back_is_also_where_failures_are_not() throws InterruptedException {
    policy = Policy.NONE.with(RollbackTriggers.NEVER);
    var deploy = start(plan());
    target("eu").duringApply = () -> ask(deploy, new DeployEvent.RollbackAsked("ann", "no"));
    work();
    assertThat(state(deploy)).isEqualTo(new RolledBack(plan(), "called off by ann: no"));
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
  }

  @Test
  void a_server_that_lost_its_lease_writes_nothing_more() throws InterruptedException {
    var deploy = start(plan());
    target("us").duringApply = () -> deploys.generation = 2;
    assertThatThrownBy(this::work).isInstanceOf(LeaseLost.class);
    assertThat(deploys.history(deploy)).containsExactly("planned", "started", "step_applied");

    loop().work(new Lease(1, 2));

    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(target("us").changes).isEqualTo(1);
  }

  @Test
  void what_moved_since_a_chosen_plan_refuses_the_deploy() throws InterruptedException {
    var deploy = start(plan());
    target("us").runs = Samples.revision("by hand");
    work();
    assertThat(state(deploy).keyword()).isEqualTo("refused");
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.changes).isZero());
  }

  @Test
  void an_older_deploy_that_still_waits_is_superseded_by_a_newer_one_that_succeeded()
      throws InterruptedException {
    var older = start(Samples.plan(1, "eu"));
    var newer = start(plan());
    work();
    assertThat(state(newer)).isInstanceOf(Succeeded.class);
    assertThat(state(older)).isEqualTo(new DeployState.Superseded(newer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"step-0.before-effect", "step-0.after-effect"})
  void a_step_that_nobody_can_observe_is_run_once_and_then_asks_a_person(String place)
      throws InterruptedException {
    target("eu").observable = false;
    var deploy = start(unobservable());
    dieAt = place;
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";

    work();

    assertThat(deploys.history(deploy)).endsWith("step_begun", "step_in_doubt");
    assertThat(target("eu").asked).isEqualTo(place.endsWith("after-effect") ? 1 : 0);

    ask(deploy, new DeployEvent.StepApplied(0, "said by ann"));
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void a_hold_lasts_as_long_as_the_plan_says_and_then_the_next_step_is_due()
      throws InterruptedException {
    var deploy = start(holding(Optional.of(Duration.ofMinutes(10))));

    assertThat(loop().work(LEASE)).isLessThanOrEqualTo(QUICK.retry());
    assertThat(target("eu").runs).isEqualTo(V2);
    assertThat(target("us").runs).isEqualTo(V1);
    assertThat(phase(deploy)).isEqualTo(new DeployState.Phase.Watching(NOON));

    now = NOON.plus(Duration.ofMinutes(10));
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(target("us").runs).isEqualTo(V2);
  }

  @Test
  void a_hold_without_a_length_lasts_until_a_person_says_go_on() throws InterruptedException {
    var deploy = start(holding(Optional.empty()));
    work();
    now = NOON.plus(Duration.ofDays(100));
    work();
    assertThat(phase(deploy)).isEqualTo(new DeployState.Phase.Watching(NOON));

    ask(deploy, new DeployEvent.ResumeAsked("ann"));
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void what_falls_ill_during_a_hold_is_taken_back_and_the_next_step_never_begins()
      throws InterruptedException {
    var deploy = start(holding(Optional.of(Duration.ofMinutes(10))));
    work();
    target("eu").unhealthyWith = V2;
    work();
    assertThat(state(deploy)).isInstanceOf(RolledBack.class);
    assertThat(deploys.history(deploy)).endsWith("watch_failed", "step_undone");
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
    assertThat(target("us").changes).isZero();
  }

  @Test
  void a_hold_can_be_called_off_and_what_was_done_before_it_is_taken_back()
      throws InterruptedException {
    var deploy = start(holding(Optional.empty()));
    work();
    ask(deploy, new DeployEvent.RollbackAsked("ann", "not like this"));
    work();
    assertThat(state(deploy))
        .isEqualTo(new RolledBack(holding(Optional.empty()), "called off by ann: not like this"));
    assertThat(target("eu").runs).isEqualTo(V1);
  }

  @Test
  void a_newer_deploy_takes_the_place_of_one_that_only_holds() throws InterruptedException {
    var older = start(holding(Optional.empty()));
    work();
    var newer = start(after(older));
    work();
    assertThat(state(older))
        .isEqualTo(new DeployState.Preempted(holding(Optional.empty()), 1, newer));
    assertThat(state(newer)).isInstanceOf(Succeeded.class);
  }

  @Test
  void a_pause_that_a_person_asked_for_is_not_cut_short_by_a_newer_deploy()
      throws InterruptedException {
    var older = start(holding(Optional.empty()));
    ask(older, new DeployEvent.Started());
    ask(older, new DeployEvent.PauseAsked("ann"));
    work();
    var newer = start(after(older));
    work();
    assertThat(state(older)).isInstanceOf(Paused.class);
    assertThat(state(newer)).isInstanceOf(DeployState.Waiting.class);
  }

  /// argo-cd#17314 and #4811: a sync that waited for health held up the very fix for it.
  @Test
  void argo_cd_17314_and_4811_a_fix_takes_the_place_of_a_deploy_that_hopes_for_health()
      throws InterruptedException {
    var hopeless = start(plan());
    target("us").unhealthyWith = V2;
    target("asia").duringApply = this::startFix;
    work();
    var fix = hopeless + 1;
    assertThat(state(hopeless)).isEqualTo(new DeployState.Preempted(plan(), 3, fix));
    assertThat(state(fix)).isInstanceOf(Succeeded.class);
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(FIX));
  }

  @Test
  void a_fix_waits_for_its_turn_where_the_file_says_that_nothing_gives_way()
      throws InterruptedException {
    policy = policy.preempting(Set.of());
    var hopeless = start(plan());
    target("us").unhealthyWith = V2;
    target("asia").duringApply = this::startFix;
    work();
    assertThat(state(hopeless)).isInstanceOf(RolledBack.class);
    assertThat(deploys.history(hopeless)).contains("verification_failed");
  }

  @Test
  void a_fix_that_is_not_ready_itself_takes_nobodys_place() throws InterruptedException {
    policy = policy.with(gates("load-test"));
    var older = start(holding(Optional.empty()));
    decide(older, "load-test");
    work();
    var newer = start(after(older));
    work();
    assertThat(phase(older)).isInstanceOf(DeployState.Phase.Watching.class);
    assertThat(held(newer)).containsExactly("load-test");

    decide(newer, "load-test");
    work();
    assertThat(state(older)).isInstanceOf(DeployState.Preempted.class);
    assertThat(state(newer)).isInstanceOf(Succeeded.class);
  }

  /// bike_index#4313: a deploy lock was held for weeks by a deploy that nobody looked at.
  @Test
  void bike_index_4313_a_deploy_that_nobody_looks_at_holds_up_nobody_for_weeks()
      throws InterruptedException {
    var forgotten = start(holding(Optional.empty()));
    work();
    now = NOON.plus(Duration.ofDays(21));
    var newer = start(after(forgotten));
    work();
    assertThat(state(forgotten)).isInstanceOf(DeployState.Preempted.class);
    assertThat(state(newer)).isInstanceOf(Succeeded.class);
  }

  /// helm-controller#149: a controller that was killed left the release `pending-upgrade`, and
  /// every later one was refused.
  @ParameterizedTest
  @ValueSource(strings = {"step-0.before-effect", "step-1.after-effect", "step-2.after-commit"})
  void helm_controller_149_a_killed_server_leaves_nothing_pending(String place)
      throws InterruptedException {
    var interrupted = start(plan());
    dieAt = place;
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";
    assertThat(state(interrupted).holdsEnvironment()).isTrue();
    var later = start(Samples.plan(1, "eu"));

    deploys.generation = 2;
    loop().work(new Lease(1, 2));

    assertThat(state(interrupted)).isInstanceOf(Succeeded.class);
    assertThat(deploys.unfinished(1)).extracting(v -> v.deploy().id()).containsExactly(later);
  }

  @ParameterizedTest
  @CsvSource({
    // Who is ready of three, the mode, and who begins: 0 for nobody.
    "1 2 3, UNORDERED, 1",
    "2 3,   UNORDERED, 2",
    "1 2 3, OLDEST_FIRST, 1",
    "2 3,   OLDEST_FIRST, 0",
    "1,     OLDEST_FIRST, 1",
    "1 2 3, NEWEST_FIRST, 3",
    "1 2,   NEWEST_FIRST, 0",
    "3,     NEWEST_FIRST, 3",
    "1 2 3, NEWEST_READY_FIRST, 3",
    "1 2,   NEWEST_READY_FIRST, 2",
    "1,     NEWEST_READY_FIRST, 1",
  })
  void whose_turn_it_is_says_the_mode_of_the_queue(String ready, QueueMode mode, long first)
      throws InterruptedException {
    policy = policy.with(mode).with(gates("go"));
    for (var i = 0; i < 3; i++) {
      start(plan());
    }
    for (var id : ready.split(" ", -1)) {
      decide(Long.parseLong(id), "go");
    }
    work();
    assertThat(
            deploys.of(1, 9, 0).stream()
                .map(v -> v.deploy().id())
                .filter(id -> deploys.history(id).contains("started"))
                .findFirst())
        .isEqualTo(first == 0 ? Optional.empty() : Optional.of(first));
  }

  @Test
  void a_deploy_that_is_jumped_over_is_superseded_and_stays_in_the_history()
      throws InterruptedException {
    policy = policy.with(QueueMode.NEWEST_FIRST);
    var older = start(plan());
    var newer = start(plan());
    work();
    assertThat(state(newer)).isInstanceOf(Succeeded.class);
    assertThat(state(older)).isEqualTo(new DeployState.Superseded(newer));
    assertThat(deploys.history(older)).containsExactly("planned", "superseded_by");
  }

  @Test
  void a_deploy_asked_for_at_a_later_time_begins_then() throws InterruptedException {
    var then = NOON.plus(Duration.ofHours(3));
    var deploy =
        deploys
            .add(DeployRequest.start(1, 7).by(plan()).notBefore(Optional.of(then)), ANN, NOON)
            .deploy()
            .id();
    assertThat(loop().work(LEASE)).isLessThanOrEqualTo(Duration.ofHours(3));
    assertThat(held(deploy)).containsExactly("schedule");

    now = then;
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void a_gate_that_was_overridden_lets_this_deploy_through_before_its_time()
      throws InterruptedException {
    var then = NOON.plus(Duration.ofHours(3));
    var deploy =
        deploys
            .add(DeployRequest.start(1, 7).by(plan()).notBefore(Optional.of(then)), ANN, NOON)
            .deploy()
            .id();
    work();
    decide(deploy, "schedule");
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
    assertThat(deploys.history(deploy))
        .startsWith("planned", "held", "gate_decided", "held", "started");
  }

  private void startFix() {
    var base = plan();
    var parts =
        base.targets().stream()
            .map(part ->
                new Plan.TargetPlan(
                    part.binding(),
                    part.from(),
                    FIX.digest(),
                    new FakeTarget(V2).seen().basis(),
                    List.of()))
            .toList();
    var steps =
        parts.stream()
            .<Step>map(part ->
                new Step.Apply(
                    part.binding().name(), Slice.all(), V1.digest(), FIX.digest(), true, true))
            .toList();
    start(with(base, parts, steps));
  }

  private static Gating gates(String... names) {
    return new Gating(
        Approvals.NONE, Duration.ZERO, List.of(), new TreeSet<>(List.of(names)), new TreeSet<>());
  }

  private void decide(long deploy, String gate) {
    ask(deploy, new DeployEvent.GateDecided(gate, new GateDecision(true, "ann", "because")));
  }

  private List<String> held(long deploy) {
    return state(deploy) instanceof DeployState.Waiting waiting
        ? waiting.held().stream().map(Gate::name).toList()
        : org.assertj.core.api.Assertions.fail("it is " + state(deploy));
  }

  @Test
  void a_plan_whose_way_back_leads_to_what_is_no_longer_the_last_good_one_is_refused()
      throws InterruptedException {
    var deploy = start(plan());
    knownToWork = Samples.revision("a later one");
    work();
    assertThat(state(deploy).keyword()).isEqualTo("refused");
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.changes).isZero());
  }

  /// First eu, a hold, then us; asia stays as it is.
  private Plan holding(Optional<Duration> length) {
    var base = plan();
    return with(
        base,
        base.targets().stream().filter(t -> !t.binding().name().equals("asia")).toList(),
        List.of(base.steps().get(0), new Step.Hold("canary on eu", length), base.steps().get(1)));
  }

  @Test
  void an_analysis_ends_when_every_answer_was_as_expected_for_its_time()
      throws InterruptedException {
    var deploy = start(analysed(0));
    work();
    assertThat(state(deploy).idleness()).isPresent();
    assertThat(asked).isNotEmpty().containsOnly("https://shop.example/healthz");
    now = NOON.plusSeconds(61);
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void a_bad_answer_takes_back_what_was_done_and_does_not_begin_the_next_step()
      throws InterruptedException {
    var deploy = start(analysed(0));
    work();
    measurements.set(0, new Measurement.Fail("it answered 503"));
    work();
    assertThat(state(deploy))
        .isInstanceOfSatisfying(
            RolledBack.class,
            back -> assertThat(back.cause()).isEqualTo("during `canary on eu`: it answered 503"));
    assertThat(target("eu").runs).isEqualTo(V1);
    assertThat(target("us").asked).isZero();
  }

  @Test
  void a_bad_answer_may_be_forgiven_when_the_next_one_is_good() throws InterruptedException {
    var deploy = start(analysed(1));
    work();
    measurements.addFirst(new Measurement.Fail("it answered 503"));
    now = NOON.plusSeconds(61);
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void a_release_is_not_let_on_because_nobody_could_say_anything() throws InterruptedException {
    var deploy = start(analysed(0));
    measurements.set(0, new Measurement.Inconclusive("shop.example is not known by name"));
    now = NOON.plusSeconds(61);
    work();
    now = now.plusSeconds(61);
    work();
    assertThat(state(deploy).idleness()).isPresent();
    now = now.plusSeconds(61);
    work();
    assertThat(state(deploy))
        .isInstanceOfSatisfying(
            RolledBack.class,
            back -> assertThat(back.cause()).contains("nothing could be learnt: shop.example"));
  }

  private Plan analysed(int forgiven) {
    var base = holding(Optional.empty());
    var probe =
        new HttpProbe(
            new HttpProbe.Where.Address(URI.create("https://shop.example/healthz")),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            200,
            299,
            Optional.empty(),
            Duration.ofSeconds(2),
            forgiven);
    var plan =
        with(
            base,
            base.targets(),
            List.of(
                base.steps().get(0), new Step.Analyse("canary on eu", probe), base.steps().get(2)));
    assertThat(Plan.of(plan.bytes())).isEqualTo(plan);
    return plan;
  }

  /// What the next deploy would do when the given one stands at its hold.
  private Plan after(long deploy) {
    assertThat(state(deploy).holdsEnvironment()).isTrue();
    var base = plan();
    var parts =
        base.targets().stream()
            .map(part ->
                new Plan.TargetPlan(
                    part.binding(),
                    part.from(),
                    part.to(),
                    target(part.binding().name()).seen().basis(),
                    List.of()))
            .toList();
    return with(base, parts, base.steps());
  }

  private DeployState.Phase phase(long deploy) {
    return state(deploy) instanceof DeployState.Running running
        ? running.phase()
        : org.assertj.core.api.Assertions.fail("it is " + state(deploy));
  }

  @Test
  void taking_away_what_nobody_can_see_is_not_taken_back_by_doing_something_else_blindly()
      throws InterruptedException {
    target("eu").observable = false;
    target("us").refuses = "no room";
    var base = plan();
    var deploy =
        start(
            with(
                base,
                base.targets(),
                List.of(new Step.Remove("eu", V1.digest(), false), base.steps().get(1))));

    work();

    assertThat(state(deploy)).isInstanceOf(RolledBack.class);
    assertThat(target("eu").undoAsked).isZero();
  }

  @Test
  void a_step_that_every_server_dies_of_is_tried_three_times_and_then_only_a_person_goes_on()
      throws InterruptedException {
    var deploy = start(plan());
    dieAt = "step-1.before-effect";
    for (var i = 1; i <= 3; i++) {
      assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    }
    // The first time it had come from step 0, and something was stored.
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    work();
    work();
    assertThat(state(deploy))
        .isInstanceOfSatisfying(
            Quarantined.class, q -> assertThat(q.at()).isInstanceOf(Running.class));
    assertThat(target("us").asked).isZero();

    dieAt = "";
    ask(deploy, new DeployEvent.QuarantineLifted("ann", "the disk was full"));
    work();
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void what_is_quarantined_half_way_is_taken_back_when_a_person_says_so()
      throws InterruptedException {
    var deploy = start(plan());
    dieAt = "step-1.before-effect";
    for (var i = 1; i <= 4; i++) {
      assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    }
    work();
    ask(deploy, new DeployEvent.RollbackAsked("ann", "servers die of it"));
    work();

    assertThat(state(deploy)).isInstanceOf(RolledBack.class);
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
  }

  @Test
  void a_way_back_that_every_server_dies_of_is_given_up_by_a_person() throws InterruptedException {
    target("asia").refuses = "no room";
    var deploy = start(plan());
    dieAt = "undo-1.before-effect";
    for (var i = 1; i <= 4; i++) {
      assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    }
    work();
    assertThat(state(deploy)).isInstanceOf(Quarantined.class);

    ask(deploy, new DeployEvent.CancelAsked("ann"));
    assertThat(state(deploy)).isInstanceOf(Stuck.class);
  }

  @Test
  void what_cannot_even_be_planned_is_quarantined_and_the_deploy_behind_it_has_its_turn()
      throws InterruptedException {
    // There is no target that runs its script: planning it throws.
    var script = V1.components().getFirst();
    var poison =
        deploys.add(DeployRequest.stop(1).with(Optional.of(script)), ANN, NOON).deploy().id();
    var next = start(plan());
    for (var i = 1; i <= 3; i++) {
      assertThatThrownBy(this::work).isInstanceOf(NoSuchElementException.class);
    }

    work();

    assertThat(state(next)).isInstanceOf(Succeeded.class);
    assertThat(deploys.history(poison)).containsExactly("quarantine_began", "superseded_by");
  }

  @Test
  void what_an_alarm_takes_back_goes_before_a_long_queue() throws InterruptedException {
    var waiting = new ArrayList<Long>();
    for (var i = 0; i < 20; i++) {
      waiting.add(start(plan()));
    }
    var back =
        deploys
            .add(
                DeployRequest.goBack(1, 1, Optional.of(6L)).by(plan()).from(Origin.ALARM),
                ANN,
                NOON)
            .deploy()
            .id();

    work();

    assertThat(state(back)).isInstanceOf(Succeeded.class);
    assertThat(waiting).allSatisfy(id -> assertThat(deploys.history(id)).doesNotContain("started"));
  }

  @Test
  void a_pause_does_not_end_a_doubt_or_going_on_would_run_a_script_twice()
      throws InterruptedException {
    target("eu").observable = false;
    var deploy = start(unobservable());
    dieAt = "step-0.after-effect";
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";
    ask(deploy, new DeployEvent.PauseAsked("ann"));
    work();
    ask(deploy, new DeployEvent.ResumeAsked("ann"));
    work();

    assertThat(target("eu").asked).isEqualTo(1);
    assertThat(state(deploy).needsEngine()).as("only a person can go on").isFalse();
    assertThat(state(deploy)).isInstanceOf(DeployState.Running.class);
  }

  @Test
  void a_step_refused_after_a_lost_answer_is_taken_back_too_when_it_is_half_done()
      throws InterruptedException {
    target("us").leavesHalfDone = true;
    var deploy = start(plan());
    work();
    assertThat(deploys.history(deploy)).contains("step_in_doubt", "step_abandoned");
    assertThat(state(deploy)).isInstanceOf(RolledBack.class);
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
  }

  @Test
  void a_step_refused_after_a_crash_is_taken_back_too_when_it_is_half_done()
      throws InterruptedException {
    target("us").leavesHalfDone = true;
    var deploy = start(plan());
    dieAt = "step-1.after-effect";
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";

    work();

    assertThat(state(deploy)).isInstanceOf(RolledBack.class);
    assertThat(targets.values()).allSatisfy(t -> assertThat(t.runs).isEqualTo(V1));
  }

  @Test
  void what_is_in_place_after_a_take_over_is_asked_for_again_since_an_older_order_may_undo_it()
      throws InterruptedException {
    target("us").losesAnswers = 1;
    var deploy = start(plan());
    dieAt = "step-1.after-commit";
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";
    deploys.generation = 2;

    var _ = loop().work(new Lease(1, 2));

    assertThat(target("us").highestToken).isEqualTo(2);
    assertThat(target("us").changes).isEqualTo(1);
    assertThat(state(deploy)).isInstanceOf(Succeeded.class);
  }

  @Test
  void who_stops_a_deploy_of_a_server_that_died_first_outbids_its_order_with_a_newer_token()
      throws InterruptedException {
    var deploy = start(plan());
    dieAt = "step-1.before-effect";
    assertThatThrownBy(this::work).isInstanceOf(ServerDied.class);
    dieAt = "";
    ask(deploy, new DeployEvent.CancelAsked("ann"));
    deploys.generation = 2;

    var _ = loop().work(new Lease(1, 2));

    assertThat(target("us").highestToken).isEqualTo(2);
    assertThat(state(deploy)).isEqualTo(new Cancelled(Optional.of(plan()), "ann", 2));
    assertThat(target("asia").asked).isZero();
  }

  private Plan plan() {
    var parts = new ArrayList<Plan.TargetPlan>();
    var base = Samples.plan(0, "eu", "us", "asia");
    for (var part : base.targets()) {
      parts.add(
          new Plan.TargetPlan(
              part.binding(),
              part.from(),
              part.to(),
              new FakeTarget(V1).seen().basis(),
              List.of()));
    }
    return with(base, parts, base.steps());
  }

  private Plan unobservable() {
    var base = Samples.plan(0, "eu");
    return with(
        base,
        base.targets(),
        List.of(new Step.Apply("eu", Slice.all(), V1.digest(), V2.digest(), false, false)));
  }

  private static Plan with(Plan base, List<Plan.TargetPlan> parts, List<Step> steps) {
    return new Plan(
        base.project(),
        base.environment(),
        base.slug(),
        base.kind(),
        base.release(),
        base.label(),
        parts,
        steps,
        base.approvals());
  }

  private FakeTarget target(String name) {
    return Optional.ofNullable(targets.get(name)).orElseThrow();
  }

  private long start(Plan plan) {
    return deploys.add(DeployRequest.start(1, 7).by(plan), ANN, NOON).deploy().id();
  }

  private void ask(long deploy, DeployEvent event) {
    var view = deploys.find(deploy).orElseThrow();
    var answer = deploys.append(deploy, view.sequence(), event, ANN, NOON, Optional.empty());
    assertThat(answer).isInstanceOf(dev.fleetwright.core.deploy.Deploys.Appended.Stored.class);
  }

  private DeployState state(long deploy) {
    return deploys.find(deploy).orElseThrow().state();
  }

  private void work() throws InterruptedException {
    leases.begin();
    loop().work(LEASE);
  }

  private DeployLoop loop() {
    var planner = new Planner(binding -> target(binding.name()), blobs);
    var time = new FixedTime(now);
    var environments = new OneEnvironment(live());
    environments.policy = policy;
    var journal = new DeployJournal(deploys, new NoLogs(), time);
    return new DeployLoop(
        deploys,
        environments,
        holds,
        new Gatekeeper(
            environments,
            deploys,
            holds,
            new NoReleases(),
            new NoStatuses(),
            (_, _) -> Optional.empty(),
            new NoTrains()),
        journal,
        new DeployRun(
            journal,
            environments,
            new DeployPlanner(environments, new NoReleases(), deploys, planner, blobs),
            planner,
            binding -> target(binding.name()),
            (_, address, _) -> {
              asked.add(address.toString());
              return measurements.size() > 1 ? measurements.removeFirst() : measurements.getFirst();
            },
            time,
            QUICK,
            name -> {
              passed.add(name);
              if (name.equals(dieAt)) {
                throw new ServerDied();
              }
            },
            LeaseGuard.FOREVER),
        new Attempts(leases),
        time,
        QUICK,
        LeaseGuard.FOREVER);
  }

  /// By the record V1 runs everywhere and is known to work.
  private List<Live> live() {
    return targets.keySet().stream()
        .map(name ->
            new Live(name, V1.digest(), Optional.of(6L), 0, NOON, false, knownToWork.digest()))
        .toList();
  }

  private static final class ServerDied extends Error {}

  /// Counts as the store does: also what a dead server did not give back.
  private final class CountedTries implements Leases {
    private int count;
    private Optional<Long> suspect = Optional.empty();
    private int stored;

    /// Handed out once more.
    void begin() {
      var now = deploys.of(1, Integer.MAX_VALUE, 0).stream().mapToLong(DeployView::sequence).sum();
      if (now != stored) {
        stored = Math.toIntExact(now);
        count = 0;
        suspect = Optional.empty();
      }
      count++;
    }

    @Override
    public Tries tries(Lease lease) {
      return new Tries(count, suspect);
    }

    @Override
    public void suspect(Lease lease, long deploy) {
      suspect = Optional.of(deploy);
    }

    @Override
    public Optional<Lease> claim(String owner, Duration life) {
      throw new UnsupportedOperationException("no test needs it");
    }

    @Override
    public boolean renew(Lease lease, Duration life) {
      throw new UnsupportedOperationException("no test needs it");
    }

    @Override
    public void failed(Lease lease, Duration rest) {
      throw new UnsupportedOperationException("no test needs it");
    }

    @Override
    public void release(Lease lease, Duration rest) {
      throw new UnsupportedOperationException("no test needs it");
    }
  }

  private static final class NoLogs implements LogStore {
    @Override
    public void append(LogName name, byte[] bytes, int from, int length) {}

    @Override
    public byte[] read(LogName name, long offset, int most) {
      return new byte[0];
    }

    @Override
    public long size(LogName name) {
      return 0;
    }

    @Override
    public List<Moment> moments(LogName name, long from, long to) {
      return List.of();
    }

    @Override
    public void await(LogName name, long longerThan, Duration most) {}
  }
}
