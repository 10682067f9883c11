package dev.fleetwright.server.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.adapters.registry.OciRegistries;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Image;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Watch;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageRegistries.Assembly;
import dev.fleetwright.core.image.ImageRegistries.Layer;
import dev.fleetwright.core.image.ImageRegistries.Pushed;
import dev.fleetwright.testkit.DirectoryBlobs;
import dev.fleetwright.testkit.RegistryServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Releases that consist of images, with a real registry: reported, resolved and built.
@Timeout(60)
class ImagesTest {

  private static final String SHOP = "shop";
  private static final String SOME = "sha256:" + "1".repeat(64);
  private static final String OTHER = "sha256:" + "2".repeat(64);

  @TempDir Path data;
  private RegistryServer registry;
  private GitFolder repository;
  private ServerUnderTest server;
  private FleetwrightClient client;

  @BeforeEach
  void start() throws Exception {
    registry = RegistryServer.open(data.resolve("registry"));
    repository = GitFolder.empty(data.resolve("repository"));
    server = ServerUnderTest.first(data.resolve("server"));
    client = server.client();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
    registry.close();
  }

  @Test
  void an_image_is_built_of_files_pushed_and_found_from_both_ends() throws Exception {
    repository
        .write(
            ".gitlab-ci.yml",
            """
            build:
              script: [mkdir -p build/site, cp README.md build/site/]
              artifacts: { paths: [build/] }
            deploy:
              stage: deploy
              script: ['echo "deploying $PAGE_IMAGE"']
              environment: staging
            """)
        .write("fleetwright.yml", page())
        .commit("Build an image");
    var pipeline = finished(add());
    assertThat(pipeline.problems()).isEmpty();
    var release = client.release(pipeline.release().orElseThrow());
    var image = release.images().getFirst();
    assertThat(image.origin()).isEqualTo(Image.Origin.BUILT);
    assertThat(image.name()).isEqualTo(registry.name() + "/shop/page");
    assertThat(image.tag()).contains(release.sha().substring(0, 8) + "-1");
    assertThat(release.components().getFirst().image()).contains(image.exact());

    var found = client.releasesWithImage(image.digest());
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().release().sha()).isEqualTo(release.sha());
    assertThat(found.getFirst().pipeline()).isEqualTo(pipeline.id());
    assertThat(client.releasesWithImage(SOME)).isEmpty();
    assertThat(client.release(SHOP, 1)).isEqualTo(release);

    var deploying =
        client.jobs(pipeline.id()).stream().filter(j -> j.name().equals("deploy")).findFirst();
    assertThat(deploying.orElseThrow().status()).isEqualTo(Job.Status.SUCCESS);
    assertThat(client.images(SHOP, "staging"))
        .extracting(running -> running.image().digest() + " " + running.release().sha())
        .containsExactly(image.digest() + " " + release.sha());
    assertThat(found.getFirst().environments()).containsExactly("staging");

    repository.write("other.txt", "of no interest").commit("Change something else");
    client.sync(SHOP);
    var second = client.release(finished(2).release().orElseThrow()).images().getFirst();
    assertThat(second.digest()).as("same files, same digest").isEqualTo(image.digest());
    assertThat(client.releasesWithImage(image.digest()))
        .extracting(f -> f.release().version())
        .containsExactly("r2", "r1");
  }

  @Test
  void what_a_job_reports_is_what_the_release_consists_of() throws Exception {
    repository
        .write(
            ".gitlab-ci.yml",
            """
            build:
              script:
                - echo "web_image=registry.example/shop/web:1.0@%s" >> build.env
                - echo "%s" > cron.digest
              artifacts: { paths: [cron.digest], reports: { dotenv: build.env } }
            """
                .formatted(SOME, OTHER))
        .write(
            "fleetwright.yml",
            """
            project: shop
            release:
              web: { image: registry.example/shop/web }
              cron: { image: { name: registry.example/shop/cron, digest: cron.digest } }
            """)
        .commit("Report images");
    var release = client.release(finished(add()).release().orElseThrow());
    assertThat(release.images())
        .extracting(i -> i.component() + " " + i.exact() + " " + i.tag().orElse("") + i.origin())
        .containsExactly(
            "cron registry.example/shop/cron@" + OTHER + " REPORTED",
            "web registry.example/shop/web@" + SOME + " 1.0REPORTED");
    assertThat(client.ledger(SHOP, 1).items())
        .extracting(record -> record.kind())
        .contains("release.made", "image.registered");

    var again = new Image.Register("registry.example/shop/web:1.0@" + SOME);
    assertThat(client.registerImage(SHOP, again).digest()).isEqualTo(SOME);
    var moved = new Image.Register("registry.example/shop/web:1.0@" + OTHER);
    assertThatThrownBy(() -> client.registerImage(SHOP, moved))
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> {
              assertThat(e.status()).isEqualTo(409);
              assertThat(e.failure().code()).isEqualTo("tag_taken");
            });
    var bare = new Image.Register("registry.example/shop/web:1.0");
    assertThatThrownBy(() -> client.registerImage(SHOP, bare))
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.status()).isEqualTo(400));
  }

  @Test
  void a_tag_that_means_another_image_makes_no_release() throws Exception {
    report("1.0", SOME, "First");
    assertThat(finished(add()).release()).isPresent();
    report("1.0", OTHER, "The same tag again");
    client.sync(SHOP);
    assertThat(failed(2).problems())
        .singleElement()
        .asString()
        .contains("the tag registry.example/shop/web:1.0 means " + SOME);
    report("latest", OTHER, "A tag that moves");
    client.sync(SHOP);
    assertThat(finished(3).release()).isPresent();
  }

  @Test
  void what_is_not_reported_or_not_allowed_is_told() throws Exception {
    repository
        .write(
            ".gitlab-ci.yml",
            "build: { script: [echo \"OTHER_IMAGE=x/y@z\" > e], artifacts: { reports: { dotenv: e } } }\n")
        .write(
            "fleetwright.yml",
            """
            project: shop
            release:
              web: { image: registry.example/shop/web }
              other: { image: registry.example/shop/other }
              cron: { image: { name: registry.example/shop/cron, digest: cron.digest } }
              proxy: { image: "registry.example/shop/proxy:1" }
              page: { image: { to: registry.example/shop/page, files: build/site/ } }
            """)
        .commit("Report nothing");
    add();
    assertThat(failed(1).problems())
        .satisfiesExactly(
            p ->
                assertThat(p).startsWith("component `web`: no job reported").contains("WEB_IMAGE="),
            p ->
                assertThat(p)
                    .startsWith("component `other`: job `build` reported `OTHER_IMAGE=x/y@z`"),
            p -> assertThat(p).contains("no job left the artifact `cron.digest`"),
            p -> assertThat(p).contains("this server may not go to registry.example"),
            p -> assertThat(p).contains("this server may not go to registry.example"));
  }

  @Test
  void a_registry_that_is_away_is_waited_for_also_by_the_next_server() throws Exception {
    repository
        .write(".gitlab-ci.yml", "build: { script: [echo built] }\n")
        .write("fleetwright.yml", page().replace("build/site/", "."))
        .commit("Build an image");
    registry.stop();
    try (var events = client.events(Watch.project(SHOP), 0)) {
      add();
      while (client.pipelines(SHOP, 1).items().stream()
          .noneMatch(p -> p.status() == Pipeline.Status.SUCCESS)) {
        events.next();
      }
    }
    var token = server.token();
    client.close();
    server.close();
    registry.start();
    server = ServerUnderTest.again(data.resolve("server"), token);
    client = server.client();
    var release = client.release(finished(1).release().orElseThrow());
    assertThat(release.images()).hasSize(1);
    assertThat(release.version()).isEqualTo("r1");
  }

  @Test
  void a_commit_is_built_again_by_hand_and_once_for_each_change_of_its_base() throws Exception {
    var base = new OciRegistries(blobs(), data.resolve("scratch"), Optional.empty());
    push(base, "one");
    repository
        .write(".gitlab-ci.yml", "build: { script: [echo built] }\n")
        .write(
            "fleetwright.yml",
            page().replace("build/site/", "., from: \"%s/shop/base:1\"".formatted(registry.name()))
                + "rebuild: { base_images: 5 min }\n")
        .commit("Build on a base");
    var first = finished(add());
    var built = image(first);
    assertThat(built.base().orElseThrow().name()).isEqualTo(registry.name() + "/shop/base:1");

    client.rebuildPipeline(first.id());
    var second = finished(2);
    assertThat(second.sha()).isEqualTo(first.sha());
    assertThat(second.rebuildOf()).contains(first.id());
    assertThat(image(second).digest()).as("nothing has changed").isEqualTo(built.digest());
    assertThat(client.release(SHOP, 2).pipeline()).isEqualTo(second.id());

    var changed = push(base, "two");
    var bases = server.running().operations().baseImages();
    bases.round();
    var third = finished(3);
    assertThat(third.rebuildOf()).as("the first of the commit").contains(first.id());
    assertThat(third.by()).isEqualTo("base image " + registry.name() + "/shop/base:1");
    assertThat(image(third).base().orElseThrow().digest()).isEqualTo(changed);
    assertThat(image(third).digest()).isNotEqualTo(built.digest());
    assertThat(client.release(SHOP, 1).images().getFirst()).as("it stays").isEqualTo(built);
    assertThat(client.pipelines(SHOP, 1).items()).hasSize(3);
  }

  private String push(OciRegistries registries, String content) throws Exception {
    var digest = blobs().put(content.getBytes(UTF_8));
    var pushed =
        registries.push(
            new Assembly(
                ImageName.parse(registry.name() + "/shop/base").orElseThrow(),
                Set.of("1"),
                Optional.empty(),
                List.of(
                    new Layer(
                        "/", List.of(new TreeEntry.File("a", digest, content.length(), false)))),
                List.of(),
                List.of(),
                new TreeMap<>(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                new TreeMap<>(),
                List.of(),
                true));
    return ((Pushed.Done) pushed).digest().toString();
  }

  private DirectoryBlobs blobs() throws Exception {
    return new DirectoryBlobs(data.resolve("blobs"));
  }

  private Image image(Pipeline pipeline) throws InterruptedException {
    return client.release(pipeline.release().orElseThrow()).images().getFirst();
  }

  private void report(String tag, String digest, String message) throws Exception {
    repository
        .write(
            ".gitlab-ci.yml",
            """
            build:
              script: ['echo "WEB_IMAGE=registry.example/shop/web:%s" > e; echo "WEB_IMAGE_DIGEST=%s" >> e']
              artifacts: { reports: { dotenv: e } }
            """
                .formatted(tag, digest))
        .write(
            "fleetwright.yml",
            "project: shop\nrelease: { web: { image: registry.example/shop/web } }\n")
        .commit(message);
  }

  private String page() {
    return """
    project: shop
    registries: { "%s/shop": { insecure: true } }
    release:
      page:
        image: { to: %s/shop/page, files: build/site/, entrypoint: [/app/run] }
    environments:
      staging: {}
    """
        .formatted(registry.name(), registry.name());
  }

  private int add() throws InterruptedException {
    client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    return 1;
  }

  private Pipeline finished(int number) throws InterruptedException {
    return await(number, p -> p.status().finished() && p.release().isPresent());
  }

  private Pipeline failed(int number) throws InterruptedException {
    return await(number, p -> !p.problems().isEmpty());
  }

  private Pipeline await(int number, Predicate<Pipeline> when) throws InterruptedException {
    try (var events = client.events(Watch.project(SHOP), 0)) {
      while (true) {
        var found =
            client.pipelines(SHOP, 1).items().stream()
                .filter(p -> p.number() == number)
                .filter(when)
                .findFirst();
        if (found.isPresent()) {
          return found.get();
        }
        events.next();
      }
    }
  }
}
