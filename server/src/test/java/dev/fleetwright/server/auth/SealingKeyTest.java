package dev.fleetwright.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.server.auth.SealingKey.KeyUnusable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingKeyTest {

  private static final Actor ROOT = new Actor("root");

  private static final byte[] VALUE = "CANARY-1".getBytes(UTF_8);

  @TempDir Path data;
  private final Kept kept = new Kept();

  @Test
  void what_is_sealed_opens_again_after_a_restart() {
    var sealed = key().seal("shop", "webhook", VALUE);
    assertThat(new String(sealed, UTF_8)).doesNotContain("CANARY");
    assertThat(key().open("shop", "webhook", sealed)).isEqualTo(VALUE);
  }

  @Test
  void two_equal_values_look_different() {
    var key = key();
    assertThat(key.seal("shop", "webhook", VALUE)).isNotEqualTo(key.seal("shop", "webhook", VALUE));
  }

  @Test
  void a_value_that_was_moved_or_changed_does_not_open() {
    var key = key();
    var sealed = key.seal("shop", "webhook", VALUE);
    assertThatThrownBy(() -> key.open("blog", "webhook", sealed)).isInstanceOf(KeyUnusable.class);
    assertThatThrownBy(() -> key.open("shop", "token", sealed)).isInstanceOf(KeyUnusable.class);
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> key.open("shop", "webhook", sealed)).isInstanceOf(KeyUnusable.class);
  }

  @Test
  void only_its_owner_can_read_the_key() throws Exception {
    key().seal("shop", "webhook", VALUE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void a_lost_key_is_found_out_at_the_start_and_never_replaced() throws Exception {
    new WebhookSecrets(kept, key(), kept).make(new ProjectName("shop"), ROOT);
    key().check();
    Files.delete(file());
    assertThatThrownBy(() -> key().check())
        .isInstanceOf(KeyUnusable.class)
        .hasMessageContaining("sealing-key.json");
    assertThat(file()).doesNotExist();
  }

  @Test
  void the_key_of_another_installation_is_found_out_at_the_start() throws Exception {
    new WebhookSecrets(kept, key(), kept).make(new ProjectName("shop"), ROOT);
    Files.delete(file());
    new SealingKey(file(), new Kept()).seal("other", "webhook", VALUE);
    assertThatThrownBy(() -> key().check()).isInstanceOf(KeyUnusable.class);
  }

  @Test
  void a_webhook_secret_is_kept_sealed_and_found_again() {
    var shop = new ProjectName("shop");
    var made = new WebhookSecrets(kept, key(), kept).make(shop, ROOT);
    assertThat(new WebhookSecrets(kept, key(), kept).valid(shop).getFirst().reveal())
        .isEqualTo(made.reveal());
    assertThat(kept.sealed.values())
        .noneMatch(bytes -> new String(bytes, UTF_8).contains(made.reveal()));
    assertThat(new WebhookSecrets(kept, key(), kept).valid(new ProjectName("blog"))).isEmpty();
  }

  private SealingKey key() {
    return new SealingKey(file(), kept);
  }

  private Path file() {
    return data.resolve(SealingKey.FILE);
  }
}
