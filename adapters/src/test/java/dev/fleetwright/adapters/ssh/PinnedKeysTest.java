package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.adapters.ssh.PinnedKeys.Verdict.Distrusted;
import dev.fleetwright.adapters.ssh.PinnedKeys.Verdict.Trusted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class PinnedKeysTest {

  private static final Host EDGE = new Host("edge-1", "edge-1.example", 22);
  private static final Host EDGE_ELSEWHERE = new Host("edge-1:2222", "edge-1.example", 2222);

  @TempDir private Path folder;
  private PublicKey key;
  private PublicKey other;

  @BeforeEach
  void makeKeys() throws GeneralSecurityException {
    key = key();
    other = key();
  }

  private static PublicKey key() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair().getPublic();
  }

  private static String text(PublicKey key) {
    return PublicKeyEntry.toString(key);
  }

  private PinnedKeys pinned(String... lines) throws IOException {
    Files.write(folder.resolve("known_hosts"), List.of(lines));
    return PinnedKeys.read(folder.resolve("known_hosts"), List.of());
  }

  @Test
  void a_pinned_key_is_trusted_for_its_host_and_port_only() throws IOException {
    var pinned = pinned("edge-1.example " + text(key));
    assertThat(pinned.judge(EDGE, key)).isEqualTo(new Trusted());
    assertThat(pinned.judge(EDGE_ELSEWHERE, key)).isInstanceOf(Distrusted.class);
    assertThat(pinned.judge(new Host("x", "edge-2.example", 22), key))
        .isInstanceOf(Distrusted.class);
    assertThat(pinned("[edge-1.example]:2222 " + text(key)).judge(EDGE_ELSEWHERE, key))
        .isEqualTo(new Trusted());
  }

  @Test
  void a_stranger_is_turned_down_with_the_line_that_would_pin_it() throws IOException {
    var verdict = pinned().judge(EDGE_ELSEWHERE, key);
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Distrusted.class,
            d ->
                assertThat(d.reason())
                    .contains("not pinned")
                    .contains("`[edge-1.example]:2222 " + text(key) + "`")
                    .contains(KeyUtils.getFingerPrint(key)));
  }

  @Test
  void a_changed_key_is_said_loudly() throws IOException {
    assertThat(pinned("edge-1.example " + text(other)).judge(EDGE, key))
        .isInstanceOfSatisfying(
            Distrusted.class,
            d ->
                assertThat(d.reason())
                    .contains("HAS CHANGED")
                    .contains(KeyUtils.getFingerPrint(key))
                    .contains(KeyUtils.getFingerPrint(other)));
  }

  @Test
  void hashed_names_are_understood() throws IOException, GeneralSecurityException {
    var salt = "twenty bytes of salt".getBytes(StandardCharsets.US_ASCII);
    var mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(salt, "HmacSHA1"));
    var hash = mac.doFinal("edge-1.example".getBytes(StandardCharsets.US_ASCII));
    var base64 = Base64.getEncoder();
    var line =
        "|1|" + base64.encodeToString(salt) + "|" + base64.encodeToString(hash) + " " + text(key);
    assertThat(pinned(line).judge(EDGE, key)).isEqualTo(new Trusted());
    assertThat(pinned(line).judge(EDGE_ELSEWHERE, key)).isInstanceOf(Distrusted.class);
  }

  @Test
  void a_revoked_key_is_not_trusted_even_if_it_is_pinned_as_well() throws IOException {
    var pinned = pinned("edge-1.example " + text(key), "@revoked * " + text(key));
    assertThat(pinned.judge(EDGE, key))
        .isInstanceOfSatisfying(Distrusted.class, d -> assertThat(d.reason()).contains("@revoked"));
  }

  @Test
  void a_certificate_authority_trusts_nobody_and_says_so() throws IOException {
    assertThat(pinned("@cert-authority *.example " + text(key)).judge(EDGE, key))
        .isInstanceOfSatisfying(
            Distrusted.class,
            d -> assertThat(d.reason()).contains("certificates are not supported"));
  }

  @Test
  void lines_that_make_no_sense_trust_nobody_and_stop_nothing() throws IOException {
    var pinned =
        pinned(
            "# a comment",
            "",
            "edge-1.example",
            "edge-1.example ssh-rsa !!!",
            "edge-1.example " + text(key));
    assertThat(pinned.judge(EDGE, key)).isEqualTo(new Trusted());
  }

  @Test
  void keys_of_the_configuration_hold_for_all_hosts_or_for_the_named_one() throws IOException {
    var none = folder.resolve("none");
    var bare = PinnedKeys.read(none, List.of(text(key)));
    assertThat(bare.judge(EDGE, key)).isEqualTo(new Trusted());
    assertThat(bare.judge(EDGE_ELSEWHERE, other)).isInstanceOf(Distrusted.class);
    var named = PinnedKeys.read(none, List.of("edge-1.example " + text(key)));
    assertThat(named.judge(EDGE, key)).isEqualTo(new Trusted());
    assertThat(named.judge(EDGE_ELSEWHERE, key)).isInstanceOf(Distrusted.class);
    assertThatThrownBy(() -> PinnedKeys.read(none, List.of("no key")))
        .hasMessageContaining("`host_keys: no key`");
  }
}
