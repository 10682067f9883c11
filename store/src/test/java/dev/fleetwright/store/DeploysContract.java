package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.CancelAsked;
import dev.fleetwright.core.deploy.DeployEvent.Held;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.Rejected;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.deploy.DeployEvent.StepRefused;
import dev.fleetwright.core.deploy.DeployEvent.StepUndone;
import dev.fleetwright.core.deploy.DeployEvent.Verified;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.plan.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.deploy.Deploys] promises.
abstract class DeploysContract extends StoreContract {

  private Environment production;

  @BeforeEach
  void makeEnvironment() {
    production = shop.environment("production", "here", "edge");
  }

  private Plan plan(int approvals) {
    return Shop.plan(production, Optional.of(shop.release()), approvals);
  }

  @Test
  void a_new_deploy_is_a_draft_that_can_be_found() {
    var release = shop.release();

    var view =
        database
            .deploys()
            .add(
                Shop.of(Shop.start(production, release), Optional.empty(), Optional.of("key")),
                Shop.ANNA,
                Shop.NOON);

    assertThat(view.state()).isEqualTo(new Draft());
    assertThat(view.sequence()).isZero();
    assertThat(view.deploy().number()).isEqualTo(1);
    assertThat(view.deploy().release()).contains(release.id());
    assertThat(view.deploy().script()).contains(Shop.component("script", "deploy.sh"));
    assertThat(view.deploy().by()).isEqualTo("anna");
    assertThat(view.deploy().createdAt()).isEqualTo(Shop.NOON);
    assertThat(view.deploy().exactly()).isFalse();
    assertThat(database.deploys().find(view.deploy().id())).contains(view);
    assertThat(database.deploys().find(Shop.NAME, 1)).contains(view);
    assertThat(database.deploys().of(production.id(), 10, 0)).containsExactly(view);
    assertThat(database.deploys().unfinished(production.id())).containsExactly(view);
  }

  @Test
  void deploys_are_numbered_per_project_and_listed_newest_first() {
    var first = shop.deploy(production);
    var second = shop.deploy(shop.environment("staging"));
    var third = shop.deploy(production);

    assertThat(database.deploys().of(Shop.NAME, 10, 0)).containsExactly(third, second, first);
    assertThat(database.deploys().of(Shop.NAME, 1, 1)).containsExactly(second);
    assertThat(database.deploys().of(production.id(), 10, 0)).containsExactly(third, first);
    assertThat(third.deploy().number()).isEqualTo(3);
    assertThat(database.deploys().unfinished(production.id())).containsExactly(first, third);
  }

  @Test
  void the_same_idempotency_key_gives_the_same_deploy() {
    var request =
        Shop.of(Shop.start(production, shop.release()), Optional.empty(), Optional.of("7"));
    var first = database.deploys().add(request, Shop.ANNA, Shop.NOON);
    var ledger = database.ledger().read(production.stream(), 1, 100);

    var again = database.deploys().add(request, Shop.ANNA, Shop.NOON.plusSeconds(5));
    var elsewhere =
        database
            .deploys()
            .add(
                Shop.of(
                    Shop.start(shop.environment("staging"), shop.release()),
                    Optional.empty(),
                    Optional.of("7")),
                Shop.ANNA,
                Shop.NOON);

    assertThat(again).isEqualTo(first);
    assertThat(elsewhere.deploy().number()).isEqualTo(2);
    assertThat(database.ledger().read(production.stream(), 1, 100)).isEqualTo(ledger);
  }

  @Test
  void a_hundred_repetitions_at_once_make_one_deploy() throws Exception {
    var request =
        Shop.of(Shop.start(production, shop.release()), Optional.empty(), Optional.of("7"));

    var numbers =
        atOnce(8, 100, () -> database.deploys().add(request, Shop.ANNA, Shop.NOON).deploy().id());

    assertThat(numbers.stream().distinct()).hasSize(1);
    assertThat(database.deploys().of(production.id(), 10, 0)).hasSize(1);
  }

  @Test
  void a_chosen_plan_is_the_first_event() {
    var plan = plan(1);

    var view =
        database
            .deploys()
            .add(
                Shop.of(
                    Shop.start(production, shop.release()), Optional.of(plan), Optional.empty()),
                Shop.ANNA,
                Shop.NOON);

    assertThat(view.deploy().exactly()).isTrue();
    assertThat(view.state()).isInstanceOf(Waiting.class);
    assertThat(view.sequence()).isEqualTo(1);
    assertThat(database.deploys().events(view.deploy().id()))
        .extracting(e -> e.event())
        .containsExactly(new Planned(plan));
  }

  @Test
  void events_are_kept_in_order_with_who_and_when() {
    var deploy = shop.deploy(production).deploy();
    var plan = plan(1);
    var later = Shop.NOON.plusNanos(1_234_567);
    shop.after(deploy, new Planned(plan), new Approved("anna", plan.hash()));

    var stored =
        database
            .deploys()
            .append(deploy.id(), 2, new Started(), new Actor("bo"), later, Optional.empty());

    assertThat(stored).isInstanceOf(Appended.Stored.class);
    var events = database.deploys().events(deploy.id());
    assertThat(events).extracting(e -> e.sequence()).containsExactly(1L, 2L, 3L);
    assertThat(events.get(2).by()).isEqualTo(new Actor("bo"));
    assertThat(events.get(2).at()).isEqualTo(later.minusNanos(567)).isNotEqualTo(later);
    assertThat(events.get(2).event()).isEqualTo(new Started());
  }

  @Test
  void lists_say_what_replaying_says_whatever_happens() {
    for (var seed = 0; seed < 40; seed++) {
      var random = new RandomEvents(seed, plan(seed % 3), plan(1));
      var environment = shop.environment("random-" + seed, "here", "edge");
      var deploy = shop.deploy(environment).deploy();
      for (var i = 0; i < 15; i++) {
        shop.after(deploy, random.next());
      }

      assertThat(database.deploys().of(environment.id(), 1, 0))
          .as("seed %d", seed)
          .containsExactly(database.deploys().find(deploy.id()).orElseThrow());
    }
  }

  @Test
  void who_decided_on_less_than_is_stored_is_told_so_and_nothing_is_stored() {
    var deploy = shop.deploy(production).deploy();
    var now = shop.after(deploy, new Planned(plan(0)));
    var ledger = database.ledger().read(production.stream(), 1, 100);
    var feed = database.feed().newest();

    var answer =
        database
            .deploys()
            .append(deploy.id(), 0, new CancelAsked("bo"), Shop.ANNA, Shop.NOON, Optional.empty());

    assertThat(answer).isEqualTo(new Appended.Moved(now));
    assertThat(database.deploys().find(deploy.id())).contains(now);
    assertThat(database.ledger().read(production.stream(), 1, 100)).isEqualTo(ledger);
    assertThat(database.feed().newest()).isEqualTo(feed);
  }

  @Test
  void of_many_who_append_after_the_same_event_exactly_one_stores() throws Exception {
    var deploy = shop.deploy(production).deploy();
    shop.after(deploy, new Planned(plan(9)));
    for (var expected = 1; expected <= 20; expected++) {
      var sequence = expected;
      var answers =
          atOnce(
              4,
              4,
              () ->
                  database
                      .deploys()
                      .append(
                          deploy.id(),
                          sequence,
                          new Held(List.of(new Gate("queue", "" + sequence, "time"))),
                          Shop.ANNA,
                          Shop.NOON,
                          Optional.empty()));

      assertThat(answers).filteredOn(a -> a instanceof Appended.Stored).hasSize(1);
      assertThat(answers).filteredOn(a -> a instanceof Appended.Moved).hasSize(3);
    }
    assertThat(database.deploys().events(deploy.id())).hasSize(21);
  }

  @Test
  void a_write_from_an_older_generation_is_turned_down() {
    var deploy = shop.deploy(production).deploy();
    var old = database.environmentLeases().claim("one", Duration.ZERO).orElseThrow();
    var current = database.environmentLeases().claim("two", Duration.ofMinutes(1)).orElseThrow();
    assertThat(current).isEqualTo(new Lease(production.id(), old.generation() + 1));

    assertThat(append(deploy.id(), 0, new Planned(plan(0)), old))
        .isEqualTo(new Appended.LeaseLost());
    assertThat(database.deploys().events(deploy.id())).isEmpty();
    assertThat(append(deploy.id(), 0, new Planned(plan(0)), current))
        .isInstanceOf(Appended.Stored.class);
    // Both are true of it; that the lease is lost is what it has to know.
    assertThat(append(deploy.id(), 0, new Started(), old)).isEqualTo(new Appended.LeaseLost());
  }

  @Test
  void a_lease_on_another_environment_is_a_mistake() {
    shop.deploy(shop.environment("staging"));
    var lease = database.environmentLeases().claim("one", Duration.ofMinutes(1)).orElseThrow();
    var deploy = shop.deploy(production).deploy();

    assertThatThrownBy(() -> append(deploy.id(), 0, new Started(), lease))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Appended append(long deploy, long expected, DeployEvent event, Lease lease) {
    return database
        .deploys()
        .append(deploy, expected, event, Actor.ENGINE, Shop.NOON, Optional.of(lease));
  }

  @Test
  void success_makes_the_plan_what_runs() {
    var release = shop.release();
    var deploy = database.deploys().add(Shop.start(production, release), Shop.ANNA, Shop.NOON);
    var plan = Shop.plan(production, Optional.of(release), 0);

    var running = shop.after(deploy.deploy(), new Planned(plan), new Started());
    assertThat(running.startedAt()).contains(Shop.NOON);
    assertThat(running.finishedAt()).isEmpty();
    assertThat(database.environments().live(production.id())).isEmpty();
    var done =
        shop.after(deploy.deploy(), new StepApplied(0, ""), new StepApplied(1, ""), new Verified());

    assertThat(done.state()).isEqualTo(new Succeeded(plan));
    assertThat(done.finishedAt()).contains(Shop.NOON);
    assertThat(database.deploys().unfinished(production.id())).isEmpty();
    var v2 = Shop.revision("v2").digest();
    var id = deploy.deploy().id();
    assertThat(database.environments().live(production.id()))
        .containsExactly(
            new Live("edge", v2, Optional.of(release.id()), id, Shop.NOON, false, v2),
            new Live("here", v2, Optional.of(release.id()), id, Shop.NOON, false, v2));
  }

  @Test
  void a_cancelled_deploy_leaves_what_it_did_on_record() {
    var release = shop.release();
    var deploy = database.deploys().add(Shop.start(production, release), Shop.ANNA, Shop.NOON);
    var plan = Shop.plan(production, Optional.of(release), 0);

    shop.after(
        deploy.deploy(),
        new Planned(plan),
        new Started(),
        new CancelAsked("anna"),
        new StepApplied(0, ""));

    assertThat(database.environments().live(production.id()))
        .extracting(Live::target)
        .containsExactly("here");
  }

  @Test
  void a_deploy_that_was_rolled_back_changes_no_record_of_what_runs() {
    var deploy = shop.deploy(production).deploy();

    var back =
        shop.after(
            deploy,
            new Planned(plan(0)),
            new Started(),
            new StepApplied(0, ""),
            new StepRefused(1, "no"),
            new StepUndone(0, ""));

    assertThat(back.state()).isInstanceOf(RolledBack.class);
    assertThat(database.environments().live(production.id())).isEmpty();
  }

  private EnvironmentState stateOfProduction() {
    return database.environments().find(production.id()).orElseThrow().state();
  }

  @Test
  void taking_down_stops_the_environment_and_a_later_start_brings_it_back() {
    var release = shop.release();
    succeed(
        database.deploys().add(Shop.start(production, release), Shop.ANNA, Shop.NOON).deploy().id(),
        Optional.of(release));
    var stop = database.deploys().add(Shop.stop(production), Shop.ANNA, Shop.NOON).deploy();
    var plan = Shop.plan(production, Optional.empty(), 0);

    shop.after(stop, new Planned(plan));
    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.AVAILABLE);
    shop.after(stop, new Started());
    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.STOPPING);
    shop.after(stop, new StepApplied(0, ""), new StepApplied(1, ""), new Verified());
    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.STOPPED);
    assertThat(database.environments().live(production.id())).isEmpty();

    var again = shop.deploy(production).deploy();
    shop.after(again, new Planned(plan(0)), new Started());
    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.STOPPED);
    shop.after(again, new StepApplied(0, ""), new StepApplied(1, ""), new Verified());
    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.AVAILABLE);
  }

  private void succeed(long id, Optional<dev.fleetwright.core.release.Release> release) {
    var deploy = database.deploys().find(id).orElseThrow().deploy();
    shop.after(
        deploy,
        new Planned(Shop.plan(production, release, 0)),
        new Started(),
        new StepApplied(0, ""),
        new StepApplied(1, ""),
        new Verified());
  }

  @Test
  void a_take_down_that_was_taken_back_leaves_the_environment_available() {
    var stop = database.deploys().add(Shop.stop(production), Shop.ANNA, Shop.NOON).deploy();

    shop.after(
        stop,
        new Planned(Shop.plan(production, Optional.empty(), 0)),
        new Started(),
        new StepRefused(0, "no"));

    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.AVAILABLE);
  }

  @Test
  void a_take_down_that_never_began_does_not_wake_a_stopped_environment() {
    var stop = database.deploys().add(Shop.stop(production), Shop.ANNA, Shop.NOON).deploy();
    succeed(stop.id(), Optional.empty());
    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.STOPPED);

    var again = database.deploys().add(Shop.stop(production), Shop.ANNA, Shop.NOON).deploy();
    shop.after(again, new Rejected("bo", ""));

    assertThat(stateOfProduction()).isEqualTo(EnvironmentState.STOPPED);
  }

  @Test
  void success_sets_when_the_environment_takes_itself_down() {
    var pipeline = shop.pipeline(Shop.deployJob("deploy", Optional.of(Duration.ofHours(2))));
    var job = database.pipelines().jobs(pipeline.id()).getFirst();
    var release = shop.release(pipeline.id());
    var deploy =
        database
            .deploys()
            .add(
                Shop.of(
                    Shop.start(production, release),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(job.id())),
                Shop.ANNA,
                Shop.NOON);
    succeed(deploy.deploy().id(), Optional.of(release));

    var over = Shop.NOON.plus(Duration.ofHours(2));
    assertThat(database.environments().find(production.id()).orElseThrow().autoStopAt())
        .contains(over);
    assertThat(database.environments().dueToStop(over.minusMillis(1))).isEmpty();
    assertThat(database.environments().dueToStop(over))
        .extracting(Environment::id)
        .containsExactly(production.id());

    var stop = database.deploys().add(Shop.stop(production), Shop.ANNA, Shop.NOON).deploy();
    assertThat(database.environments().dueToStop(over)).as("it is on its way down").isEmpty();
    succeed(stop.id(), Optional.empty());
    assertThat(database.environments().find(production.id()).orElseThrow().autoStopAt()).isEmpty();
  }

  @Test
  void each_event_is_in_the_ledger_and_in_the_feed() {
    var plan = plan(1);
    var feed = database.feed().newest();
    var deploy = shop.deploy(production).deploy();
    shop.after(deploy, new Planned(plan), new Approved("anna", plan.hash()), new Started());

    var records =
        database.ledger().read(production.stream(), 1, 100).stream()
            .map(kept -> kept.content())
            .filter(record -> record.kind().startsWith("deploy."))
            .toList();
    assertThat(records)
        .extracting(record -> record.kind())
        .containsExactly("deploy.asked", "deploy.planned", "deploy.approved", "deploy.started");
    assertThat(records.get(2).facts())
        .containsEntry("deploy", "1")
        .containsEntry("by", "anna")
        .containsEntry("plan", plan.hash().hex())
        .containsEntry("state", "waiting");
    assertThat(database.ledger().fault(production.stream())).isEmpty();
    assertThat(database.feed().after(feed, 100))
        .filteredOn(entry -> entry.topic().equals("deploy"))
        .extracting(entry -> entry.keys().get("state"))
        .containsExactly("draft", "waiting", "waiting", "running");
  }

  @Test
  void everything_is_there_after_a_new_start() {
    var deploy = shop.deploy(production).deploy();
    var before = shop.after(deploy, new Planned(plan(0)), new Started());

    reopen();

    assertThat(before.state()).isInstanceOf(Running.class);
    assertThat(database.deploys().find(deploy.id())).contains(before);
  }

  @Test
  void a_damaged_plan_is_never_loaded() {
    var deploy = shop.deploy(production).deploy();
    var plan = plan(0);
    shop.after(deploy, new Planned(plan));

    var other = plan(5);
    shop.after(shop.deploy(shop.environment("testing")).deploy(), new Planned(other));
    execute(
        "UPDATE plan SET bytes = (SELECT o.bytes FROM plan o WHERE o.hash = '%s') WHERE hash = '%s'"
            .formatted(other.hash().hex(), plan.hash().hex()));

    assertThatThrownBy(() -> database.deploys().find(deploy.id()))
        .isInstanceOf(RecordUnreadable.class)
        .hasMessageContaining(plan.hash().toString());
    assertThatThrownBy(() -> append0(deploy.id(), 1)).isInstanceOf(RecordUnreadable.class);
    assertThat(database.deploys().of(shop.environment("staging").id(), 10, 0)).isEmpty();
  }

  private void append0(long deploy, long expected) {
    var _ =
        database
            .deploys()
            .append(deploy, expected, new Started(), Actor.ENGINE, Shop.NOON, Optional.empty());
  }

  @Test
  void a_damaged_event_is_never_acted_on() {
    var deploy = shop.deploy(production).deploy();
    shop.after(deploy, new Planned(plan(0)), new Started(), new StepApplied(0, ""));

    execute("UPDATE deploy_event SET body = replace(body, '\"step\":0', '\"step\":1')");

    assertThatThrownBy(() -> database.deploys().find(deploy.id()))
        .isInstanceOf(RecordUnreadable.class)
        .hasMessageContaining("event 3 of deploy " + deploy.id());
  }

  @Test
  void a_missing_event_is_noticed() {
    var deploy = shop.deploy(production).deploy();
    shop.after(deploy, new Planned(plan(0)), new Started());

    execute("DELETE FROM deploy_event WHERE sequence = 2");

    assertThatThrownBy(() -> database.deploys().find(deploy.id()))
        .isInstanceOf(RecordUnreadable.class);
  }

  @Test
  void a_state_that_the_events_do_not_add_up_to_is_noticed() {
    var deploy = shop.deploy(production).deploy();
    shop.after(deploy, new Planned(plan(0)), new Started());

    // As by somebody who knows how digests are made.
    var body = EventJson.of(new Rejected("eve", "")).toString();
    execute(
        "UPDATE deploy_event SET body = '%s', digest = '%s' WHERE deploy = %d AND sequence = 2"
            .formatted(
                body,
                SqlDeploys.digest(deploy.id(), 2, Times.text(Shop.NOON), "anna", body).hex(),
                deploy.id()));

    assertThatThrownBy(() -> database.deploys().find(deploy.id()))
        .isInstanceOf(RecordUnreadable.class)
        .hasMessageContaining("add up to refused, but it is recorded as running");
  }

  @Test
  void a_list_names_what_cannot_be_read_and_shows_the_others() {
    var damaged = shop.deploy(production).deploy();
    var whole = shop.deploy(production).deploy();
    var newer = shop.deploy(production).deploy();
    execute("UPDATE deploy SET kind = 'stop' WHERE id = " + damaged.id());
    execute(
        "UPDATE deploy SET state = 'odd', snapshot = '{\"kind\":\"odd\"}' WHERE id = "
            + newer.id());

    var records = database.deployRecords();
    for (var list :
        List.of(
            records.of(production.id(), 10, 0),
            records.of(Shop.NAME, 10, 0),
            records.unfinished(production.id()).reversed())) {
      assertThat(list)
          .satisfiesExactly(
              entry -> {
                assertThat(entry).isInstanceOf(DeployRecords.Unreadable.class);
                assertThat(((DeployRecords.Unreadable) entry).number()).isEqualTo(newer.number());
              },
              entry ->
                  assertThat(entry)
                      .isInstanceOfSatisfying(
                          DeployRecords.Intact.class,
                          intact -> assertThat(intact.view().deploy()).isEqualTo(whole)),
              entry ->
                  assertThat(entry)
                      .isEqualTo(
                          new DeployRecords.Unreadable(
                              damaged.id(),
                              damaged.number(),
                              production.id(),
                              "deploy " + damaged.id() + " was damaged")));
    }
    assertThat(database.deploys().of(production.id(), 10, 0))
        .extracting(DeployView::deploy)
        .containsExactly(whole);
    // Whoever acts must know of all that have not ended.
    assertThatThrownBy(() -> database.deploys().unfinished(production.id()))
        .isInstanceOf(RecordUnreadable.class);
  }

  @Test
  void what_was_asked_for_under_a_key_is_found_by_it() {
    var release = shop.release();
    var asked =
        database
            .deploys()
            .add(
                DeployRequest.start(production.id(), release.id()).once("k1"),
                Shop.ANNA,
                Shop.NOON);

    assertThat(database.deployRecords().asked(production.id(), "k1")).contains(asked);
    assertThat(database.deployRecords().asked(production.id(), "k2")).isEmpty();
    assertThat(database.deployRecords().asked(production.id() + 1, "k1")).isEmpty();
  }

  @Test
  void a_damaged_row_is_noticed_and_others_are_not_touched_by_it() {
    var damaged = shop.deploy(production).deploy();
    var whole = shop.deploy(shop.environment("staging"));

    execute("UPDATE deploy SET kind = 'stop' WHERE id = " + damaged.id());

    assertThatThrownBy(() -> database.deploys().unfinished(production.id()))
        .isInstanceOf(RecordUnreadable.class);
    assertThat(database.deploys().find(whole.deploy().id())).contains(whole);
  }

  @Test
  void what_a_newer_release_wrote_is_refused_and_left_alone() {
    var deploy = shop.deploy(production).deploy();
    shop.after(deploy, new Planned(plan(0)));
    var body = "{\"kind\":\"blessed\",\"by\":\"pope\"}";
    var digest = SqlDeploys.digest(deploy.id(), 2, Times.text(Shop.NOON), "anna", body).hex();

    execute(
        "INSERT INTO deploy_event (deploy, sequence, happened_at, actor, body, digest) VALUES (%d, 2, '%s', 'anna', '%s', '%s')"
            .formatted(deploy.id(), Times.text(Shop.NOON), body, digest));

    assertThatThrownBy(() -> database.deploys().find(deploy.id()))
        .isInstanceOf(RecordUnreadable.class)
        .hasMessageContaining("`blessed` is not known to this release");
  }

  /// Do the same many times, several at once.
  static <T> List<T> atOnce(int threads, int times, Callable<T> work) throws Exception {
    var start = new CyclicBarrier(Math.min(threads, times));
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var futures =
          pool.invokeAll(
              java.util.stream.IntStream.range(0, times)
                  .mapToObj(i ->
                      (Callable<T>)
                          () -> {
                            if (i < start.getParties()) {
                              start.await();
                            }
                            return work.call();
                          })
                  .toList());
      var answers = new java.util.ArrayList<T>();
      for (var future : futures) {
        answers.add(future.get());
      }
      return answers;
    }
  }
}
