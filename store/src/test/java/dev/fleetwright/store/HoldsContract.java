package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent.PlanRefused;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.deploy.DeployEvent.Verified;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Promotion;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.release.Release;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.environment.Holds] and
/// [dev.fleetwright.core.deploy.Deploys#addAutomatic] promise.
abstract class HoldsContract extends StoreContract {

  private static final Actor RULE = new Actor("promotion from staging");

  private Environment production;
  private Release r1;
  private Release r2;
  private Release r3;

  @BeforeEach
  void promoted() {
    shop.environment("staging", "here");
    production =
        database
            .environments()
            .define(
                Shop.NAME,
                new EnvironmentName("production"),
                Tier.PRODUCTION,
                Optional.empty(),
                Policy.NONE.with(
                    new Promotion(
                        Optional.empty(), Optional.of(new EnvironmentName("staging")), true)),
                List.of(Shop.binding("here")),
                Shop.ANNA,
                Shop.NOON);
    r1 = shop.release();
    r2 = shop.release();
    r3 = shop.release();
  }

  @Test
  void a_release_is_taken_once_however_many_servers_ask() throws Exception {
    List<Callable<Optional<DeployView>>> asking =
        IntStream.range(0, 40)
            .<Callable<Optional<DeployView>>>mapToObj(_ -> () -> take(r1))
            .toList();
    var taken = 0;
    try (var servers = Executors.newFixedThreadPool(8)) {
      for (var answer : servers.invokeAll(asking)) {
        taken += answer.get().isPresent() ? 1 : 0;
      }
    }
    assertThat(taken).isEqualTo(1);
    assertThat(database.deploys().of(production.id(), 10, 0)).hasSize(1);
  }

  @Test
  void nothing_older_comes_after_something_newer() {
    assertThat(take(r2)).isPresent();
    assertThat(take(r1)).as("a newer one is on its way").isEmpty();
    succeed(database.deploys().of(production.id(), 1, 0).getFirst(), r2);
    assertThat(take(r1)).as("a newer one runs").isEmpty();
    assertThat(take(r2)).as("it runs").isEmpty();
    assertThat(take(r3)).isPresent();
  }

  @Test
  void what_was_tried_and_failed_is_not_tried_again_by_itself() {
    var failed = take(r1).orElseThrow();
    shop.after(failed.deploy(), new PlanRefused("no room"));
    assertThat(take(r1)).isEmpty();
    assertThat(take(r2)).isPresent();
  }

  @Test
  void argo_cd_9570_going_back_holds_the_environment_until_a_person_lifts_it() {
    var first = byHand(DeployRequest.start(production.id(), r1.id()), r1);
    byHand(DeployRequest.start(production.id(), r2.id()), r2);
    assertThat(database.holds().of(production.id())).isEmpty();

    var back =
        byHand(
            DeployRequest.goBack(production.id(), first.deploy().id(), Optional.of(r1.id()))
                .because("the till is broken"),
            r1);

    var hold = database.holds().of(production.id()).orElseThrow();
    assertThat(hold)
        .isEqualTo(
            new EnvironmentHold(
                hold.id(),
                production.id(),
                Optional.of(back.deploy().id()),
                "anna",
                "the till is broken",
                Shop.NOON));
    assertThat(take(r2)).as("what was gone back from").isEmpty();
    assertThat(take(r3)).as("something newer").isEmpty();

    reopen();
    assertThat(database.holds().all()).containsExactly(hold);
    assertThat(database.holds().lift(production.id(), Shop.ANNA, Shop.NOON)).isTrue();
    assertThat(database.holds().lift(production.id(), Shop.ANNA, Shop.NOON)).isFalse();
    assertThat(take(r2)).as("it is wanted again").isPresent();
    assertThat(take(r2)).isEmpty();
    assertThat(kinds())
        .containsSubsequence("environment.held", "environment.hold_lifted", "deploy.asked");
  }

  @Test
  void deploying_something_older_holds_and_something_newer_lifts() {
    byHand(DeployRequest.start(production.id(), r2.id()), r2);
    byHand(DeployRequest.start(production.id(), r1.id()), r1);
    assertThat(database.holds().of(production.id())).isPresent();

    byHand(DeployRequest.start(production.id(), r1.id()), r1);
    assertThat(database.holds().of(production.id())).as("still older").isPresent();

    byHand(DeployRequest.start(production.id(), r3.id()), r3);
    assertThat(database.holds().of(production.id())).isEmpty();
    assertThat(take(r3)).as("it runs").isEmpty();
  }

  @Test
  void an_environment_that_takes_nothing_by_itself_is_not_held() {
    var staging = shop.environment("staging", "here");
    var first = deploy(staging, DeployRequest.start(staging.id(), r1.id()), r1);
    deploy(staging, DeployRequest.start(staging.id(), r2.id()), r2);
    deploy(
        staging, DeployRequest.goBack(staging.id(), first.deploy().id(), Optional.of(r1.id())), r1);
    assertThat(database.holds().of(staging.id())).isEmpty();
  }

  @Test
  void a_hold_that_is_set_again_stays_the_first_one() {
    var hold = database.holds().set(production.id(), "audit", Shop.ANNA, Shop.NOON);
    assertThat(database.holds().set(production.id(), "again", Shop.ANNA, Shop.NOON.plusSeconds(5)))
        .isEqualTo(hold);
    assertThat(kinds()).containsOnlyOnce("environment.held");
  }

  @Test
  void what_a_deploy_came_from_is_kept() {
    var taken = take(r1).orElseThrow();
    assertThat(taken.deploy().origin()).isEqualTo(Origin.PROMOTION);
    assertThat(taken.deploy().by()).isEqualTo("promotion from staging");
    assertThat(database.deploys().find(taken.deploy().id())).contains(taken);
  }

  private Optional<DeployView> take(Release release) {
    return database
        .deploys()
        .addAutomatic(
            DeployRequest.start(production.id(), release.id()).from(Origin.PROMOTION),
            RULE,
            Shop.NOON);
  }

  private DeployView byHand(DeployRequest request, Release release) {
    return deploy(production, request, release);
  }

  private DeployView deploy(Environment environment, DeployRequest request, Release release) {
    return succeed(database.deploys().add(request, Shop.ANNA, Shop.NOON), environment, release);
  }

  private void succeed(DeployView view, Release release) {
    var _ = succeed(view, production, release);
  }

  private DeployView succeed(DeployView view, Environment environment, Release release) {
    return shop.after(
        view.deploy(),
        new Planned(Shop.plan(environment, Optional.of(release), 0)),
        new Started(),
        new StepApplied(0, ""),
        new Verified());
  }

  private List<String> kinds() {
    return database.ledger().read(production.stream(), 1, 100).stream()
        .map(kept -> kept.content().kind())
        .toList();
  }
}
