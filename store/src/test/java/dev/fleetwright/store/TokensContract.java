package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Tokens.Token;
import dev.fleetwright.core.artifact.Digest;
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
  void its_last_use_is_noted_at_most_once_a_minute() {
    database.tokens().add("root", HASH, Shop.ANNA, Shop.NOON);
    database.tokens().find(HASH, Shop.NOON);
    database.tokens().find(HASH, Shop.NOON.plusSeconds(59));
    assertThat(database.tokens().all().getFirst().lastUsedAt()).contains(Shop.NOON);

    database.tokens().find(HASH, Shop.NOON.plusSeconds(60));

    assertThat(database.tokens().all().getFirst().lastUsedAt()).contains(Shop.NOON.plusSeconds(60));
  }
}
