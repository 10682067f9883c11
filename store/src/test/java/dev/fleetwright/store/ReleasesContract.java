package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.release.Releases] promises.
abstract class ReleasesContract extends StoreContract {

  @Test
  void a_release_is_found_as_it_was_made() {
    var made = shop.release();

    assertThat(made.number()).isEqualTo(1);
    assertThat(made.components())
        .containsExactly(Shop.component("web", "v1"), Shop.component("worker", "v1"));
    assertThat(made.createdAt()).isEqualTo(Shop.NOON);
    assertThat(database.releases().find(made.id())).contains(made);
    assertThat(database.releases().find(Shop.NAME, 1)).contains(made);
    assertThat(database.releases().ofPipeline(made.pipeline())).contains(made);
    assertThat(database.releases().find(99)).isEmpty();
  }

  @Test
  void a_pipeline_makes_one_release_however_often_and_by_how_many_it_is_asked() throws Exception {
    var pipeline = shop.pipeline(Shop.job("build", "build")).id();

    var made = DeploysContract.atOnce(6, 30, () -> shop.release(pipeline).id());

    assertThat(made.stream().distinct()).hasSize(1);
    assertThat(shop.release().number()).as("no number was lost").isEqualTo(2);
    assertThat(database.ledger().read("shop", 1, 100))
        .extracting(kept -> kept.content().kind())
        .filteredOn(kind -> kind.equals("release.made"))
        .hasSize(2);
  }

  @Test
  void they_are_listed_newest_first_and_the_newest_stands_for_its_commit() {
    var first = shop.release();
    var second = shop.release();
    var third = shop.release();

    assertThat(database.releases().of(Shop.NAME, 10, 0)).containsExactly(third, second, first);
    assertThat(database.releases().of(Shop.NAME, 1, 1)).containsExactly(second);
    assertThat(database.releases().ofCommit(Shop.NAME, Shop.SHA)).contains(third);
  }
}
