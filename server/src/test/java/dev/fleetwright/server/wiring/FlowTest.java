package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Watch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A repository's way to production over the API alone: added, built, released, deployed, approved,
/// gone back, taken down. One story, told in order; each answer is held against the description.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(120)
class FlowTest {

  private static final String SHOP = "shop";

  @TempDir static Path data;
  private static GitFolder repository;
  private static ServerUnderTest server;
  private static FleetwrightClient client;
  private static Described described;

  @BeforeAll
  static void start() throws Exception {
    repository = GitFolder.of(data.resolve("repository"));
    server = ServerUnderTest.first(data.resolve("server"));
    client = server.client();
    described = Described.by(server);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  @Order(1)
  void a_repository_is_added_and_its_pipeline_makes_a_release_that_goes_to_staging()
      throws Exception {
    try (var events = client.events(Watch.project(SHOP), 0)) {
      var added =
          client.addProject(
              new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
      assertThat(added.project().defaultBranch()).isEqualTo("main");
      assertThat(added.webhookSecret()).hasSizeGreaterThan(40);
      var seen = new ArrayList<FeedEvent>();
      do {
        seen.add(events.next().orElseThrow());
      } while (!ends(seen.getLast(), "staging"));
      assertThat(seen)
          .extracting(FeedEvent::topic)
          .contains("pipeline", "job", "release", "deploy");
      assertThat(seen).extracting(FeedEvent::id).isSorted().doesNotHaveDuplicates();
    }
    var pipeline = client.pipelines(SHOP, 1).items().getFirst();
    assertThat(pipeline.status()).isEqualTo(Pipeline.Status.SUCCESS);
    var release = client.release(pipeline.release().orElseThrow());
    assertThat(release.version()).isEqualTo("r1");
    assertThat(release.components()).hasSize(1);
    var staging = client.environment(SHOP, "staging");
    assertThat(staging.live()).hasSize(1);
    assertThat(staging.live().getFirst().release().orElseThrow().version()).isEqualTo("r1");
  }

  @Test
  @Order(2)
  void the_log_of_a_job_is_read_whole_in_parts_and_as_it_came() throws Exception {
    var job = client.jobs(client.pipelines(SHOP, 1).items().getFirst().id()).getFirst();
    var whole = client.jobLog(job.id(), 0);
    assertThat(whole.text()).contains("building é");
    assertThat(client.jobLog(job.id(), 10).text())
        .isEqualTo(
            new String(
                bytes(whole.text()),
                10,
                bytes(whole.text()).length - 10,
                java.nio.charset.StandardCharsets.UTF_8));
    var followed = new StringBuilder();
    try (var log = client.followJobLog(job.id(), 0)) {
      for (var part = log.next(); part.isPresent(); part = log.next()) {
        assertThat(part.get().from()).isEqualTo(bytes(followed.toString()).length);
        followed.append(part.get().text());
      }
      assertThat(log.last()).contains(Long.toString(whole.to()));
    }
    assertThat(followed.toString()).isEqualTo(whole.text());
    var path = "/api/v1/jobs/" + job.id() + "/log";
    var range =
        server.send(
            "GET", path, "", "Authorization", "Bearer " + server.token(), "Range", "bytes=2-5");
    assertThat(range.statusCode()).isEqualTo(206);
    assertThat(range.body()).isEqualTo(whole.text().substring(2, 6));
    assertThat(range.headers().firstValue("Content-Range")).contains("bytes 2-5/" + whole.to());
    var beyond =
        server.send(
            "GET",
            path,
            "",
            "Authorization",
            "Bearer " + server.token(),
            "Range",
            "bytes=" + whole.to() + "-");
    assertThat(beyond.statusCode()).isEqualTo(416);
  }

  @Test
  @Order(2)
  void what_a_job_left_is_downloaded_whole_and_by_file() throws Exception {
    var job = client.jobs(client.pipelines(SHOP, 1).items().getFirst().id()).getFirst();
    var zip = data.resolve("artifacts.zip");
    client.saveArtifacts(job.id(), zip);
    try (var opened = new ZipFile(zip.toFile());
        var page = opened.getInputStream(opened.getEntry("build/site/page.html"))) {
      assertThat(opened.stream().map(ZipEntry::getName)).containsExactly("build/site/page.html");
      assertThat(page.readAllBytes()).isEqualTo(bytes("first\n"));
    }
    var one = data.resolve("page.html");
    client.saveArtifact(job.id(), "build/site/page.html", one);
    assertThat(one).hasContent("first");
    assertThatThrownBy(() -> client.saveArtifact(job.id(), "../../admin-token", one))
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("artifact `../../admin-token`");
    var answer =
        server.send(
            "GET",
            "/api/v1/jobs/%d/artifacts/file?path=build/site/page.html".formatted(job.id()),
            "",
            "Authorization",
            "Bearer " + server.token());
    // A page that a job wrote is never shown as one of ours.
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/octet-stream");
    assertThat(answer.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"page.html\"");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  @Order(3)
  void production_is_previewed_asked_for_once_approved_and_done() throws Exception {
    var wish = wish("production");
    var plan = client.plan(wish);
    assertThat(plan.approvals()).isEqualTo(1);
    assertThat(plan.targets()).hasSize(1);
    assertThat(plan.steps()).isNotEmpty();
    var exactly =
        new Deploy.Request(
            SHOP,
            "production",
            Optional.of(1L),
            Optional.empty(),
            Optional.of(plan.hash()),
            Optional.of("first"));
    var deploy = client.deploy(exactly, "key-1");
    assertThat(client.deploy(exactly, "key-1").id()).isEqualTo(deploy.id());
    assertThat(deploy.gates()).extracting(Deploy.Gate::name).contains("approval");

    assertThatThrownBy(() -> client.approve(deploy.id(), "sha256:" + "0".repeat(64)))
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> {
              assertThat(e.status()).isEqualTo(409);
              assertThat(e.failure().code()).isEqualTo("plan_moved");
            });
    client.approve(deploy.id(), plan.hash());
    var done = ended(deploy.id());
    assertThat(done.deploy().state()).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(done.deploy().approvedBy()).containsExactly("root");
    assertThat(done.steps())
        .extracting(Deploy.StepStatus::state)
        .containsOnly(Deploy.StepState.APPLIED);
    assertThat(done.events()).extracting(Deploy.Event::kind).contains("approved", "verified");
    // The answer was lost and the request comes again: by now its plan is what runs already.
    assertThat(client.deploy(exactly, "key-1").id()).isEqualTo(deploy.id());
    assertThatThrownBy(() -> client.deploy(exactly, "key-2"))
        .isInstanceOfSatisfying(
            RequestFailed.class, e -> assertThat(e.failure().code()).isEqualTo("plan_moved"));
  }

  @Test
  @Order(4)
  void what_really_runs_is_asked_of_the_targets() throws Exception {
    var seen = client.observe(SHOP, "production");
    assertThat(seen.targets()).hasSize(1);
    assertThat(seen.targets().getFirst().problem()).isEmpty();
    assertThat(seen.targets().getFirst().drifted()).isFalse();
    assertThat(seen.targets().getFirst().instances()).hasSize(1);
  }

  @Test
  @Order(5)
  void a_push_is_fetched_and_an_environment_goes_back() throws Exception {
    try (var events = client.events(Watch.environment(SHOP, "staging"))) {
      repository.write("page.html", "second\n").commit("Another page");
      assertThat(client.sync(SHOP).pipelines()).hasSize(1);
      while (!ends(events.next().orElseThrow(), "staging")) {
        // Until the second release is there.
      }
    }
    assertThat(live("staging")).isEqualTo("r2");
    var ways = client.waysBack(SHOP, "staging", true);
    assertThat(ways).hasSize(2);
    assertThat(ways.getFirst().possible()).isFalse();
    assertThat(ways.getLast().possible()).isTrue();
    var back =
        client.goBack(
            SHOP, "staging", new Environment.GoBack(Optional.empty(), Optional.of("worse")));
    assertThat(back.kind()).isEqualTo(Deploy.Kind.ROLLBACK);
    assertThat(ended(back.id()).deploy().state()).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(live("staging")).isEqualTo("r1");
  }

  @Test
  @Order(6)
  void a_pipeline_file_with_mistakes_is_refused_with_each_of_them() throws Exception {
    repository.run("checkout", "-q", "-b", "broken");
    repository.write(".gitlab-ci.yml", "build:\n  scriptt: echo\n  stage: nope\n").commit("Oops");
    client.sync(SHOP);
    assertThatThrownBy(() ->
            client.runPipeline(
                SHOP, new Pipeline.Run(Optional.of("broken"), Optional.empty(), Optional.empty())))
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> {
              assertThat(e.status()).isEqualTo(422);
              assertThat(e.failure().problems())
                  .hasSizeGreaterThanOrEqualTo(2)
                  .allSatisfy(p -> {
                    assertThat(p.file()).contains(".gitlab-ci.yml");
                    assertThat(p.line()).isPositive();
                    assertThat(p.column()).isPositive();
                  });
            });
  }

  @Test
  @Order(7)
  void an_environment_is_taken_down() throws Exception {
    var stop = client.stop(SHOP, "staging", new Environment.Stop(Optional.empty()));
    assertThat(ended(stop.id()).deploy().state()).isEqualTo(Deploy.State.SUCCEEDED);
    assertThat(client.environment(SHOP, "staging").state()).isEqualTo(Environment.State.STOPPED);
  }

  @Test
  @Order(8)
  void what_is_not_possible_as_things_are_is_refused_with_a_reason() {
    var deploy = deploys().getFirst();
    assertThatThrownBy(() -> client.pause(deploy.id()))
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.status()).isEqualTo(409));
    assertThatThrownBy(() -> client.addProject(new Project.Add(SHOP, "/nowhere", Optional.empty())))
        .isInstanceOfSatisfying(
            RequestFailed.class, e -> assertThat(e.failure().code()).isEqualTo("project_exists"));
  }

  @Test
  @Order(9)
  void everything_is_in_the_ledger_and_it_holds_together() throws Exception {
    var check = client.checkLedger();
    assertThat(check.intact()).isTrue();
    assertThat(check.streams())
        .extracting(s -> s.stream())
        .contains("instance", "shop", "shop/staging", "shop/production");
    var records = client.ledger("shop/production", 1).items();
    assertThat(records).extracting(r -> r.kind()).anyMatch(k -> k.contains("approved"));
    assertThat(records).extracting(r -> r.sequence()).startsWith(1L, 2L);
  }

  @Test
  @Order(10)
  void real_answers_are_as_described() throws Exception {
    var deploy = deploys().getFirst().id();
    var pipeline = client.pipelines(SHOP, 1).items().getLast().id();
    var job = client.jobs(pipeline).getFirst().id();
    check("/healthz");
    check("/readyz");
    check("/api/v1/projects");
    check("/api/v1/projects/{project}", SHOP);
    check("/api/v1/projects/{project}", "nope");
    check("/api/v1/projects/{project}/pipelines", SHOP);
    check("/api/v1/pipelines/{pipeline}", pipeline);
    check("/api/v1/pipelines/{pipeline}", 4711);
    check("/api/v1/pipelines/{pipeline}/jobs", pipeline);
    check("/api/v1/jobs/{job}", job);
    check("/api/v1/jobs/{job}/log", job);
    check("/api/v1/projects/{project}/releases", SHOP);
    check("/api/v1/releases/{release}", 1);
    check("/api/v1/projects/{project}/environments", SHOP);
    check("/api/v1/projects/{project}/environments/{environment}", SHOP, "production");
    check("/api/v1/projects/{project}/environments/{environment}", SHOP, "review%2Fx");
    check("/api/v1/projects/{project}/environments/{environment}/observation", SHOP, "production");
    check("/api/v1/projects/{project}/environments/{environment}/ways-back", SHOP, "staging");
    check("/api/v1/deploys/{deploy}", deploy);
    check("/api/v1/deploys/{deploy}/events", deploy);
    check("/api/v1/deploys/{deploy}/log", deploy);
    check("/api/v1/ledger/check");
    check("/api/v1/tokens");
    check("/api/v1/openapi.json");
    described.check(
        "GET", "/api/v1/deploys", server.sendAsRoot("GET", "/api/v1/deploys?project=shop", ""));
    described.check(
        "GET", "/api/v1/ledger", server.sendAsRoot("GET", "/api/v1/ledger?stream=shop", ""));
    checkPost(
        "/api/v1/plans", "{\"project\":\"shop\",\"environment\":\"production\",\"release\":2}");
    checkPost("/api/v1/plans", "{\"project\":\"shop\",\"environment\":\"nope\"}");
    checkPost("/api/v1/plans", "{\"project\":\"shop\"}");
    checkPost("/api/v1/tokens", "{\"name\":\"ci\"}");
    checkPost("/api/v1/lint", "{\"files\":{\"fleetwright.yml\":\"nope: 1\"}}");
    checkPost("/api/v1/login-links", "");
    checkPost(
        "/api/v1/deploys", "{\"project\":\"shop\",\"environment\":\"production\",\"release\":2}");
  }

  @Test
  @Order(11)
  void what_moved_is_counted() throws Exception {
    var metrics = server.sendAsRoot("GET", "/metrics", "").body();
    assertThat(metrics)
        .contains("fleetwright_deploys{state=\"waiting\"}")
        .contains("fleetwright_deploy_step_seconds_count{event=\"step_applied\"}")
        .contains("http_server_requests_seconds_count")
        .contains("uri=\"/api/v1/deploys/{deploy}\"")
        .contains("fleetwright_leases_environment_total{outcome=\"claimed\"}")
        .doesNotContain(server.token(), "staging");
  }

  private static void check(String path, Object... values) throws Exception {
    var concrete = path;
    for (var value : values) {
      concrete = concrete.replaceFirst("\\{[^}]*}", value.toString());
    }
    described.check("GET", path, server.sendAsRoot("GET", concrete, ""));
  }

  private static void checkPost(String path, String body) throws Exception {
    described.check("POST", path, server.sendAsRoot("POST", path, body));
  }

  private static Deploy.Request wish(String environment) {
    return new Deploy.Request(
        SHOP, environment, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static java.util.List<Deploy> deploys() {
    try {
      return client.deploys(SHOP, Optional.of("staging"), 1).items();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String live(String environment) throws InterruptedException {
    return client
        .environment(SHOP, environment)
        .live()
        .getFirst()
        .release()
        .orElseThrow()
        .version();
  }

  /// Wait for the end of a deploy, as a client does: watch, and look when something moves.
  private static Deploy.Detail ended(long id) throws InterruptedException {
    try (var events = client.events(Watch.deploy(id), 0)) {
      var detail = client.deploy(id);
      while (!detail.deploy().state().finished()) {
        events.next();
        detail = client.deploy(id);
      }
      return detail;
    }
  }

  private static boolean ends(FeedEvent event, String environment) {
    return event.topic().equals("deploy")
        && environment.equals(event.keys().get("environment"))
        && "succeeded".equals(event.keys().get("state"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
