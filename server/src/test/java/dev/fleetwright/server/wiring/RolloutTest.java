package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.OpenSshHosts;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Releases that take their place in stages, with a real server, real processes and real hosts.
@Timeout(300)
class RolloutTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String SHOP = "shop";

  /// Answers with its configuration; `/status` is not well when that says so.
  private static final String WEB =
      """
      import com.sun.net.httpserver.HttpServer;
      import java.net.InetSocketAddress;
      import java.nio.file.*;
      public class Web {
        public static void main(String[] arguments) throws Exception {
          var config = Files.readString(Path.of("config.txt")).strip();
          var port = Integer.parseInt(System.getenv("PORT"));
          var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 100);
          server.createContext("/", exchange -> {
            var ill = exchange.getRequestURI().getPath().equals("/status") && config.contains("ill");
            var bytes = config.getBytes();
            exchange.sendResponseHeaders(ill ? 500 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
          server.start();
        }
      }
      """;

  @TempDir private Path folder = Path.of("");
  private final HttpClient http = HttpClient.newHttpClient();

  // Made before each test.
  @SuppressWarnings("NullAway.Init")
  private GitFolder repository;

  @SuppressWarnings("NullAway.Init")
  private ServerUnderTest server;

  @SuppressWarnings("NullAway.Init")
  private FleetwrightClient client;

  @BeforeEach
  void start() throws Exception {
    repository = GitFolder.empty(folder.resolve("repository"));
    server = ServerUnderTest.first(folder.resolve("server"));
    client = server.client();
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (var environment : client.environments(SHOP)) {
      // What runs outlives the server.
      if (!environment.targets().isEmpty() && !environment.live().isEmpty()) {
        var stopping =
            client.stop(SHOP, environment.name(), new Environment.Stop(Optional.empty()));
        ended(stopping.id());
      }
    }
    client.close();
    server.close();
  }

  @Test
  void argo_rollouts_2669_after_an_aborted_canary_the_old_config_is_back() throws Exception {
    repository
        .write(".gitlab-ci.yml", building("cp Web.java config.txt build/web/"))
        .write(
            "fleetwright.yml",
            """
            project: shop
            targets: { here: { local: {} } }
            release:
              web:
                files: build/web/
                run: { command: [java, -Xmx48m, Web.java], port: 0, health: { http: /, within: 60 s } }
            environments:
              production:
                target: here
                strategy:
                  canary:
                    - weight: 50%
                    - analyse: { component: web, path: /status, for: 10 min, every: 1 s, within: 20 s }
            """)
        .write("Web.java", WEB)
        .write("config.txt", "old")
        .commit("Open");
    release(1);
    assertThat(ended(deploy().id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
    var before = running();
    repository.write("config.txt", "new and ill").commit("Another configuration");
    release(2);
    var canary = deploy();
    assertThat(ended(canary.id()).state()).isEqualTo(Deploy.State.ROLLED_BACK);
    var detail = client.deploy(canary.id());
    assertThat(detail.steps().getFirst().words()).isEqualTo("here: 50% of the callers");
    assertThat(detail.events())
        .extracting(Deploy.Event::kind)
        .endsWith("step_applied", "watch_began", "watch_failed", "step_undone");
    assertThat(detail.events().get(detail.events().size() - 2).text())
        .get()
        .asString()
        .contains("canary at 50%")
        .contains("/status answered 500");
    // The very process that ran before, which was never touched.
    assertThat(running().detail().replaceAll(",.*", ""))
        .isEqualTo(before.detail().replaceAll(",.*", ""));
    for (var call = 0; call < 20; call++) {
      assertThat(get(before.endpoint().orElseThrow())).isEqualTo("old");
    }
  }

  @Test
  void only_the_named_components_change_and_the_way_back_restores_exactly_what_was()
      throws Exception {
    repository
        .write(
            ".gitlab-ci.yml",
            building("mkdir build/nginx && cp config.txt build/web/ && cp config.txt build/nginx/"))
        .write(
            "fleetwright.yml",
            """
            project: shop
            targets: { here: { local: {} } }
            release:
              web: { files: build/web/, run: { command: [sleep, 100000] } }
              nginx: { files: build/nginx/ }
            environments:
              production: { target: here }
            """)
        .write("config.txt", "one")
        .commit("Open");
    release(1);
    assertThat(ended(deploy().id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
    var before = running();
    repository.write("config.txt", "two").commit("Another configuration");
    release(2);
    assertThatThrownBy(() -> client.plan(request(Optional.of(List.of("ngnix")))))
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("no component `ngnix`; did you mean `nginx`?");
    var plan = client.plan(request(Optional.of(List.of("nginx"))));
    assertThat(plan.targets().getFirst().changes())
        .extracting(c -> c.kind() + " " + c.what())
        .containsExactly("UPDATE nginx on local", "NONE web on local");
    var part = client.deploy(request(Optional.of(List.of("nginx"))), UUID.randomUUID().toString());
    assertThat(ended(part.id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(versions()).containsExactly("nginx r2", "web r1");
    assertThat(running().detail().replaceAll(",.*", ""))
        .isEqualTo(before.detail().replaceAll(",.*", ""));
    var back =
        client.goBack(
            SHOP, "production", new Environment.GoBack(Optional.empty(), Optional.empty()));
    assertThat(ended(back.id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(versions()).containsExactly("nginx r1", "web r1");
  }

  @Test
  void argo_cd_1927_going_back_runs_the_script_of_the_release_that_it_goes_back_to()
      throws Exception {
    var told = folder.resolve("told");
    repository
        .write(".gitlab-ci.yml", deploying("one", told))
        .write("fleetwright.yml", "project: shop\n")
        .commit("Open");
    client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    awaitLines(told, "one");
    repository.write(".gitlab-ci.yml", deploying("two", told)).commit("Another script");
    client.sync(SHOP);
    awaitLines(told, "one", "two");
    Eventually.within(
        PATIENCE,
        "the second deploy has succeeded",
        () ->
            looked(() -> client.deploys(SHOP, Optional.of("production"), 1)).items().stream()
                    .filter(d -> d.state() == Deploy.State.SUCCEEDED)
                    .count()
                == 2);
    var first = client.deploys(SHOP, Optional.of("production"), 1).items().getLast();
    var back =
        client.goBack(
            SHOP, "production", new Environment.GoBack(Optional.of(first.id()), Optional.empty()));
    assertThat(ended(back.id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
    awaitLines(told, "one", "two", "one");
  }

  @Test
  @Tag("R19")
  @Timeout(3_600)
  void what_falls_ill_at_thirty_percent_of_the_wave_is_taken_back_in_reverse_on_every_host()
      throws Exception {
    var count = Recipe.times(4, 10);
    try (var hosts = new OpenSshHosts(Files.createDirectory(folder.resolve("hosts")), count, "")) {
      // What is deployed is read-only, and so is a copy of it: the next copy has to replace it.
      repository
          .write(".gitlab-ci.yml", building("cp serve.sh config.txt build/web/"))
          .write("fleetwright.yml", onHosts(hosts))
          .write("serve.sh", "cp -f config.txt \"$HOME/runs\"\nexec sleep 100000\n")
          .write("config.txt", "old\n")
          .commit("Open");
      release(1);
      assertThat(ended(deploy().id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
      assertThat(runs(hosts)).containsOnly("old");
      repository
          .write(
              "serve.sh",
              "cp -f config.txt \"$HOME/runs\"\nwhile [ ! -e \"$HOME/sick\" ]; do sleep 0.2; done\n")
          .write("config.txt", "new\n")
          .commit("Another release");
      release(2);
      var part = count == 10 ? 3 : 2;
      var rounds = Recipe.times(1, 50);
      var slowest = Duration.ZERO;
      for (var round = 0; round < rounds; round++) {
        slowest = longer(slowest, fallIll(hosts, part));
        assertThat(runs(hosts)).as("round " + round).containsOnly("old").hasSize(count);
      }
      Recipe.report(
          "R19",
          "hosts=%d changed=%d runs=%d failing_to_first_host_going_back_max=%d ms left_on_new=0"
              .formatted(count, part, rounds, slowest.toMillis()));
      // The figure is for the recipe on a machine of its own.
      assertThat(slowest).isLessThan(Duration.ofSeconds(Recipe.times(20, 2)));
      // The hosts go away with this test, so what runs on them has to go before.
      stopEverything();
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /// Deploy what falls ill while the canary holds.
  ///
  /// @return from the look that found it ill until the first host had gone back
  private Duration fallIll(OpenSshHosts hosts, int part) throws IOException, InterruptedException {
    var bad = deploy();
    Eventually.within(PATIENCE, "the canary holds", () -> kinds(bad.id()).contains("watch_began"));
    // A component that nobody probes runs as soon as it is started, a moment before it says so.
    Eventually.within(
        PATIENCE,
        "the canary says so",
        () -> runs(hosts).stream().filter("new"::equals).count() == part);
    var ill = hosts.server(part - 1).home();
    Files.writeString(ill.resolve("sick"), "");
    assertThat(ended(bad.id()).state()).isEqualTo(Deploy.State.ROLLED_BACK);
    Files.delete(ill.resolve("sick"));
    var timeline = client.deploy(bad.id()).events();
    assertThat(
            timeline.stream()
                .filter(e -> e.kind().equals("step_undone"))
                .map(e -> e.step().orElseThrow()))
        .containsExactlyElementsOf(IntStream.range(0, part).mapToObj(i -> part - 1 - i).toList());
    var failed =
        timeline.stream().filter(e -> e.kind().equals("watch_failed")).findFirst().orElseThrow();
    // Written by what ran before when it is started again, on the host that goes back first.
    return Duration.between(
        failed.at(), Files.getLastModifiedTime(ill.resolve("runs")).toInstant());
  }

  private void stopEverything() throws InterruptedException {
    var stopping = client.stop(SHOP, "production", new Environment.Stop(Optional.empty()));
    assertThat(ended(stopping.id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
  }

  private static String onHosts(OpenSshHosts hosts) {
    return """
    project: shop
    targets:
      edge:
        ssh:
          hosts: [%s]
          user: %s
          key: file:%s
          known_hosts: file:%s
          directory: shop
          max_unavailable: 1
    release:
      web: { files: build/web/, run: { command: [/bin/sh, serve.sh], stop_within: 1 s } }
    environments:
      production:
        target: edge
        strategy: { canary: [ { weight: 30%% }, { pause: true } ] }
    """
        .formatted(
            hosts.servers().stream()
                .map(s -> "\"" + s.name() + "\"")
                .collect(Collectors.joining(", ")),
            System.getProperty("user.name"),
            hosts.key(),
            hosts.knownHosts());
  }

  private static List<String> runs(OpenSshHosts hosts) {
    var runs = new java.util.ArrayList<String>();
    for (var host : hosts.servers()) {
      try {
        runs.add(Files.readString(host.home().resolve("runs")).strip());
      } catch (IOException e) {
        throw new UncheckedIOException("reading what a host runs", e);
      }
    }
    return runs;
  }

  private static String building(String how) {
    return """
    build:
      script:
        - mkdir -p build/web
        - %s
      artifacts: { paths: [build/] }
    """
        .formatted(how);
  }

  private static String deploying(String word, Path told) {
    return """
    deploy:
      script:
        - echo %s >> %s
      environment: production
    """
        .formatted(word, told);
  }

  private static void awaitLines(Path file, String... lines) {
    Eventually.within(
        PATIENCE,
        () -> "lines " + List.of(lines),
        () -> {
          try {
            return Files.exists(file) && Files.readAllLines(file).equals(List.of(lines));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  /// Have the pipeline of the newest commit make this release.
  private void release(int number) throws InterruptedException {
    if (number == 1) {
      client.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    } else {
      client.sync(SHOP);
    }
    Eventually.within(
        PATIENCE,
        () -> "release " + number,
        () -> looked(() -> client.releases(SHOP, 1)).items().size() >= number);
  }

  private Deploy deploy() throws InterruptedException {
    return client.deploy(request(Optional.empty()), UUID.randomUUID().toString());
  }

  private static Deploy.Request request(Optional<List<String>> only) {
    return new Deploy.Request(
        SHOP,
        "production",
        Optional.empty(),
        Optional.empty(),
        only,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Deploy ended(long id) {
    Eventually.within(
        PATIENCE,
        () -> "deploy " + id + " has ended: " + looked(() -> client.deploy(id)),
        () -> looked(() -> client.deploy(id)).deploy().state().finished());
    return looked(() -> client.deploy(id)).deploy();
  }

  private List<String> kinds(long id) {
    return looked(() -> client.deploy(id)).events().stream().map(Deploy.Event::kind).toList();
  }

  private Environment.Instance running() throws InterruptedException {
    return client.observe(SHOP, "production").targets().getFirst().instances().stream()
        .filter(i -> i.component().equals("web"))
        .findFirst()
        .orElseThrow();
  }

  private List<String> versions() throws InterruptedException {
    return client.versions(SHOP, "production").stream()
        .map(v -> v.component() + " " + v.release().orElseThrow().version())
        .toList();
  }

  private String get(String endpoint) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(endpoint)).build(), BodyHandlers.ofString())
        .body();
  }

  private interface Look<T> {
    T now() throws InterruptedException;
  }

  private static <T> T looked(Look<T> look) {
    try {
      return look.now();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
