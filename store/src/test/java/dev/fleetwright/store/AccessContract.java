package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Sessions.Session;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.secret.SealedValues.Name;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.access.Sessions] and [dev.fleetwright.core.secret.SealedValues]
/// promise.
abstract class AccessContract extends StoreContract {

  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final Digest TOKEN = digest("token");

  @Test
  void a_session_is_found_by_its_id_also_after_a_restart() {
    var session = new Session(digest("cookie"), TOKEN, NOON, NOON);
    database.sessions().add(session, Instant.EPOCH, Instant.EPOCH);
    reopen();
    assertThat(database.sessions().find(session.id())).contains(session);
    assertThat(database.sessions().find(digest("other"))).isEmpty();
  }

  @Test
  void it_is_noted_when_a_session_was_seen() {
    var session = new Session(digest("cookie"), TOKEN, NOON, NOON);
    database.sessions().add(session, Instant.EPOCH, Instant.EPOCH);
    database.sessions().seen(session.id(), NOON.plusSeconds(90));
    assertThat(database.sessions().find(session.id()).orElseThrow())
        .isEqualTo(new Session(session.id(), TOKEN, NOON, NOON.plusSeconds(90)));
  }

  @Test
  void a_removed_session_is_gone_and_removing_it_twice_is_removing_it_once() {
    var session = new Session(digest("cookie"), TOKEN, NOON, NOON);
    database.sessions().add(session, Instant.EPOCH, Instant.EPOCH);
    database.sessions().remove(session.id());
    database.sessions().remove(session.id());
    database.sessions().seen(session.id(), NOON);
    assertThat(database.sessions().find(session.id())).isEmpty();
  }

  @Test
  void a_new_session_takes_the_place_of_those_that_are_over() {
    var idle = new Session(digest("idle"), TOKEN, NOON, NOON);
    var old =
        new Session(digest("old"), TOKEN, NOON.minus(Duration.ofDays(9)), NOON.plusSeconds(9));
    var busy = new Session(digest("busy"), TOKEN, NOON, NOON.plusSeconds(9));
    for (var session : new Session[] {idle, old, busy}) {
      database.sessions().add(session, Instant.EPOCH, Instant.EPOCH);
    }
    var fresh = new Session(digest("fresh"), TOKEN, NOON.plusSeconds(10), NOON.plusSeconds(10));
    database.sessions().add(fresh, NOON.plusSeconds(1), NOON.minus(Duration.ofDays(7)));
    assertThat(database.sessions().find(idle.id())).isEmpty();
    assertThat(database.sessions().find(old.id())).isEmpty();
    assertThat(database.sessions().find(busy.id())).contains(busy);
    assertThat(database.sessions().find(fresh.id())).contains(fresh);
  }

  @Test
  void a_sealed_value_is_kept_and_a_newer_one_takes_its_place() {
    var values = database.sealedValues();
    assertThat(values.any()).isEmpty();
    values.put("shop", one("webhook", 1, -1, 0), Shop.ANNA, NOON);
    var two = one("webhook", 2, -2);
    two.put("other", new byte[] {3});
    values.put("shop", two, Shop.ANNA, NOON.plusSeconds(1));
    assertThat(values.find("shop", "webhook")).hasValue(new byte[] {2, -2});
    assertThat(values.find("blog", "webhook")).isEmpty();
    assertThat(values.any())
        .isPresent()
        .get()
        .isIn(new Name("shop", "webhook"), new Name("shop", "other"));
    assertThat(database.ledger().read("shop", 1, 10))
        .filteredOn(kept -> kept.content().kind().equals("secret.set"))
        .extracting(kept -> kept.content().facts().get("name"))
        .containsExactly("webhook", "other, webhook");
  }

  private static SortedMap<String, byte[]> one(String name, int... value) {
    var bytes = new byte[value.length];
    for (var i = 0; i < value.length; i++) {
      bytes[i] = (byte) value[i];
    }
    return new TreeMap<>(Map.of(name, bytes));
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
