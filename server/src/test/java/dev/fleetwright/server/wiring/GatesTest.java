package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Status;
import dev.fleetwright.api.Token;
import dev.fleetwright.api.Watch;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a deploy waits for, from `fleetwright.yml` to the API, with three people. One story, told
/// in order.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(120)
class GatesTest {

  private static final String SHOP = "shop";
  private static final Optional<String> NO_REASON = Optional.empty();

  @TempDir static Path data;
  private static GitFolder repository;
  private static ServerUnderTest server;
  private static FleetwrightClient root;
  private static FleetwrightClient ann;
  private static FleetwrightClient ben;
  private static long deploy;

  @BeforeAll
  static void start() throws Exception {
    repository = GitFolder.of(data.resolve("repository"));
    rules(
        """
        approvals: { required: 1, by: [ann, root] }
        freeze:
          - { name: all year, from: "0 0 1 1 *", to: "0 12 31 12 *", zone: Europe/Amsterdam }
          - { name: all year, from: "0 0 31 12 *", to: "0 0 2 1 *", zone: Europe/Amsterdam }
        gates: [load-test]
        statuses: [security/scan]
        queue: oldest_first
        """);
    server = ServerUnderTest.first(data.resolve("server"));
    root = server.client();
    ann = person("ann");
    ben = person("ben");
    var _ =
        root.addProject(new Project.Add(SHOP, repository.folder().toString(), Optional.empty()));
    await("staging", Deploy.State.SUCCEEDED);
  }

  @AfterAll
  static void stop() {
    root.close();
    ann.close();
    ben.close();
    server.close();
  }

  @Test
  @Order(1)
  void each_closed_gate_has_a_reason_and_what_would_open_it() throws Exception {
    var later = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
    var wish =
        new Deploy.Request(
            SHOP,
            "production",
            Optional.of(1L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("the winter sale"),
            Optional.of(later));
    deploy = root.deploy(wish, "sale").id();
    var gates = awaitGates("load-test").gates();

    assertThat(gates)
        .extracting(Deploy.Gate::name)
        .containsExactly("approval", "schedule", "freeze", "status:security/scan", "load-test");
    assertThat(gates.getFirst().endedBy()).isEqualTo("one more approval, of ann");
    assertThat(gates.get(1).opensAt()).contains(later);
    assertThat(gates.get(2).reason())
        .startsWith("nothing new is deployed to `production` until ")
        .contains("(Europe/Amsterdam): `all year`");
    assertThat(gates.get(2).opensAt()).isPresent();
  }

  @Test
  @Order(2)
  void a_newer_deploy_sees_who_is_ahead_and_why() throws Exception {
    var newer = root.deploy(wish(1), "second").id();
    assertThat(root.deploy(newer).deploy().gates())
        .filteredOn(g -> g.name().equals("queue"))
        .extracting(Deploy.Gate::reason)
        .containsExactly("deploy #2 is older and has not ended (queue: oldest_first)");
    var _ = root.cancel(newer);
  }

  @Test
  @Order(3)
  void an_approval_is_refused_with_who_may_give_it() throws Exception {
    var plan = root.deploy(deploy).deploy().planHash().orElseThrow();
    refused(
        () -> root.approve(deploy, plan),
        "may_not_approve",
        "`root` asked for this deploy, and needs the word of another for `production`",
        "ask ann; ");
    refused(
        () -> ben.approve(deploy, plan),
        "may_not_approve",
        "`ben` is not among those whose approval counts for `production`",
        "ask ann");
    assertThat(ann.approve(deploy, plan).approvedBy()).containsExactly("ann");
  }

  @Test
  @Order(4)
  void a_rule_is_overridden_by_who_may_approve_and_with_a_reason() throws Exception {
    refused(
        () -> ann.decideGate(deploy, "freeze", opened(NO_REASON)),
        "reason_missing",
        "gate `freeze` is opened only with a reason, which is kept",
        "say why");
    refused(
        () -> ben.decideGate(deploy, "freeze", opened(Optional.of("please"))),
        "may_not_approve",
        "`ben` is not among",
        "ask ann");
    refused(
        () -> ann.decideGate(deploy, "freze", opened(Optional.of("?"))),
        "no_such_gate",
        "`production` has no gate `freze`",
        "its gates are freeze, load-test, schedule, status:security/scan");
    refused(
        () -> ann.decideGate(deploy, "queue", opened(Optional.of("?"))),
        "gate_stays",
        "gate `queue` is not opened by hand",
        "cancel the deploy that is ahead");

    var decision = opened(Optional.of("the shop is down"));
    ann.decideGate(deploy, "freeze", decision);
    // Said again, as a client does whose answer was lost: it stays one decision.
    ann.decideGate(deploy, "freeze", decision);
    assertThat(ann.deploy(deploy).events())
        .filteredOn(event -> event.kind().equals("gate_decided"))
        .hasSize(1);
    ann.decideGate(deploy, "schedule", opened(Optional.of("now")));
    var record =
        root.ledger("shop/production", 1).items().stream()
            .filter(r -> r.kind().equals("deploy.gate_decided"))
            .findFirst()
            .orElseThrow();
    assertThat(record.actor()).isEqualTo("ann");
    assertThat(record.facts().values().toString()).contains("freeze").contains("the shop is down");
  }

  @Test
  @Order(5)
  void an_outside_gate_is_opened_by_any_token_and_then_the_deploy_goes_on() throws Exception {
    var sha = root.deploy(deploy).deploy().release().orElseThrow().sha();
    assertThat(root.deploy(deploy).deploy().gates())
        .extracting(Deploy.Gate::reason)
        .contains(
            "status `security/scan` of commit %s was not reported yet"
                .formatted(sha.substring(0, 8)));
    var _ =
        ben.report(
            SHOP,
            sha,
            new Status.Report("security/scan", Status.State.SUCCESS, NO_REASON, NO_REASON));
    ben.decideGate(deploy, "load-test", new Deploy.DecideGate(false, Optional.of("p99 is 3 s")));
    var _ =
        awaiting(
            d -> d.gates().stream().anyMatch(g -> g.reason().equals("closed by ben: p99 is 3 s")));
    ben.decideGate(deploy, "load-test", opened(NO_REASON));

    await("production", Deploy.State.SUCCEEDED);
    refused(
        () -> ann.decideGate(deploy, "freeze", opened(Optional.of("late"))),
        "wrong_state",
        "a deploy that is succeeded cannot be let through",
        "");
  }

  /// Two wait at the same gate; when one has brought its release, the other's plan is no longer
  /// what would happen, and what was approved is gone with it.
  @Test
  @Order(6)
  void an_approval_is_void_when_the_plan_changes() throws Exception {
    repository.write("page.html", "second\n");
    rules("approvals: { required: 1, by: [ann] }\ngates: [load-test]\n");
    var _ = root.sync(SHOP);
    awaitVersion("staging", "r2");
    var other = root.deploy(wish(2), "other").id();
    deploy = root.deploy(wish(2), "void").id();
    var seen = awaitGates("load-test").planHash().orElseThrow();
    assertThat(ann.approve(deploy, seen).approvedBy()).containsExactly("ann");
    assertThat(ann.approve(other, seen).approvedBy()).containsExactly("ann");

    var _ = ben.decideGate(other, "load-test", opened(NO_REASON));
    awaitEnd(other);
    var _ = ben.decideGate(deploy, "load-test", opened(NO_REASON));
    var now = awaitGates("approval");

    assertThat(now.planHash()).get().isNotEqualTo(seen);
    assertThat(now.approvedBy()).isEmpty();
    refused(
        () -> ann.approve(deploy, seen),
        "plan_moved",
        "the deploy has a new plan since you looked",
        "look at the new plan");
    var _ = ann.approve(deploy, now.planHash().orElseThrow());
    awaitEnd(deploy);
  }

  private static Deploy.DecideGate opened(Optional<String> reason) {
    return new Deploy.DecideGate(true, reason);
  }

  private static Deploy.Request wish(long release) {
    return new Deploy.Request(
        SHOP, "production", Optional.of(release), NO_REASON, NO_REASON, NO_REASON);
  }

  private static void refused(ThrowingCallable call, String code, String message, String remedy) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> {
              assertThat(e.status()).isEqualTo(409);
              assertThat(e.failure().code()).isEqualTo(code);
              assertThat(e.failure().message()).startsWith(message);
              assertThat(e.failure().remedy()).startsWith(remedy);
            });
  }

  private static FleetwrightClient person(String name) throws InterruptedException {
    return new FleetwrightClient(server.uri(), root.makeToken(new Token.Make(name)).secret());
  }

  private static void rules(String production) throws Exception {
    repository.write(
        "fleetwright.yml",
        """
        project: shop
        targets:
          here: { local: {} }
        release:
          site: { files: build/site/ }
        environments:
          staging: { target: here, auto: main }
          production:
            target: here
            after: staging
        """
            + production.indent(4));
    repository.commit("Say what production waits for");
  }

  /// The deploy as soon as this gate is among those that it waits for.
  private static Deploy awaitGates(String name) throws Exception {
    return awaiting(d -> d.gates().stream().anyMatch(g -> g.name().equals(name)));
  }

  private static Deploy awaiting(Predicate<Deploy> wanted) throws Exception {
    try (var events = root.events(Watch.deploy(deploy), 0)) {
      while (true) {
        var now = root.deploy(deploy).deploy();
        if (wanted.test(now)) {
          return now;
        }
        assertThat(now.state().finished()).as("it has ended: %s", now).isFalse();
        var _ = events.next();
      }
    }
  }

  private static void awaitEnd(long id) throws Exception {
    try (var events = root.events(Watch.deploy(id), 0)) {
      while (!root.deploy(id).deploy().state().finished()) {
        var _ = events.next();
      }
    }
    assertThat(root.deploy(id).deploy().state()).isEqualTo(Deploy.State.SUCCEEDED);
  }

  private static void awaitVersion(String environment, String version) throws Exception {
    try (var events = root.events(Watch.project(SHOP), 0)) {
      while (root.environment(SHOP, environment).live().stream()
          .flatMap(l -> l.release().stream())
          .noneMatch(r -> r.version().equals(version))) {
        var _ = events.next();
      }
    }
  }

  private static void await(String environment, Deploy.State state) throws Exception {
    try (var events = root.events(Watch.project(SHOP), 0)) {
      while (root.deploys(SHOP, Optional.empty(), 1).items().stream()
          .noneMatch(d -> d.environment().equals(environment) && d.state() == state)) {
        var _ = events.next();
      }
    }
  }
}
