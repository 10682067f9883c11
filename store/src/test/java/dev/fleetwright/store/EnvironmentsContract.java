package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.FreezeWindow;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Promotion;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.target.TargetBinding;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.environment.Environments] promises.
abstract class EnvironmentsContract extends StoreContract {

  private static final Policy POLICY =
      new Policy(
          new Gating(
              new Approvals(2, new TreeSet<>(List.of("anna", "ben")), true),
              Duration.ofHours(2),
              List.of(
                  new FreezeWindow(
                      "weekend", "0 16 * * 5", "0 8 * * 1", ZoneId.of("Europe/Amsterdam"))),
              new TreeSet<>(List.of("load-test")),
              new TreeSet<>(List.of("security/scan"))),
          new Promotion(Optional.of("main"), Optional.of(new EnvironmentName("staging")), true),
          QueueMode.NEWEST_READY_FIRST,
          Set.of(Idleness.PAUSE),
          new RollbackTriggers(false, true, true, Duration.ofMinutes(3)),
          new Strategy.Canary(
              List.of(
                  new Strategy.Stage.Weight(10),
                  new Strategy.Stage.Pause(Optional.of(Duration.ofMinutes(5))),
                  new Strategy.Stage.Weight(50),
                  new Strategy.Stage.Analyse(
                      new HttpProbe(
                          new HttpProbe.Where.Component("web", "/healthz"),
                          Duration.ofSeconds(10),
                          Duration.ofMinutes(5),
                          200,
                          299,
                          Optional.of(new HttpProbe.Json("/status", "ok")),
                          Duration.ofSeconds(2),
                          1)),
                  new Strategy.Stage.Analyse(
                      new HttpProbe(
                          new HttpProbe.Where.Address(URI.create("https://shop.example/")),
                          Duration.ofSeconds(10),
                          Duration.ofMinutes(5),
                          200,
                          200,
                          Optional.empty(),
                          Duration.ofSeconds(2),
                          0)),
                  new Strategy.Stage.Pause(Optional.empty()))),
          List.of("web", "worker"),
          new TreeMap<>(Map.of("GREETING", "hello \"you\"")));

  private Environment define(
      String name, Tier tier, Optional<String> url, Policy policy, TargetBinding... targets) {
    return database
        .environments()
        .define(
            Shop.NAME,
            new EnvironmentName(name),
            tier,
            url,
            policy,
            List.of(targets),
            Shop.ANNA,
            Shop.NOON);
  }

  @Test
  void what_is_defined_is_found_as_it_was_defined() {
    var url = Optional.of("https://shop.example");

    var made = define("production", Tier.PRODUCTION, url, POLICY, Shop.binding("edge"));

    assertThat(made.state()).isEqualTo(EnvironmentState.AVAILABLE);
    assertThat(made.slug().value()).isEqualTo("production");
    assertThat(made.tier()).isEqualTo(Tier.PRODUCTION);
    assertThat(made.url()).isEqualTo(url);
    assertThat(made.policy()).isEqualTo(POLICY);
    assertThat(made.targets()).containsExactly(Shop.binding("edge"));
    assertThat(made.autoStopAt()).isEmpty();
    assertThat(made.createdAt()).isEqualTo(Shop.NOON);
    assertThat(database.environments().find(made.id())).contains(made);
    assertThat(database.environments().find(Shop.NAME, made.name())).contains(made);
    assertThat(database.environments().live(made.id())).isEmpty();
  }

  @Test
  void defining_again_changes_all_but_slug_and_tier_and_says_so_once() {
    var made = define("review/x", Tier.DEVELOPMENT, Optional.empty(), Policy.NONE);

    var changed =
        define("review/x", Tier.PRODUCTION, Optional.empty(), POLICY, Shop.binding("edge"));
    var same = define("review/x", Tier.PRODUCTION, Optional.empty(), POLICY, Shop.binding("edge"));

    assertThat(changed.id()).isEqualTo(made.id());
    assertThat(changed.slug()).isEqualTo(made.slug());
    assertThat(changed.tier()).isEqualTo(Tier.DEVELOPMENT);
    assertThat(changed.policy()).isEqualTo(POLICY);
    assertThat(same).isEqualTo(changed);
    assertThat(database.ledger().read("shop/review/x", 1, 10))
        .extracting(kept -> kept.content().kind())
        .containsExactly("environment.added", "environment.changed");
  }

  @Test
  void many_who_define_the_same_at_once_make_one() throws Exception {
    var made =
        DeploysContract.atOnce(
            6, 30, () -> define("staging", Tier.STAGING, Optional.empty(), POLICY).id());

    assertThat(made.stream().distinct()).hasSize(1);
    assertThat(database.ledger().read("shop/staging", 1, 10)).hasSize(1);
  }

  @Test
  void two_names_of_one_slug_cannot_both_be_there() {
    define("web", Tier.OTHER, Optional.empty(), Policy.NONE);

    assertThatThrownBy(() -> define("web-", Tier.OTHER, Optional.empty(), Policy.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the slug `web`");
    assertThat(database.environments().of(Shop.NAME)).hasSize(1);
  }

  @Test
  void they_are_listed_by_name() {
    for (var name : List.of("staging", "production", "review/b", "review/a")) {
      define(name, Tier.OTHER, Optional.empty(), Policy.NONE);
    }

    assertThat(database.environments().of(Shop.NAME))
        .extracting(environment -> environment.name().value())
        .containsExactly("production", "review/a", "review/b", "staging");
  }
}
