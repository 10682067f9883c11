package dev.fleetwright.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorsTest {

  private static final Actor ROOT = new Actor("root");

  private final Kept kept = new Kept();
  private final TokenDoor tokens = new TokenDoor(kept, kept);
  private final BrowserDoor browsers = new BrowserDoor(kept, tokens, kept);

  @Test
  void a_token_opens_and_nothing_like_it_does() {
    var made = tokens.make("ci", ROOT);
    var text = made.secret().reveal();
    assertThat(text).startsWith("fw_").hasSize(3 + 43);
    assertThat(tokens.caller(text)).map(c -> c.actor().name()).contains("ci");
    assertThat(tokens.caller(text + "x")).isEmpty();
    assertThat(tokens.caller(text.substring(3))).isEmpty();
    assertThat(tokens.caller("")).isEmpty();
  }

  @Test
  void only_the_hash_of_a_token_is_kept() {
    var text = tokens.make("ci", ROOT).secret().reveal();
    assertThat(kept.tokens.keySet()).containsExactly(RandomText.hash(text));
    assertThat(tokens.make("ci", ROOT).toString()).doesNotContain("fw_");
  }

  @Test
  void a_token_that_is_removed_stops_working_within_a_second() {
    var text = tokens.make("ci", ROOT).secret().reveal();
    assertThat(tokens.caller(text)).isPresent();
    kept.tokens.clear();
    kept.pass(Duration.ofSeconds(1));
    assertThat(tokens.caller(text)).isEmpty();
  }

  @Test
  void a_busy_token_is_looked_up_once_a_second() {
    var text = tokens.make("ci", ROOT).secret().reveal();
    for (var i = 0; i < 100; i++) {
      assertThat(tokens.caller(text)).isPresent();
    }
    assertThat(kept.lookups).isEqualTo(1);
  }

  @Test
  void a_browser_is_signed_in_until_it_signs_out() {
    var cookie = browsers.signIn(someone()).reveal();
    var caller = browsers.caller(cookie).orElseThrow();
    assertThat(caller.actor().name()).isEqualTo("ann");
    assertThat(browsers.still(caller)).isTrue();
    browsers.signOut(caller);
    assertThat(browsers.caller(cookie)).isEmpty();
    assertThat(browsers.still(caller)).isFalse();
  }

  @Test
  void each_sign_in_has_another_cookie() {
    var ann = someone();
    assertThat(browsers.signIn(ann).reveal()).isNotEqualTo(browsers.signIn(ann).reveal());
  }

  @Test
  void an_idle_browser_is_signed_out_and_a_busy_one_is_not() {
    var cookie = browsers.signIn(someone()).reveal();
    for (var hour = 0; hour < 20; hour++) {
      kept.pass(Duration.ofHours(1));
      assertThat(browsers.caller(cookie)).isPresent();
    }
    kept.pass(BrowserDoor.IDLE);
    assertThat(browsers.caller(cookie)).isEmpty();
  }

  @Test
  void the_busiest_browser_is_signed_out_in_the_end() {
    var cookie = browsers.signIn(someone()).reveal();
    for (var hour = 1; hour < BrowserDoor.LONGEST.toHours(); hour++) {
      kept.pass(Duration.ofHours(1));
      assertThat(browsers.caller(cookie)).isPresent();
    }
    kept.pass(Duration.ofHours(1));
    assertThat(browsers.caller(cookie)).isEmpty();
  }

  @Test
  void a_browser_is_signed_out_when_its_token_is_gone() {
    var cookie = browsers.signIn(someone()).reveal();
    var caller = browsers.caller(cookie).orElseThrow();
    kept.tokens.clear();
    kept.pass(Duration.ofSeconds(1));
    assertThat(browsers.caller(cookie)).isEmpty();
    assertThat(browsers.still(caller)).isFalse();
  }

  @Test
  void a_login_code_works_once_and_for_five_minutes() {
    var codes = new LoginCodes(kept);
    var code = codes.make(someone()).reveal();
    assertThat(codes.use(code)).isPresent();
    assertThat(codes.use(code)).isEmpty();
    var late = codes.make(someone()).reveal();
    kept.pass(LoginCodes.LIFE);
    assertThat(codes.use(late)).isEmpty();
  }

  @Test
  void failures_are_counted_by_source_and_forgotten_after_the_window() {
    var failures = new Failures(3, Duration.ofMinutes(1), kept);
    for (var i = 0; i < 3; i++) {
      assertThat(failures.tooMany("192.0.2.1")).isFalse();
    }
    assertThat(failures.tooMany("192.0.2.1")).isTrue();
    assertThat(failures.tooMany("192.0.2.2")).isFalse();
    kept.pass(Duration.ofMinutes(1));
    assertThat(failures.tooMany("192.0.2.1")).isFalse();
  }

  @Test
  void cve_2024_21662_a_counter_cannot_be_flushed_by_many_sources() {
    var failures = new Failures(3, Duration.ofMinutes(1), kept);
    for (var i = 0; i < 4; i++) {
      failures.tooMany("192.0.2.1");
    }
    for (var i = 0; i < 200_000; i++) {
      failures.tooMany("source " + i);
    }
    assertThat(failures.tooMany("192.0.2.1")).isTrue();
    assertThat(failures.tooMany("one more")).isTrue();
    kept.pass(Duration.ofMinutes(1));
    assertThat(failures.tooMany("one more")).isFalse();
  }

  @Test
  void the_first_token_is_made_once_and_only_its_owner_can_read_the_file(@TempDir Path data)
      throws Exception {
    var first = FirstToken.ensure(kept, data, kept).orElseThrow();
    var file = data.resolve("admin-token");
    assertThat(Files.readString(file)).isEqualTo(first.reveal() + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(tokens.caller(first.reveal())).map(c -> c.actor().name()).contains("root");
    assertThat(FirstToken.ensure(kept, data, kept)).isEmpty();
    assertThat(Files.readString(file)).isEqualTo(first.reveal() + "\n");
  }

  private Caller someone() {
    return tokens.caller(tokens.make("ann", ROOT).secret().reveal()).orElseThrow();
  }
}
