package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What pipelines include from other projects of this server and from other hosts: real
/// repositories, a real HTTP server.
@Timeout(120)
class InclusionsTest {

  private static final String REMOTE = "from-afar: { script: echo afar }\n";

  @TempDir Path data;
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer web;
  private FleetwrightServer.Running running;
  private FleetwrightClient client;

  @BeforeEach
  void start() throws IOException {
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/ci.yml",
        exchange -> {
          asked.incrementAndGet();
          var bytes = REMOTE.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    web.createContext(
        "/moved.yml",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/ci.yml");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    web.createContext(
        "/endless.yml",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (var body = exchange.getResponseBody()) {
            for (var i = 0; i < 4_000; i++) {
              body.write(new byte[1_024]);
            }
          } catch (IOException _) {
            // Whoever asked has gone, as it should.
          }
        });
    web.start();
    var usual = ServerOptions.local(data.resolve("server"), 0);
    running =
        FleetwrightServer.startHere(
            new ServerOptions(
                usual.data(),
                usual.shared(),
                usual.storage(),
                usual.database(),
                usual.host(),
                usual.port(),
                usual.publicUrl(),
                usual.localRepositories(),
                usual.jobs(),
                List.of("127.0.0.1:" + web.getAddress().getPort()),
                usual.registryAuth(),
                false));
    client = new FleetwrightClient(running.uri(), running.bootstrapToken().orElseThrow());
  }

  @AfterEach
  void stop() {
    client.close();
    running.close();
    web.stop(0);
  }

  private String address(String path) {
    return "http://127.0.0.1:" + web.getAddress().getPort() + path;
  }

  /// Add a project whose pipeline is not run, since what is looked at is how it is read.
  private GitFolder add(String name, String path, String content) throws Exception {
    var repository = GitFolder.empty(data.resolve("group").resolve(name));
    Files.createDirectories(repository.folder().resolve(path).resolve("..").normalize());
    repository.write(path, content).commit("Files");
    client.addProject(new Project.Add(name, repository.folder().toString(), Optional.of(false)));
    return repository;
  }

  private Pipeline shop(String file) throws Exception {
    var repository = GitFolder.empty(data.resolve("group").resolve("shop"));
    repository.write(".gitlab-ci.yml", file).commit("A pipeline");
    client.addProject(new Project.Add("shop", repository.folder().toString(), Optional.empty()));
    return client.pipelines("shop", 1).items().getFirst();
  }

  private List<String> names(Pipeline pipeline) throws InterruptedException {
    return client.jobs(pipeline.id()).stream().map(j -> j.name()).toList();
  }

  @Test
  void files_of_other_projects_components_templates_and_hosts_become_one_pipeline()
      throws Exception {
    var library = add("library", "ci/jobs.yml", "old: { script: echo old }\n");
    library.run("tag", "1.0.0");
    Files.createDirectories(library.folder().resolve("templates"));
    library
        .write("ci/jobs.yml", "lib: { script: echo lib }\n")
        .write(
            "templates/check.yml",
            "spec: { inputs: { name: { default: x } } }\n---\n\"$[[ inputs.name ]]\": { script: echo }\n")
        .commit("Newer");
    library.run("tag", "1.2.3");
    library.run("tag", "2.0.0-beta");
    client.sync("library");
    add("templates", "lib/gitlab/ci/templates/Bash.gitlab-ci.yml", "bash: { script: echo }\n");
    var digest =
        Base64.getEncoder()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(REMOTE.getBytes(StandardCharsets.UTF_8)));
    var file =
        """
        include:
          - { project: group/library, file: /ci/jobs.yml }
          - { project: Group/Library, file: ci/jobs.yml, ref: 1.0.0 }
          - component: $CI_SERVER_HOST:$CI_SERVER_PORT/group/library/check@~latest
            inputs: { name: checked }
          - component: $CI_SERVER_HOST:$CI_SERVER_PORT/group/library/check@1
            inputs: { name: again }
          - { remote: "%s", integrity: sha256-%s }
        """
            .formatted(address("/ci.yml"), digest);

    var first = shop(file);

    assertThat(first.problems()).isEmpty();
    assertThat(names(first))
        .containsExactlyInAnyOrder("lib", "old", "checked", "again", "from-afar");
    assertThat(asked.get()).isEqualTo(1);
    web.stop(0);
    var second =
        client.runPipeline(
            "shop", new Pipeline.Run(Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(names(second)).as("known by its digest").contains("from-afar");
  }

  @Test
  void what_cannot_be_included_is_named_at_its_line_with_the_reason() throws Exception {
    add("library", "ci/jobs.yml", "lib: { script: echo lib }\n");
    var pipeline =
        shop(
            """
            include:
              - { project: group/none, file: a.yml }
              - { project: group/library, file: ci/jobs.yml, ref: gone }
              - { remote: "https://169.254.169.254/latest.yml" }
              - { remote: "%s" }
              - { remote: "%s" }
              - { template: Nothing.gitlab-ci.yml }
              - { component: elsewhere.example/group/library/check@1.0 }
            a: { script: x }
            """
                .formatted(address("/moved.yml"), address("/endless.yml")));

    assertThat(pipeline.status()).isEqualTo(Pipeline.Status.FAILED);
    assertThat(pipeline.problems())
        .satisfiesExactlyInAnyOrder(
            p ->
                assertThat(p).startsWith(".gitlab-ci.yml:2:").contains("no project of this server"),
            p -> assertThat(p).startsWith(".gitlab-ci.yml:3:").contains("commit `gone` in library"),
            p ->
                assertThat(p)
                    .startsWith(".gitlab-ci.yml:4:")
                    .contains("host `169.254.169.254` is not allowed"),
            p ->
                assertThat(p)
                    .startsWith(".gitlab-ci.yml:5:")
                    .contains("redirects are not followed"),
            p ->
                assertThat(p).startsWith(".gitlab-ci.yml:6:").contains("larger than 2097152 bytes"),
            p ->
                assertThat(p).startsWith(".gitlab-ci.yml:7:").contains("mirrors gitlab-org/gitlab"),
            p ->
                assertThat(p)
                    .startsWith(".gitlab-ci.yml:8:")
                    .contains("library mirrors no repository of elsewhere.example"));
    assertThat(asked.get()).isZero();
  }
}
