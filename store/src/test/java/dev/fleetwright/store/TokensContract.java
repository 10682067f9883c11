package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Sessions.Session;
import dev.fleetwright.core.access.Tokens.Removal;
import dev.fleetwright.core.access.Tokens.Token;
import dev.fleetwright.core.artifact.Digest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.access.Tokens] promises.
abstract class TokensContract extends StoreContract {

  private static final Digest HASH = new Digest("ab".repeat(32));

  @Test
  void a_token_is_found_by_its_hash_only() {
    var token = database.tokens().add("root", HASH, Shop.ANNA, Shop.NOON);

    assertThat(database.tokens().find(HASH, Shop.NOON)).contains(token);
    assertThat(database.tokens().find(new Digest("cd".repeat(32)), Shop.NOON)).isEmpty();
    assertThat(database.tokens().all()).extracting(Token::name).containsExactly("root");
    assertThat(database.ledger().read("instance", 1, 10))
        .extracting(kept -> kept.content().facts().get("name"))
        .containsExactly("root");
  }

  @Test
  void a_removed_token_opens_nothing_and_takes_its_browsers_along() {
    var root = database.tokens().add("root", HASH, Shop.ANNA, Shop.NOON);
    var other = new Digest("cd".repeat(32));
    var ci = database.tokens().add("ci", other, Shop.ANNA, Shop.NOON);
    var ofRoot = new Session(new Digest("01".repeat(32)), HASH, Shop.NOON, Shop.NOON);
    var ofCi = new Session(new Digest("02".repeat(32)), other, Shop.NOON, Shop.NOON);
    for (var session : List.of(ofRoot, ofCi)) {
      database.sessions().add(session, Instant.EPOCH, Instant.EPOCH);
    }

    assertThat(database.tokens().remove(ci.id(), Shop.ANNA, Shop.NOON))
        .isEqualTo(new Removal.Removed(ci));

    assertThat(database.tokens().find(other, Shop.NOON)).isEmpty();
    assertThat(database.tokens().all()).containsExactly(root);
    assertThat(database.sessions().find(ofCi.id())).isEmpty();
    assertThat(database.sessions().find(ofRoot.id())).isPresent();
    assertThat(database.ledger().read("instance", 1, 10))
        .extracting(kept -> kept.content().kind())
        .containsExactly("token.added", "token.added", "token.removed");
    assertThat(database.tokens().remove(ci.id(), Shop.ANNA, Shop.NOON))
        .isEqualTo(new Removal.Gone());
  }

  @Test
  void the_last_token_stays_also_when_two_are_removed_at_once() throws Exception {
    for (var i = 0; i < 10; i++) {
      var ids =
          List.of(
              database.tokens().add("a", digest(2 * i), Shop.ANNA, Shop.NOON).id(),
              database.tokens().add("b", digest(2 * i + 1), Shop.ANNA, Shop.NOON).id());
      var next = new AtomicInteger();
      database
          .tokens()
          .all()
          .forEach(t -> {
            if (!ids.contains(t.id())) {
              database.tokens().remove(t.id(), Shop.ANNA, Shop.NOON);
            }
          });

      var answers =
          DeploysContract.atOnce(
              2,
              2,
              () ->
                  database.tokens().remove(ids.get(next.getAndIncrement()), Shop.ANNA, Shop.NOON));

      assertThat(answers).hasAtLeastOneElementOfType(Removal.Last.class);
      assertThat(database.tokens().all()).hasSize(1);
    }
  }

  private static Digest digest(int number) {
    return new Digest("%02x".formatted(number).repeat(32));
  }

  @Test
  void its_last_use_is_noted_at_most_once_a_minute() {
    database.tokens().add("root", HASH, Shop.ANNA, Shop.NOON);
    database.tokens().find(HASH, Shop.NOON);
    database.tokens().find(HASH, Shop.NOON.plusSeconds(59));
    assertThat(database.tokens().all().getFirst().lastUsedAt()).contains(Shop.NOON);

    database.tokens().find(HASH, Shop.NOON.plusSeconds(60));

    assertThat(database.tokens().all().getFirst().lastUsedAt()).contains(Shop.NOON.plusSeconds(60));
  }
}
