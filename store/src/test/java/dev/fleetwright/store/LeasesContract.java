package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.CancelAsked;
import dev.fleetwright.core.deploy.DeployEvent.PauseAsked;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.ResumeAsked;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.Leases;
import dev.fleetwright.core.engine.Leases.Tries;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What [Leases] promises, of environments and of pipelines.
abstract class LeasesContract extends StoreContract {

  private static final Duration LONG = Duration.ofMinutes(5);

  private Leases leases() {
    return database.environmentLeases();
  }

  private Environment withWork(String name) {
    var environment = shop.environment(name, "here", "edge");
    shop.deploy(environment);
    return environment;
  }

  @Test
  void without_work_nothing_is_handed_out() {
    shop.environment("production");

    assertThat(leases().claim("one", LONG)).isEmpty();
  }

  @Test
  void what_has_work_is_handed_out_once() {
    var production = withWork("production");

    var lease = leases().claim("one", LONG);

    assertThat(lease).contains(new Lease(production.id(), 1));
    assertThat(leases().claim("two", LONG)).isEmpty();
    assertThat(leases().renew(lease.get(), LONG)).isTrue();
  }

  @Test
  void what_waits_longest_comes_first_and_what_was_given_back_comes_last() {
    var a = withWork("a");
    var b = withWork("b");
    var c = withWork("c");

    var order = new ArrayList<Long>();
    for (var i = 0; i < 6; i++) {
      var lease = leases().claim("one", LONG).orElseThrow();
      order.add(lease.id());
      leases().release(lease);
    }

    assertThat(order.subList(0, 3)).containsExactlyInAnyOrder(a.id(), b.id(), c.id());
    assertThat(order.subList(3, 6)).containsExactlyInAnyOrder(a.id(), b.id(), c.id());
  }

  @Test
  void who_does_not_renew_in_time_loses_it_to_a_higher_generation() {
    withWork("production");
    var old = leases().claim("one", Duration.ofMillis(50)).orElseThrow();

    assertThat(claimedWhenDue()).isEqualTo(new Lease(old.id(), old.generation() + 1));
    assertThat(leases().renew(old, LONG)).isFalse();
    leases().release(old);
    assertThat(leases().claim("three", LONG)).as("only the holder gives it back").isEmpty();
  }

  @Test
  void a_lease_that_was_given_back_cannot_be_renewed() {
    withWork("production");
    var lease = leases().claim("one", LONG).orElseThrow();
    leases().release(lease);

    assertThat(leases().renew(lease, LONG)).isFalse();
  }

  @Test
  void there_is_work_only_while_the_engine_can_do_something() {
    var production = shop.environment("production", "here", "edge");
    var release = shop.release();
    var deploy =
        database.deploys().add(Shop.start(production, release), Shop.ANNA, Shop.NOON).deploy();
    var plan = Shop.plan(production, Optional.of(release), 1);

    assertThat(claimedAndReleased()).as("a draft has to be planned").isTrue();
    shop.after(deploy, new Planned(plan));
    assertThat(claimedAndReleased()).as("its gates have to be looked at").isTrue();
    shop.after(deploy, new Approved("anna", plan.hash()));
    assertThat(claimedAndReleased()).as("it can start").isTrue();
    shop.after(deploy, new Started(), new PauseAsked("bo"), new StepApplied(0, ""));
    assertThat(claimedAndReleased()).as("it pauses").isFalse();
    var newer = shop.deploy(production).deploy();
    assertThat(claimedAndReleased()).as("a newer one may take its place").isTrue();
    shop.after(newer, new CancelAsked("bo"));
    assertThat(claimedAndReleased()).as("only the one that pauses is left").isFalse();
    shop.after(deploy, new ResumeAsked("bo"));
    assertThat(claimedAndReleased()).as("it goes on").isTrue();
    shop.after(deploy, new CancelAsked("bo"), new StepApplied(1, ""));
    assertThat(claimedAndReleased()).as("all have ended").isFalse();
  }

  private boolean claimedAndReleased() {
    var lease = leases().claim("one", LONG);
    lease.ifPresent(leases()::release);
    return lease.isPresent();
  }

  @Test
  void what_rests_is_not_handed_out_until_something_new_comes_in() {
    var production = withWork("production");
    leases().release(leases().claim("one", LONG).orElseThrow(), LONG);
    assertThat(leases().claim("one", LONG)).isEmpty();

    shop.deploy(production);

    assertThat(leases().claim("one", LONG)).isPresent();
  }

  @Test
  void tries_are_counted_until_it_is_given_back_in_order_or_something_is_stored() {
    var production = withWork("production");
    var deploy = database.deploys().unfinished(production.id()).getFirst().deploy();
    for (var i = 1; i <= 3; i++) {
      // Over at once, as if the holder had died.
      var lease = leases().claim("one", Duration.ZERO).orElseThrow();
      assertThat(leases().tries(lease)).isEqualTo(new Tries(i, Optional.empty()));
    }
    var fourth = leases().claim("one", LONG).orElseThrow();
    leases().suspect(fourth, 7);
    leases().failed(fourth, Duration.ZERO);
    var fifth = leases().claim("one", LONG).orElseThrow();
    leases().suspect(fourth, 8);
    assertThat(leases().tries(fifth)).isEqualTo(new Tries(5, Optional.of(7L)));
    assertThat(leases().tries(fourth))
        .as("of one who has lost it")
        .isEqualTo(new Tries(0, Optional.empty()));

    var _ =
        shop.after(
            deploy, Optional.of(fifth), new Planned(Shop.plan(production, Optional.empty(), 1)));
    assertThat(leases().tries(fifth))
        .as("something was stored")
        .isEqualTo(new Tries(1, Optional.empty()));
    leases().suspect(fifth, 7);
    leases().release(fifth);
    assertThat(leases().tries(leases().claim("one", LONG).orElseThrow()))
        .isEqualTo(new Tries(1, Optional.empty()));
  }

  @Test
  void a_rest_ends_by_itself() {
    withWork("production");
    leases().release(leases().claim("one", LONG).orElseThrow(), Duration.ofMillis(30));

    assertThat(claimedWhenDue().generation()).isEqualTo(2);
  }

  private Lease claimedWhenDue() {
    var claimed = new AtomicReference<Optional<Lease>>(Optional.empty());
    Eventually.within(
        Duration.ofSeconds(10),
        "it can be claimed",
        () -> {
          claimed.set(leases().claim("two", LONG));
          return claimed.get().isPresent();
        });
    return claimed.get().orElseThrow();
  }

  @Test
  void what_was_passed_on_goes_to_others_first_and_comes_back_when_there_are_none() {
    withWork("production");
    leases().passOn(leases().claim("one", LONG).orElseThrow());

    assertThat(leases().claim("two", LONG)).isPresent();

    withWork("staging");
    leases().passOn(leases().claim("one", LONG).orElseThrow());
    Eventually.within(
        Duration.ofSeconds(5),
        "the only server there is has it again",
        () -> leases().claim("one", LONG).isPresent());
  }

  @Test
  void writes_of_an_older_holder_are_counted() {
    withWork("production");
    var old = leases().claim("one", Duration.ofMillis(50)).orElseThrow();
    var _ = claimedWhenDue();
    var before = database.staleWrites();

    leases().renew(old, LONG);

    assertThat(database.staleWrites()).isEqualTo(before + 1);
  }

  @Test
  void what_comes_in_while_it_is_held_ends_the_rest_before_it_begins() {
    var production = withWork("production");
    var lease = leases().claim("one", LONG).orElseThrow();
    shop.deploy(production);

    leases().release(lease, LONG);

    assertThat(leases().claim("one", LONG)).isPresent();
  }

  @Test
  void two_claimers_never_hold_the_same() throws Exception {
    for (var i = 0; i < 5; i++) {
      withWork("env-" + i);
    }
    Set<Long> held = ConcurrentHashMap.newKeySet();
    Set<Lease> everClaimed = ConcurrentHashMap.newKeySet();

    DeploysContract.atOnce(
        6,
        300,
        () -> {
          var lease = leases().claim(Thread.currentThread().getName(), LONG);
          if (lease.isPresent()) {
            assertThat(everClaimed.add(lease.get())).as("a generation is given once").isTrue();
            assertThat(held.add(lease.get().id())).as("held by one").isTrue();
            assertThat(leases().renew(lease.get(), LONG)).as("and taken by nobody").isTrue();
            held.remove(lease.get().id());
            leases().release(lease.get());
          }
          return true;
        });

    assertThat(everClaimed).hasSizeGreaterThan(100);
  }

  @Test
  void pipelines_are_handed_out_until_they_are_settled() {
    var pipeline = shop.pipeline(Shop.job("build", "build"));
    var pipelines = database.pipelineLeases();

    var lease = pipelines.claim("one", LONG).orElseThrow();
    assertThat(lease.id()).isEqualTo(pipeline.id());
    var now = database.pipelines().find(pipeline.id()).orElseThrow();
    assertThat(database.pipelines().settle(pipeline.id(), now.changes() - 1, lease)).isFalse();
    assertThat(database.pipelines().settle(pipeline.id(), now.changes(), lease)).isTrue();
    pipelines.release(lease);
    assertThat(pipelines.claim("one", LONG)).isEmpty();
  }

  @Test
  void leases_of_pipelines_and_environments_are_apart() {
    withWork("production");
    shop.pipeline(Shop.job("build", "build"));

    var environment = leases().claim("one", LONG).orElseThrow();
    var pipeline = database.pipelineLeases().claim("one", LONG).orElseThrow();

    assertThat(environment.generation()).isEqualTo(1);
    assertThat(pipeline.generation()).isEqualTo(1);
    leases().release(environment);
    assertThat(database.pipelineLeases().renew(pipeline, LONG)).isTrue();
  }
}
