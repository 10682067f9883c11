package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.Leases;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.testkit.simulation.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The store that simulations run on answers as this one does: random things are done to both, and
/// every answer and everything that can be read afterwards is compared.
class MemoryStoreTest {

  private static final Databases DATABASES = new SqliteDatabases();
  private static final Duration LONG = Duration.ofMinutes(5);

  @AfterAll
  static void dropDatabases() {
    DATABASES.close();
  }

  /// The ports of one of the two.
  private record Ports(
      Deploys deploys, Environments environments, Leases leases, Ledger ledger, Feed feed) {}

  /// A record or an entry, without what only the SQL store knows: all facts of an event.
  private record Told(String what, Optional<String> deploy, Optional<String> state) {
    static Told of(String what, Map<String, String> facts) {
      return new Told(
          what, Optional.ofNullable(facts.get("deploy")), Optional.ofNullable(facts.get("state")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void answers_as_the_sql_store_does(int seed) {
    try (var database = DATABASES.fresh()) {
      var shop = new Shop(database);
      var sql =
          new Ports(
              database.deploys(),
              database.environments(),
              database.environmentLeases(),
              database.ledger(),
              database.feed());
      var nanos = new long[1];
      var store = new MemoryStore(() -> nanos[0] += 1_000_000, () -> "test");
      var memory =
          new Ports(
              store.deploys(), store.environments(), store.leases(), store.ledger(), store.feed());
      var environments = new ArrayList<Environment>();
      for (var name : List.of("review", "production")) {
        var environment = shop.environment(name, "here", "edge");
        environments.add(environment);
        assertThat(
                store
                    .environments()
                    .define(
                        Shop.NAME,
                        environment.name(),
                        environment.tier(),
                        environment.url(),
                        environment.policy(),
                        environment.targets(),
                        Shop.ANNA,
                        Shop.NOON))
            .isEqualTo(environment);
      }
      var release = shop.release();
      var random = new Random(seed);
      var leases = new ArrayList<Lease>();
      for (var i = 0; i < 150; i++) {
        var environment = environments.get(random.nextInt(environments.size()));
        switch (random.nextInt(8)) {
          case 0 -> {
            var request = request(random, environment, release.id());
            same(p -> p.deploys().add(request, Shop.ANNA, Shop.NOON), sql, memory);
          }
          case 1 -> {
            // Some are over at once, so that others take them over.
            var life = random.nextInt(3) == 0 ? Duration.ZERO : LONG;
            var claimed = same(p -> p.leases().claim("one", life), sql, memory);
            claimed.ifPresent(leases::add);
          }
          case 2 -> {
            if (!leases.isEmpty()) {
              var lease = leases.get(random.nextInt(leases.size()));
              var _ = same(p -> p.leases().renew(lease, LONG), sql, memory);
              var _ = same(p -> p.leases().tries(lease), sql, memory);
              if (random.nextBoolean()) {
                sql.leases().suspect(lease, 7);
                memory.leases().suspect(lease, 7);
              }
            }
          }
          case 3 -> {
            if (!leases.isEmpty()) {
              var lease = leases.get(random.nextInt(leases.size()));
              var rest = random.nextBoolean() ? Duration.ZERO : LONG;
              if (random.nextInt(3) == 0) {
                sql.leases().failed(lease, rest);
                memory.leases().failed(lease, rest);
              } else {
                sql.leases().release(lease, rest);
                memory.leases().release(lease, rest);
              }
            }
          }
          default -> append(random, environment, leases, release.id(), sql, memory);
        }
      }
      compare(environments, sql, memory);
    }
  }

  private static DeployRequest request(Random random, Environment environment, long release) {
    var request =
        switch (random.nextInt(4)) {
          case 0 -> DeployRequest.stop(environment.id());
          case 1 ->
              DeployRequest.start(environment.id(), release)
                  .by(Shop.plan(environment, Optional.empty(), 1));
          default -> DeployRequest.start(environment.id(), release);
        };
    return random.nextBoolean() ? request.once("key-" + random.nextInt(4)) : request;
  }

  private static void append(
      Random random,
      Environment environment,
      List<Lease> leases,
      long release,
      Ports sql,
      Ports memory) {
    var unfinished = same(p -> p.deploys().unfinished(environment.id()), sql, memory);
    if (unfinished.isEmpty()) {
      return;
    }
    var view = unfinished.get(random.nextInt(unfinished.size()));
    var event =
        new RandomEvents(
                random.nextLong(),
                Shop.plan(environment, Optional.empty(), random.nextInt(2)),
                Shop.plan(environment, Optional.empty(), 0))
            .next();
    var expected = view.sequence() - (random.nextInt(6) == 0 ? 1 : 0);
    var lease =
        leases.stream()
            .filter(_ -> random.nextInt(3) == 0)
            .filter(l -> l.id() == environment.id())
            .findFirst();
    var _ =
        same(
            p ->
                p.deploys()
                    .append(view.deploy().id(), expected, event, Actor.ENGINE, Shop.NOON, lease),
            sql,
            memory);
    var _ = same(p -> p.deploys().lastSucceeded(environment.id()), sql, memory);
    var _ = same(p -> p.deploys().lastSucceeded(environment.id(), release), sql, memory);
  }

  private interface Question<T> {
    T ask(Ports ports);
  }

  private static <T> T same(Question<T> question, Ports sql, Ports memory) {
    var answer = question.ask(sql);
    assertThat(question.ask(memory)).isEqualTo(answer);
    return answer;
  }

  private static void compare(List<Environment> environments, Ports sql, Ports memory) {
    for (var environment : environments) {
      var id = environment.id();
      var deploys = same(p -> p.deploys().of(id, 1000, 0), sql, memory);
      assertThat(deploys).isNotEmpty();
      for (var view : deploys) {
        var _ = same(p -> p.deploys().find(view.deploy().id()), sql, memory);
        var _ = same(p -> p.deploys().events(view.deploy().id()), sql, memory);
      }
      var _ = same(p -> p.environments().find(id), sql, memory);
      var _ = same(p -> p.environments().live(id), sql, memory);
      assertThat(memory.ledger().fault(environment.stream())).isEmpty();
      var _ =
          same(
              p ->
                  p.ledger().read(environment.stream(), 1, 10_000).stream()
                      .map(r -> Told.of(r.content().kind(), r.content().facts()))
                      .toList(),
              sql,
              memory);
    }
    var _ =
        same(
            p ->
                p.feed().after(0, 10_000).stream()
                    .filter(e -> e.topic().equals("deploy") || e.topic().equals("environment"))
                    .map(e -> Told.of(e.topic() + " " + e.keys().get("event"), e.keys()))
                    .toList(),
            sql,
            memory);
  }
}
