package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.Deploy;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Plan.TargetPlan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.TargetBinding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What a person sees of a deploy in each of its states. The states are reached by the real rules.
class DeployPresenterTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Actor MIRA = new Actor("mira");
  private static final ProjectName SHOP = new ProjectName("shop");
  private static final EnvironmentName NAME = new EnvironmentName("review/basket total");
  private static final TargetBinding EDGE = new TargetBinding("edge", "ssh", Settings.NONE);
  private static final Environment REVIEW =
      new Environment(
          3,
          SHOP,
          NAME,
          EnvironmentSlug.of(NAME),
          Tier.DEVELOPMENT,
          EnvironmentState.AVAILABLE,
          Optional.empty(),
          Policy.NONE,
          List.of(EDGE),
          Optional.empty(),
          NOON);

  private static Plan plan(int approvals, boolean observable) {
    var nothing = Revision.EMPTY.digest();
    var there = Digest.of(new byte[] {1});
    return new Plan(
        SHOP,
        NAME,
        REVIEW.slug(),
        DeployKind.START,
        Optional.of(8L),
        "r8 · 1a2b3c4d",
        List.of(
            new TargetPlan(
                EDGE,
                nothing,
                there,
                nothing,
                List.of(
                    new Change(Change.Kind.CREATE, "web on edge-1", List.of("+ a", "- b", "  c")),
                    new Change(Change.Kind.NONE, "api", List.of())))),
        List.of(
            new Step.Apply(
                "edge", new Slice.Batch(List.of("edge-1")), nothing, there, observable, true),
            new Step.Apply(
                "edge", new Slice.Batch(List.of("edge-2")), nothing, there, observable, true)),
        approvals);
  }

  private static DeployPage page(String visitor, DeployEvent... events) {
    return presenter(visitor, events).page(new Link("", ""), Samples.log(""), List.of());
  }

  private static DeployPresenter presenter(String visitor, DeployEvent... events) {
    var stored = new ArrayList<StoredEvent>();
    for (var event : events) {
      stored.add(new StoredEvent(stored.size() + 1, NOON.plusSeconds(stored.size()), MIRA, event));
    }
    var deploy =
        new Deploy(
            12,
            4,
            3,
            DeployKind.START,
            Optional.of(8L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new TreeSet<>(),
            Optional.empty(),
            false,
            Origin.HAND,
            "mira",
            "",
            NOON);
    var view =
        new DeployView(
            deploy,
            DeployMachine.replay(List.of(events)),
            events.length,
            Optional.of(NOON),
            Optional.empty(),
            NOON);
    return new DeployPresenter(
        view, REVIEW, Optional.empty(), stored, List.of(view), visitor, NOON.plusSeconds(100));
  }

  @Test
  void an_approval_is_bound_to_the_plan_that_is_shown() {
    var plan = plan(2, true);
    var page = page("jonas", new DeployEvent.Planned(plan));

    assertThat(page.state().word()).isEqualTo("waiting for approval");
    assertThat(page.actions())
        .extracting(Action::id)
        .containsExactly("approve", "reject", "cancel");
    assertThat(page.actions().getFirst().fields())
        .containsExactly(new Action.Field("plan", plan.hash().hex()));
    assertThat(page.actions().getFirst().href()).isEqualTo("/projects/shop/deploys/4/approve");
    assertThat(page.plan().getFirst().hash()).isEqualTo(plan.hash().hex());
    assertThat(page.gates())
        .extracting(DeployPage.GateView::name, DeployPage.GateView::endedBy)
        .containsExactly(tuple("approval", "2 more approvals, of somebody else with a token"));
  }

  @Test
  void who_has_approved_is_not_asked_again() {
    var plan = plan(2, true);
    var page =
        page("mira", new DeployEvent.Planned(plan), new DeployEvent.Approved("mira", plan.hash()));

    assertThat(page.actions()).extracting(Action::id).containsExactly("reject", "cancel");
    assertThat(page.approvedBy()).isEqualTo("Approved by mira");
  }

  @Test
  void every_gate_is_named_with_what_ends_it() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, true)),
            new DeployEvent.Held(
                List.of(new Gate("queue", "deploy #3 is under way", "the end of deploy #3"))));

    assertThat(page.gates())
        .containsExactly(
            new DeployPage.GateView(
                "queue", "queue", "deploy #3 is under way", "the end of deploy #3"));
  }

  @Test
  void steps_tell_how_far_they_are() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, true)),
            new DeployEvent.Started(),
            new DeployEvent.StepApplied(0, "link switched"));

    assertThat(page.steps())
        .extracting(s -> s.badge().word(), DeployPage.StepView::note, DeployPage.StepView::took)
        .containsExactly(tuple("done", "link switched", "1.0 s"), tuple("running", "", ""));
    assertThat(page.actions())
        .extracting(Action::id)
        .containsExactly("pause", "rollback", "cancel");
  }

  @Test
  void a_refusal_shows_what_was_taken_back_and_why() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, true)),
            new DeployEvent.Started(),
            new DeployEvent.StepApplied(0, ""),
            new DeployEvent.StepRefused(1, "no space left"),
            new DeployEvent.StepUndone(0, "switched back"));

    assertThat(page.state().word()).isEqualTo("rolled back");
    assertThat(page.cause()).contains("no space left");
    assertThat(page.steps())
        .extracting(s -> s.badge().word())
        .containsExactly("taken back", "refused");
    assertThat(page.actions()).isEmpty();
  }

  @Test
  void a_step_that_nobody_can_see_asks_a_person() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, false)),
            new DeployEvent.Started(),
            new DeployEvent.StepBegun(0),
            new DeployEvent.StepInDoubt(0, "the server died while it ran"));

    assertThat(page.doubts()).hasSize(1);
    assertThat(page.doubts().getFirst().actions())
        .extracting(a -> a.fields().getFirst().value())
        .containsExactly("DONE", "REPEAT", "NOT_DONE");
    assertThat(page.steps().getFirst().badge().word()).isEqualTo("in doubt");
  }

  @Test
  void a_step_that_can_be_seen_is_looked_at_without_a_person() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, true)),
            new DeployEvent.Started(),
            new DeployEvent.StepInDoubt(0, "the connection broke"));

    assertThat(page.doubts().getFirst().actions()).isEmpty();
  }

  @Test
  void a_pause_can_be_ended() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, true)),
            new DeployEvent.Started(),
            new DeployEvent.PauseAsked("jonas"),
            new DeployEvent.StoppedBefore(1));

    assertThat(page.state().word()).isIn("paused", "running");
    assertThat(page.actions()).extracting(Action::id).contains("resume", "cancel");
  }

  @Test
  void a_deploy_that_was_taken_back_says_which_step_why_what_and_what_runs_now() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, true)),
            new DeployEvent.Started(),
            new DeployEvent.StepApplied(0, ""),
            new DeployEvent.StepRefused(1, "edge-2 has no space left"),
            new DeployEvent.StepUndone(0, ""));

    assertThat(page.cause())
        .isEqualTo(
            "Step 2 of 2 (edge: edge-2) was refused: edge-2 has no space left. Step 1 was taken"
                + " back. Nothing runs there, as before.");
  }

  @Test
  void a_doubt_that_ended_says_how() {
    var page =
        page(
            "mira",
            new DeployEvent.Planned(plan(0, true)),
            new DeployEvent.Started(),
            new DeployEvent.StepInDoubt(0, "switching edge-1"),
            new DeployEvent.StepApplied(0, "seen in place"));

    assertThat(page.events().getFirst().words())
        .isEqualTo("No longer in doubt: edge: edge-1, seen in place");
  }

  @Test
  void the_timeline_has_the_newest_first_and_ends_with_the_wish() {
    var page = page("mira", new DeployEvent.Planned(plan(0, true)), new DeployEvent.Started());

    assertThat(page.events())
        .extracting(DeployPage.EventView::words)
        .satisfies(words -> {
          assertThat(words.getFirst()).isEqualTo("Started");
          assertThat(words.get(1)).startsWith("Planned: 1 created, plan `");
          assertThat(words.getLast()).isEqualTo("Asked for");
        });
  }

  @Test
  void a_change_of_state_is_said_aloud() {
    assertThat(
            presenter("mira", new DeployEvent.Planned(plan(0, true)), new DeployEvent.Started())
                .announcement())
        .isEqualTo("Deploy 4 is running, step 1 of 2");
  }

  @Test
  void names_in_addresses_are_encoded() {
    assertThat(page("mira").environment())
        .isEqualTo(
            new Link("review/basket total", "/projects/shop/environments/review%2Fbasket%20total"));
  }

  @Test
  void a_diff_keeps_its_signs() {
    var change =
        page("mira", new DeployEvent.Planned(plan(0, true)))
            .plan()
            .getFirst()
            .targets()
            .getFirst()
            .changes()
            .getFirst();

    assertThat(change.lines())
        .extracting(PlanView.DiffLine::css)
        .containsExactly("plus", "minus", "same");
    assertThat(change.badge().word()).isEqualTo("create");
  }
}
