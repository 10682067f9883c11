package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.environment.Alarm;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.environment.Alarms] promises.
abstract class AlarmsContract extends StoreContract {

  @Test
  void an_alarm_fires_until_it_is_cleared_and_the_next_time_is_another_one() {
    var production = shop.environment("production", "here");
    var alarms = database.alarms();
    var first = alarms.raise(production.id(), "errors", "7 %", Shop.ANNA, Shop.NOON);
    assertThat(first)
        .isEqualTo(new Alarm(first.id(), production.id(), "errors", "7 %", "anna", Shop.NOON));
    assertThat(alarms.raise(production.id(), "errors", "9 %", Shop.ANNA, Shop.NOON.plusSeconds(60)))
        .as("told again")
        .isEqualTo(first);
    var other = alarms.raise(production.id(), "latency", "", Shop.ANNA, Shop.NOON);

    reopen();
    assertThat(database.alarms().firing(production.id())).containsExactly(first, other);
    assertThat(database.alarms().firing()).containsExactly(first, other);
    assertThat(database.alarms().clear(production.id(), "errors", Shop.ANNA, Shop.NOON)).isTrue();
    assertThat(database.alarms().clear(production.id(), "errors", Shop.ANNA, Shop.NOON)).isFalse();
    assertThat(database.alarms().firing(production.id())).containsExactly(other);

    var second = database.alarms().raise(production.id(), "errors", "again", Shop.ANNA, Shop.NOON);
    assertThat(second.id()).isGreaterThan(first.id());
    assertThat(database.ledger().read(production.stream(), 1, 100))
        .extracting(kept -> kept.content().kind())
        .containsExactly(
            "environment.added", "alarm.raised", "alarm.raised", "alarm.cleared", "alarm.raised");
  }
}
