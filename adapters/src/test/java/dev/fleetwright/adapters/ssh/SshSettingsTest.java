package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetBinding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshSettingsTest {

  private static final Path HOME = Path.of("/home/server");

  private static SshSettings read(Map<String, String> settings) {
    return SshSettings.of(new TargetBinding("edge", "ssh", Settings.of(settings)), HOME);
  }

  @Test
  void a_user_and_a_host_are_enough() {
    var settings = read(Map.of("hosts.0", "edge-1.example", "user", "deploy"));
    assertThat(settings.hosts()).containsExactly(new Host("edge-1.example", "edge-1.example", 22));
    assertThat(settings.key()).isEqualTo(HOME.resolve(".ssh/id_ed25519"));
    assertThat(settings.knownHosts()).isEqualTo(HOME.resolve(".ssh/known_hosts"));
    assertThat(settings.directory()).isEqualTo("fleetwright");
    assertThat(settings.connectWithin()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.keep()).isEqualTo(5);
  }

  @Test
  void hosts_have_ports_of_their_own_and_ipv6_addresses_have_brackets() {
    var settings =
        read(
            Map.of(
                "hosts.0",
                "a:2222",
                "hosts.1",
                "[2001:db8::1]",
                "hosts.2",
                "[::1]:22",
                "hosts.3",
                "b",
                "port",
                "2200",
                "user",
                "deploy"));
    assertThat(settings.hosts())
        .containsExactly(
            new Host("a:2222", "a", 2222),
            new Host("[2001:db8::1]", "2001:db8::1", 2200),
            new Host("[::1]:22", "::1", 22),
            new Host("b", "b", 2200));
    assertThat(settings.hosts())
        .extracting(Host::knownHostsName)
        .containsExactly("[a]:2222", "[2001:db8::1]:2200", "::1", "[b]:2200");
  }

  @Test
  void who_made_five_mistakes_hears_of_five() {
    assertThatThrownBy(() ->
            read(
                Map.of(
                    "hosts.0", "::1",
                    "key", "-----BEGIN OPENSSH PRIVATE KEY-----",
                    "directory", "../elsewhere",
                    "max_unavailable", "0",
                    "hsots", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains("target `edge`")
        .contains("`hsots` is not a setting")
        .contains("`hosts: ::1` is no host; write")
        .contains("`user` is missing")
        .contains("`key: file:/path`")
        .contains("`directory: ../elsewhere`")
        .contains("`max_unavailable: 0`")
        .doesNotContain("BEGIN OPENSSH");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-oProxyCommand=x", "a b", "a:0", "a:99999", "", "a;b", "$(id)", "[a]"})
  void what_is_no_host_is_turned_down(String host) {
    assertThat(Host.parse(host, 22)).isEmpty();
  }
}
