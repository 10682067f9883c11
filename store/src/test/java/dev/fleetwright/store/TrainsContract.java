package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.train.Train;
import dev.fleetwright.core.train.TrainRequest;
import dev.fleetwright.core.train.TrainRequest.Wanted;
import dev.fleetwright.core.train.TrainState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.train.Trains] promises.
abstract class TrainsContract extends StoreContract {

  private Environment first;
  private Environment second;
  private Release release;

  @BeforeEach
  void twoEnvironments() {
    first = shop.environment("first", "here");
    second = shop.environment("second", "here");
    release = shop.release();
  }

  @Test
  void a_train_and_its_deploys_are_recorded_as_one_and_once_for_a_key() {
    var request = request(Optional.of("once"));

    var train = database.trains().add(request, Shop.ANNA, Shop.NOON);

    assertThat(database.trains().add(request, Shop.ANNA, Shop.NOON)).isEqualTo(train);
    reopen();
    assertThat(database.trains().find(train.id())).contains(train);
    assertThat(train.hash()).isEqualTo(request.hash());
    assertThat(train.members())
        .extracting(Train.Member::after)
        .containsExactly(new TreeSet<>(), new TreeSet<>(List.of(0)));
    assertThat(train.deploys())
        .hasSize(2)
        .allSatisfy(id -> {
          var view = database.deploys().find(id).orElseThrow();
          assertThat(view.state()).isInstanceOf(Waiting.class);
          assertThat(view.deploy().origin()).isEqualTo(Origin.TRAIN);
          assertThat(view.deploy().exactly()).isTrue();
          assertThat(database.trains().ofDeploy(id)).contains(train);
        });
    assertThat(kinds("instance")).contains("train.asked");
  }

  @Test
  void a_train_one_of_whose_deploys_cannot_be_recorded_leaves_nothing() {
    var request = request(Optional.empty());
    execute("UPDATE environment SET policy = 'nonsense' WHERE id = " + second.id());

    assertThatThrownBy(() -> database.trains().add(request, Shop.ANNA, Shop.NOON))
        .isInstanceOf(RuntimeException.class);

    assertThat(database.trains().all(10, 0)).isEmpty();
    assertThat(database.deploys().of(first.id(), 10, 0)).isEmpty();
  }

  @Test
  void that_it_goes_back_and_how_it_ended_are_said_once() {
    var train = database.trains().add(request(Optional.empty()), Shop.ANNA, Shop.NOON);
    assertThat(database.trains().unfinished()).containsExactly(train);

    assertThat(database.trains().goBack(train.id(), "too slow", Shop.ANNA, Shop.NOON)).isTrue();
    assertThat(database.trains().goBack(train.id(), "too fast", Shop.ANNA, Shop.NOON)).isFalse();
    database.trains().end(train.id(), TrainState.TAKEN_BACK, Shop.NOON);
    database.trains().end(train.id(), TrainState.STUCK, Shop.NOON);

    var ended = database.trains().find(train.id()).orElseThrow();
    assertThat(ended.back()).contains(new Train.Back("anna", "too slow", Shop.NOON));
    assertThat(ended.ended()).contains(TrainState.TAKEN_BACK);
    assertThat(database.trains().unfinished()).isEmpty();
    assertThat(kinds("instance")).containsOnlyOnce("train.goes_back", "train.ended");
  }

  @Test
  void a_train_that_keeps_what_was_done_takes_nothing_back_on_a_failure() {
    var train = database.trains().add(request(Optional.empty()), Shop.ANNA, Shop.NOON);
    assertThat(train.onFailure()).isEqualTo(Train.OnFailure.BACK);

    database.trains().keep(train.id(), Shop.ANNA, Shop.NOON);
    database.trains().keep(train.id(), Shop.ANNA, Shop.NOON);

    assertThat(database.trains().find(train.id()).orElseThrow().onFailure())
        .isEqualTo(Train.OnFailure.HOLD);
    assertThat(kinds("instance")).containsOnlyOnce("train.keeps");
  }

  @Test
  void waking_a_member_ends_the_rest_of_its_environment() {
    var train = database.trains().add(request(Optional.empty()), Shop.ANNA, Shop.NOON);
    var leases = database.environmentLeases();
    for (var i = 0; i < 2; i++) {
      leases.release(leases.claim("one", Duration.ofMinutes(1)).orElseThrow(), Duration.ofHours(1));
    }
    assertThat(leases.claim("one", Duration.ofMinutes(1))).isEmpty();

    database.trains().wake(train.deploys().getLast());

    assertThat(leases.claim("one", Duration.ofMinutes(1)).orElseThrow().id())
        .isEqualTo(second.id());
  }

  private List<String> kinds(String stream) {
    return database.ledger().read(stream, 1, 100).stream()
        .map(kept -> kept.content().kind())
        .toList();
  }

  private TrainRequest request(Optional<String> key) {
    return new TrainRequest(
        List.of(wanted(first, new TreeSet<>()), wanted(second, new TreeSet<>(List.of(0)))),
        Train.OnFailure.BACK,
        key,
        "together");
  }

  private Wanted wanted(Environment environment, SortedSet<Integer> after) {
    return new Wanted(
        Shop.start(environment, release)
            .by(Shop.plan(environment, Optional.of(release), 1))
            .from(Origin.TRAIN),
        after);
  }
}
