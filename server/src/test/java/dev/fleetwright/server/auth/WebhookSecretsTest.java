package dev.fleetwright.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookSecretsTest {

  private static final ProjectName SHOP = new ProjectName("shop");
  private static final Actor ANNA = new Actor("anna");

  @TempDir Path folder;
  private final Kept kept = new Kept();
  private WebhookSecrets secrets;

  @BeforeEach
  void makeKey() {
    secrets = new WebhookSecrets(kept, new SealingKey(folder.resolve("key"), kept), kept);
  }

  @Test
  void the_secret_before_counts_for_a_day_beside_a_new_one() {
    var first = secrets.make(SHOP, ANNA);

    var second = secrets.renew(SHOP, false, ANNA);

    assertThat(valid()).containsExactly(second.secret().reveal(), first.reveal());
    assertThat(second.beforeUntil()).contains(kept.instant().plus(Duration.ofHours(24)));
    kept.pass(Duration.ofHours(24).minusSeconds(1));
    assertThat(valid()).containsExactly(second.secret().reveal(), first.reveal());
    kept.pass(Duration.ofSeconds(1));
    assertThat(valid()).containsExactly(second.secret().reveal());
  }

  @Test
  void a_second_renewal_ends_what_was_before_the_first() {
    var first = secrets.make(SHOP, ANNA);
    var second = secrets.renew(SHOP, false, ANNA);

    var third = secrets.renew(SHOP, false, ANNA);

    assertThat(valid())
        .containsExactly(third.secret().reveal(), second.secret().reveal())
        .doesNotContain(first.reveal());
  }

  @Test
  void a_leaked_secret_counts_no_more_at_once() {
    var _ = secrets.make(SHOP, ANNA);
    var _ = secrets.renew(SHOP, false, ANNA);

    var third = secrets.renew(SHOP, true, ANNA);

    assertThat(third.beforeUntil()).isEqualTo(Optional.empty());
    assertThat(valid()).containsExactly(third.secret().reveal());
  }

  @Test
  void a_project_has_its_own_secrets_only() {
    var _ = secrets.make(SHOP, ANNA);

    assertThat(secrets.valid(new ProjectName("blog"))).isEmpty();
  }

  private List<String> valid() {
    return secrets.valid(SHOP).stream().map(Secret::reveal).toList();
  }
}
