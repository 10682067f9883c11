package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageTags.ImageTag;
import dev.fleetwright.core.image.ImageTags.Registered.Done;
import dev.fleetwright.core.image.ImageTags.Registered.Taken;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.image.ReleasedImage.BaseImage;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.release.Release;
import java.util.List;
import java.util.Optional;
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

  @Test
  void an_image_leads_to_its_releases_and_a_release_to_its_images() {
    var one = image("web", "registry.example/shop/web:1", 'a', true);
    var other = image("worker", "registry.example/shop/worker", 'b', false);
    var first = released(List.of(one, other));
    var second = released(List.of(one));

    assertThat(database.releases().images(first.id())).containsExactly(one, other);
    assertThat(database.releases().withImage(one.digest(), 10)).containsExactly(second, first);
    assertThat(database.releases().withImage(one.digest(), 1)).containsExactly(second);
    assertThat(database.releases().withImage(other.digest(), 10)).containsExactly(first);
    assertThat(database.releases().withImage(Digest.of(new byte[] {1}), 10)).isEmpty();
    assertThat(database.releases().runningIn(first.id())).isEmpty();
    assertThat(database.ledger().read("shop", 1, 100))
        .extracting(kept -> kept.content().facts().get("image.web"))
        .contains(one.name().toString());
  }

  @Test
  void a_tag_means_one_image_whoever_comes_second() throws Exception {
    shop.release();
    var wish = tag("registry.example/shop/web:1", 'a');
    var other = tag("registry.example/shop/web:1", 'b');

    var answers =
        DeploysContract.atOnce(
            6, 30, () -> database.imageTags().register(wish, Shop.ANNA).equals(new Done(wish)));

    assertThat(answers).containsOnly(true);
    assertThat(database.imageTags().register(other, Shop.ANNA)).isEqualTo(new Taken(wish));
    assertThat(database.imageTags().find(other.image())).contains(wish);
    assertThat(database.imageTags().find(tag("registry.example/shop/web:2", 'a').image()))
        .isEmpty();
    assertThat(database.imageTags().move(other, Shop.ANNA)).isEqualTo(other);
    assertThat(database.imageTags().find(wish.image())).contains(other);
    assertThat(database.ledger().read("shop", 1, 100))
        .extracting(kept -> kept.content().kind())
        .filteredOn(kind -> kind.startsWith("image."))
        .containsExactly("image.registered", "image.tag_moved");
  }

  @Test
  void a_commit_that_is_built_again_is_as_new_as_it_was() {
    var old = shop.pipeline(Shop.job("build", "build"));
    shop.release(old.id());
    var current = shop.pipeline(Shop.job("build", "build"));
    var newest = shop.release(current.id());

    var again = again(old, Optional.of("base"));
    shop.release(again.id());

    assertThat(database.pipelines().rebuildOf(again.id())).contains(old.id());
    assertThat(database.pipelines().rebuildOf(old.id())).isEmpty();
    assertThat(again(old, Optional.of("base")).id()).as("once for a cause").isEqualTo(again.id());
    assertThat(again(old, Optional.of("other base")).id()).isNotEqualTo(again.id());
    assertThat(again(old, Optional.empty()).id()).isNotEqualTo(again(old, Optional.empty()).id());
    assertThat(database.releases().newestOf(Shop.NAME, "main")).contains(newest);
    var better = shop.release(again(current, Optional.empty()).id());
    assertThat(database.releases().newestOf(Shop.NAME, "main")).contains(better);
  }

  private Pipeline again(Pipeline first, Optional<String> cause) {
    return database
        .pipelines()
        .addRebuild(
            new NewPipeline(
                Shop.NAME,
                first.sha(),
                first.ref(),
                first.tag(),
                "api",
                first.title(),
                first.author(),
                first.stages(),
                List.of(Shop.job("build", "build")),
                List.of(),
                first.variables()),
            first.id(),
            cause,
            Shop.ANNA,
            Shop.NOON);
  }

  private Release released(List<ReleasedImage> images) {
    return database
        .releases()
        .add(
            Shop.NAME,
            Shop.SHA,
            "main",
            "A release",
            "Anna",
            shop.pipeline(Shop.job("build", "build")).id(),
            List.of(),
            images,
            Shop.ANNA,
            Shop.NOON);
  }

  private static ReleasedImage image(String component, String name, char digit, boolean base) {
    return new ReleasedImage(
        component,
        ImageName.parse(name).orElseThrow().pinned(digest(digit)),
        base ? ReleasedImage.Origin.BUILT : ReleasedImage.Origin.REPORTED,
        base
            ? Optional.of(
                new BaseImage(
                    ImageName.parse("registry.example/base/java:25").orElseThrow(), digest('c')))
            : Optional.empty());
  }

  private static ImageTag tag(String name, char digit) {
    return new ImageTag(
        ImageName.parse(name).orElseThrow().pinned(digest(digit)),
        Shop.NAME,
        Optional.empty(),
        Shop.ANNA.name(),
        Shop.NOON);
  }

  private static Digest digest(char digit) {
    return new Digest(String.valueOf(digit).repeat(64));
  }
}
