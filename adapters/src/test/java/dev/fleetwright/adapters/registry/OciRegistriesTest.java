package dev.fleetwright.adapters.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageRegistries.Assembly;
import dev.fleetwright.core.image.ImageRegistries.Layer;
import dev.fleetwright.core.image.ImageRegistries.Looked;
import dev.fleetwright.core.image.ImageRegistries.Pushed;
import dev.fleetwright.testkit.DirectoryBlobs;
import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against the distribution project's own registry; what was pushed is read by skopeo and run by
/// podman.
@Timeout(180)
class OciRegistriesTest {

  @TempDir Path temporary;
  private DirectoryBlobs blobs;

  @BeforeEach
  void blobs() throws IOException {
    blobs = new DirectoryBlobs(temporary.resolve("blobs"));
  }

  @Test
  void the_same_files_give_the_same_digest_wherever_and_whenever_they_are_built() throws Exception {
    try (var registry = RegistryServer.open(temporary.resolve("registry"))) {
      var assembly = page(registry, Set.of("one"));
      var first = pushed(registries("a"), assembly);
      var other = new DirectoryBlobs(temporary.resolve("elsewhere"));
      for (var text : List.of("hello\n", "run\n")) {
        other.put(text.getBytes(UTF_8));
      }
      var second =
          pushed(
              new OciRegistries(other, temporary.resolve("b"), Optional.empty()),
              page(registry, Set.of("two")));
      assertThat(second).isEqualTo(first);
      var changed = pushed(registries("c"), page(registry, Set.of("three"), "hello!\n"));
      assertThat(changed).isNotEqualTo(first);
      assertThat(looked(registry, "one")).isEqualTo(new Looked.Found(first, Optional.empty()));
      assertThat(looked(registry, "three")).isEqualTo(new Looked.Found(changed, Optional.empty()));
      assertThat(looked(registry, "four")).isEqualTo(new Looked.Missing());
      assertThat(temporary.resolve("a")).isEmptyDirectory();
    }
  }

  @Test
  void another_program_reads_what_was_pushed() throws Exception {
    var skopeo = Needs.tool("skopeo").toString();
    try (var registry = RegistryServer.open(temporary.resolve("registry"))) {
      var assembly = page(registry, Set.of("one", "two"));
      var digest = pushed(registries("a"), assembly);
      for (var tag : assembly.tags()) {
        var seen =
            run(skopeo, "inspect", "--tls-verify=false", "docker://" + assembly.to().tagged(tag));
        assertThat(seen)
            .contains("\"Digest\": \"" + digest + "\"")
            .contains("1970-01-01T00:00:00Z");
      }
      var configuration =
          run(
              skopeo,
              "inspect",
              "--config",
              "--tls-verify=false",
              "docker://" + assembly.to().tagged("one"));
      assertThat(configuration.replaceAll("\\s", ""))
          .contains("\"User\":\"1000\"")
          .contains("\"GREETING=hello\"")
          .contains("\"8080/tcp\":{}")
          .contains("\"Entrypoint\":[\"/bin/busybox\"]")
          .contains("\"WorkingDir\":\"/app\"")
          .contains("\"architecture\":\"amd64\"");
    }
  }

  @Test
  void an_image_on_a_base_runs_in_podman() throws Exception {
    var podman = Needs.tool("podman").toString();
    Needs.that(System.getenv("LAB_IMAGE") != null, "podman's settings, of the lab");
    var busybox = Needs.tool("busybox");
    try (var registry = RegistryServer.open(temporary.resolve("registry"))) {
      var program = blobs.put(Files.newInputStream(busybox));
      var base =
          pushed(
              registries("a"),
              assembly(
                  registry,
                  "base",
                  Set.of("1"),
                  Optional.empty(),
                  List.of(
                      new Layer(
                          "/bin",
                          List.of(
                              new TreeEntry.File("busybox", program, Files.size(busybox), true),
                              new TreeEntry.Link("cat", "busybox"))))));
      var from = ImageName.parse(registry.name() + "/shop/base:1").orElseThrow();
      var assembly =
          assembly(
              registry,
              "page",
              Set.of("1"),
              Optional.of(from.bare().pinned(base)),
              List.of(layer("hello from below\n")));
      var digest = pushed(registries("a"), assembly);
      var image = assembly.to().bare().pinned(digest).exact();
      assertThat(
              run(
                  podman,
                  "run",
                  "--rm",
                  "--tls-verify=false",
                  "--network=none",
                  image,
                  "cat",
                  "/app/page.html"))
          .endsWith("hello from below\n");
      run(podman, "rmi", "--force", image);
      assertThat(pushed(registries("b"), assembly)).isEqualTo(digest);
    }
  }

  @Test
  void an_image_of_two_platforms_has_one_digest() throws Exception {
    var skopeo = Needs.tool("skopeo").toString();
    try (var registry = RegistryServer.open(temporary.resolve("registry"))) {
      var plain = page(registry, Set.of("both"));
      var digest =
          pushed(
              registries("a"),
              new Assembly(
                  plain.to(),
                  plain.tags(),
                  plain.base(),
                  plain.layers(),
                  plain.entrypoint(),
                  plain.command(),
                  plain.environment(),
                  plain.user(),
                  plain.workingDirectory(),
                  plain.ports(),
                  plain.labels(),
                  List.of("linux/amd64", "linux/arm64"),
                  true));
      assertThat(looked(registry, "both")).isEqualTo(new Looked.Found(digest, Optional.empty()));
      assertThat(
              run(
                  skopeo,
                  "inspect",
                  "--raw",
                  "--tls-verify=false",
                  "docker://" + plain.to().tagged("both")))
          .contains("arm64")
          .contains("amd64");
    }
  }

  @Test
  void a_password_counts_for_its_registry_and_a_wrong_one_is_told_without_showing_it()
      throws Exception {
    try (var registry = RegistryServer.guarded(temporary.resolve("registry"))) {
      var image = page(registry, Set.of("one"));
      var none = temporary.resolve("none.json");
      assertThat(why(none, image))
          .contains("asks for credentials")
          .contains("--registry-auth FILE");
      var wrong = logins("wrong.json", registry.name(), "not the one");
      assertThat(why(wrong, image))
          .contains("refuses us " + registry.name() + "/shop/page with the credentials of " + wrong)
          .doesNotContain("not the one");
      var elsewhere = logins("other.json", "registry.example", RegistryServer.PASSWORD);
      assertThat(why(elsewhere, image)).contains("refuses us");
      var right = logins("right.json", registry.name() + "/shop", RegistryServer.PASSWORD);
      var registries = new OciRegistries(blobs, temporary.resolve("a"), Optional.of(right));
      var digest = pushed(registries, image);
      assertThat(registries.look(image.to().tagged("one"), true))
          .isEqualTo(new Looked.Found(digest, Optional.empty()));
      assertThat(registries.look(image.to().tagged("one"), false))
          .isInstanceOfSatisfying(
              Looked.No.class, no -> assertThat(no.why()).contains("insecure: true"));
      var broken = Files.writeString(temporary.resolve("broken.json"), "{");
      assertThat(why(broken, image)).contains("is no JSON");
    }
  }

  @Test
  void a_registry_that_is_away_may_come_back() throws Exception {
    try (var registry = RegistryServer.open(temporary.resolve("registry"))) {
      var image = page(registry, Set.of("one"));
      registry.stop();
      var registries = registries("a");
      assertThat(registries.push(image))
          .isInstanceOfSatisfying(
              Pushed.Unreachable.class,
              away -> assertThat(away.why()).startsWith("the registry " + registry.name()));
      assertThat(registries.look(image.to().tagged("one"), true))
          .isInstanceOf(Looked.Unreachable.class);
      registry.start();
      assertThat(registries.push(image)).isInstanceOf(Pushed.Done.class);
    }
  }

  @Test
  void links_are_followed_to_files_and_nowhere_else() throws Exception {
    try (var registry = RegistryServer.open(temporary.resolve("registry"))) {
      var file = new TreeEntry.File("page.html", blobs.put("hello\n".getBytes(UTF_8)), 6, false);
      var good =
          assembly(
              registry,
              "links",
              Set.of("one"),
              Optional.empty(),
              List.of(
                  new Layer(
                      "/app",
                      List.of(
                          file,
                          new TreeEntry.Link("index.html", "page.html"),
                          new TreeEntry.Link("a/index.html", "../index.html")))));
      assertThat(registries("a").push(good)).isInstanceOf(Pushed.Done.class);
      for (var circle : List.of("b", "folder", "nothing")) {
        var bad =
            assembly(
                registry,
                "links",
                Set.of("two"),
                Optional.empty(),
                List.of(
                    new Layer(
                        "/app",
                        List.of(
                            new TreeEntry.File("folder/x", file.digest(), 6, false),
                            new TreeEntry.Link("a", circle),
                            new TreeEntry.Link("b", "a")))));
        assertThat(registries("a").push(bad))
            .as(circle)
            .isInstanceOfSatisfying(Pushed.No.class, no -> assertThat(no.why()).contains("link"));
      }
    }
  }

  @Test
  void what_buildah_says_of_the_base_is_read() throws Exception {
    var buildah = Needs.tool("buildah").toString();
    Needs.that(System.getenv("LAB_IMAGE") != null, "podman's settings, of the lab");
    try (var registry = RegistryServer.open(temporary.resolve("registry"))) {
      var base = pushed(registries("a"), page(registry, Set.of("base")));
      var name = registry.name() + "/shop/page:base";
      Files.writeString(temporary.resolve("extra"), "extra\n");
      Files.writeString(
          temporary.resolve("Dockerfile"), "FROM " + name + "\nCOPY extra /app/extra\n");
      var target = registry.name() + "/shop/built:1";
      run(
          buildah,
          "build",
          "--tls-verify=false",
          "--format=oci",
          "--isolation=chroot",
          "--tag",
          target,
          temporary.toString());
      run(
          buildah,
          "push",
          "--tls-verify=false",
          "--digestfile",
          temporary.resolve("digest").toString(),
          target);
      var digest = Digest.parse(Files.readString(temporary.resolve("digest")).strip());
      var seen = (Looked.Found) registries("a").look(ImageName.parse(target).orElseThrow(), true);
      assertThat(seen.digest()).isEqualTo(digest);
      assertThat(seen.base().orElseThrow().name()).hasToString(name);
      assertThat(seen.base().orElseThrow().digest()).isEqualTo(base);
      run(buildah, "rmi", "--force", target);
    }
  }

  private Path logins(String file, String place, String password) throws IOException {
    var both =
        Base64.getEncoder().encodeToString((RegistryServer.USER + ":" + password).getBytes(UTF_8));
    return Files.writeString(
        temporary.resolve(file),
        "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}".formatted(place, both));
  }

  private String why(Path logins, Assembly image) throws InterruptedException {
    var registries = new OciRegistries(blobs, temporary.resolve("a"), Optional.of(logins));
    var looked = registries.look(image.to().tagged("one"), true);
    var pushed = registries.push(image);
    assertThat(looked).isInstanceOf(Looked.No.class);
    assertThat(pushed).isEqualTo(new Pushed.No(((Looked.No) looked).why()));
    return ((Looked.No) looked).why();
  }

  private Looked looked(RegistryServer registry, String tag) throws InterruptedException {
    return registries("looking")
        .look(ImageName.parse(registry.name() + "/shop/page:" + tag).orElseThrow(), true);
  }

  private OciRegistries registries(String scratch) {
    return new OciRegistries(
        blobs, temporary.resolve(scratch), Optional.of(temporary.resolve("no-logins.json")));
  }

  private static Digest pushed(OciRegistries registries, Assembly assembly)
      throws InterruptedException {
    var answer = registries.push(assembly);
    assertThat(answer).isInstanceOf(Pushed.Done.class);
    return ((Pushed.Done) answer).digest();
  }

  private Assembly page(RegistryServer registry, Set<String> tags) throws IOException {
    return page(registry, tags, "hello\n");
  }

  private Assembly page(RegistryServer registry, Set<String> tags, String text) throws IOException {
    return assembly(registry, "page", tags, Optional.empty(), List.of(layer(text)));
  }

  private Layer layer(String text) throws IOException {
    return new Layer(
        "/app",
        List.of(
            new TreeEntry.File("page.html", blobs.put(text.getBytes(UTF_8)), text.length(), false),
            new TreeEntry.File("bin/run", blobs.put("run\n".getBytes(UTF_8)), 4, true)));
  }

  private static Assembly assembly(
      RegistryServer registry,
      String name,
      Set<String> tags,
      Optional<ImageName> base,
      List<Layer> layers) {
    return new Assembly(
        ImageName.parse(registry.name() + "/shop/" + name).orElseThrow(),
        tags,
        base,
        layers,
        List.of("/bin/busybox"),
        List.of(),
        new TreeMap<>(Map.of("GREETING", "hello")),
        Optional.of("1000"),
        Optional.of("/app"),
        List.of("8080"),
        new TreeMap<>(),
        List.of(),
        true);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(new ArrayList<>(List.of(command))).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
