package dev.fleetwright.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent.GateDecided;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.GateDecision;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.FreezeWindow;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Policy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GatekeeperTest {

  private static final Actor ANN = new Actor("ann");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant MONDAY = Instant.parse("2026-11-23T07:00:00Z");
  private static final FreezeWindow WEEKEND = window("weekend");
  private static final FreezeWindow FAIR = window("trade fair");

  private final InMemoryDeploys deploys = new InMemoryDeploys();
  private final InMemoryHolds holds = new InMemoryHolds();
  private final OneEnvironment environments = new OneEnvironment(List.of());

  /// Week-ends are frozen until Monday, and the fair for an hour from then.
  private final Gatekeeper gatekeeper =
      new Gatekeeper(
          environments,
          deploys,
          holds,
          new NoReleases(),
          new NoStatuses(),
          (window, moment) -> {
            var until = window.equals(WEEKEND) ? MONDAY : MONDAY.plus(Duration.ofHours(1));
            var from = window.equals(WEEKEND) ? NOON : MONDAY;
            return moment.isBefore(from) || !moment.isBefore(until)
                ? Optional.empty()
                : Optional.of(until);
          },
          new NoTrains());

  @Test
  void a_freeze_says_which_until_when_and_who_can_open_it() {
    freeze(WEEKEND);
    assertThat(closed(start(), NOON))
        .containsExactly(
            new Gate(
                "freeze",
                "nothing new is deployed to `production` until Mon 2026-11-23 08:00 (Europe/Berlin): `weekend`",
                "the freeze being over, or somebody who may approve opening it with a reason",
                Optional.of(MONDAY)));
    assertThat(closed(start(), MONDAY)).isEmpty();
    assertThat(closed(start(), NOON.minusMillis(1))).isEmpty();
  }

  @Test
  void freezes_that_follow_one_another_are_over_at_the_end_of_the_last() {
    freeze(WEEKEND, FAIR);
    assertThat(closed(start(), NOON))
        .extracting(Gate::opensAt)
        .containsExactly(Optional.of(MONDAY.plus(Duration.ofHours(1))));
  }

  @Test
  void its_words_are_the_same_as_long_as_it_lasts() {
    freeze(WEEKEND);
    var deploy = start();
    assertThat(closed(deploy, NOON.plus(Duration.ofHours(20)))).isEqualTo(closed(deploy, NOON));
  }

  @Test
  void the_way_back_and_the_way_out_know_no_freeze() {
    freeze(WEEKEND);
    var back = add(DeployRequest.goBack(1, 1, Optional.of(7L)));
    var out = add(DeployRequest.stop(1));
    assertThat(closed(back, NOON)).isEmpty();
    assertThat(closed(out, NOON)).isEmpty();
  }

  @Test
  void a_gate_that_somebody_opened_is_open_for_this_deploy_only_and_can_be_closed_again() {
    freeze(WEEKEND);
    var fix = start();
    var other = start();
    decide(fix, "freeze", true);
    assertThat(closed(fix, NOON)).isEmpty();
    assertThat(closed(other, NOON)).hasSize(1);

    decide(fix, "freeze", false);
    assertThat(closed(fix, NOON)).hasSize(1);
  }

  @Test
  void who_lets_a_deploy_through_one_freeze_has_not_let_it_through_the_next() {
    freeze(WEEKEND, FAIR);
    var fix = start();
    var until = closed(fix, NOON).getFirst().opensAt();
    append(fix, new GateDecided("freeze", new GateDecision(true, "ann", "because", until)));
    assertThat(closed(fix, NOON)).isEmpty();

    // As if this freeze had been over sooner, and the one that is on now is another.
    append(
        fix,
        new GateDecided(
            "freeze", new GateDecision(true, "ann", "because", Optional.of(NOON.minusMillis(1)))));
    assertThat(closed(fix, NOON)).extracting(Gate::name).containsExactly("freeze");
  }

  @Test
  void an_outside_gate_is_closed_until_it_is_opened() {
    environments.policy =
        Policy.NONE.with(
            new Gating(
                Approvals.NONE,
                Duration.ZERO,
                List.of(),
                new TreeSet<>(List.of("load-test")),
                new TreeSet<>()));
    var deploy = start();
    assertThat(closed(deploy, NOON))
        .containsExactly(
            new Gate("load-test", "`load-test` has not said anything yet", "its answer"));

    decide(deploy, "load-test", false);
    assertThat(closed(deploy, NOON))
        .containsExactly(new Gate("load-test", "closed by ann: because", "`load-test` opening it"));

    decide(deploy, "load-test", true);
    assertThat(closed(deploy, NOON)).isEmpty();
  }

  @Test
  void a_deploy_may_be_asked_for_at_a_later_time() {
    var deploy = add(DeployRequest.start(1, 7).notBefore(Optional.of(MONDAY)));
    assertThat(closed(deploy, NOON))
        .containsExactly(
            new Gate(
                "schedule",
                "not before 2026-11-23T07:00:00Z",
                "the time coming",
                Optional.of(MONDAY)));
    assertThat(closed(deploy, MONDAY)).isEmpty();
  }

  private void freeze(FreezeWindow... windows) {
    environments.policy =
        Policy.NONE.with(
            new Gating(
                Approvals.NONE, Duration.ZERO, List.of(windows), new TreeSet<>(), new TreeSet<>()));
  }

  @Test
  void what_an_environment_takes_by_itself_waits_while_it_is_held_and_people_do_not() {
    var _ = holds.set(1, "the till is broken", ANN, NOON);
    var automatic = add(DeployRequest.start(1, 7).from(Origin.PROMOTION));
    assertThat(closed(automatic, NOON))
        .containsExactly(
            new Gate("hold", "production is held by ann: the till is broken", "lifting the hold"));
    assertThat(closed(start(), NOON)).isEmpty();
    assertThat(holds.lift(1, ANN, NOON)).isTrue();
    assertThat(closed(automatic, NOON)).isEmpty();
  }

  private long start() {
    return add(DeployRequest.start(1, 7));
  }

  private long add(DeployRequest request) {
    var id = deploys.add(request, ANN, NOON).deploy().id();
    append(id, new Planned(Samples.plan(0, "eu")));
    return id;
  }

  private void decide(long deploy, String gate, boolean open) {
    append(deploy, new GateDecided(gate, new GateDecision(open, "ann", "because")));
  }

  private void append(long id, dev.fleetwright.core.deploy.DeployEvent event) {
    var sequence = deploys.find(id).orElseThrow().sequence();
    var _ = deploys.append(id, sequence, event, ANN, NOON, Optional.empty());
  }

  private List<Gate> closed(long id, Instant now) {
    var view = deploys.find(id).orElseThrow();
    var waiting = (Waiting) view.state();
    return gatekeeper.closed(environments.find(1).orElseThrow(), view, waiting, now);
  }

  private static FreezeWindow window(String name) {
    return new FreezeWindow(name, "0 12 * * 6", "0 8 * * 1", ZoneId.of("Europe/Berlin"));
  }
}
