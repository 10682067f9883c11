package dev.fleetwright.adapters.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteTest {

  private static final Heard HEARD = new Heard(InstantSource.system());

  @Test
  void https_is_fetched() throws IOException {
    assertThat(Remote.of("https://git.example.org/group/shop.git", false))
        .isInstanceOfSatisfying(
            Remote.Https.class, r -> assertThat(r.host()).isEqualTo("git.example.org"));
  }

  @Test
  void a_folder_of_this_machine_is_fetched_only_when_allowed(@TempDir Path folder)
      throws IOException {
    assertThat(Remote.of(folder.toString(), true)).isEqualTo(new Remote.Local(folder));
    assertThat(Remote.of(folder.toUri().toString(), true)).isEqualTo(new Remote.Local(folder));
    assertThatThrownBy(() -> Remote.of(folder.toString(), false))
        .hasMessageContaining("not allowed here");
    assertThatThrownBy(() -> Remote.of(folder.toUri().toString(), false))
        .hasMessageContaining("not allowed here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ext::sh -c touch% /tmp/p             | not the address
          fd::17                               | not the address
          --upload-pack=touch /tmp/p           | neither an option
          -oProxyCommand=x                     | neither an option
          ssh://-oProxyCommand=x/y             | ssh are not supported yet
          ssh://git@example.org/shop.git       | ssh are not supported yet
          git@example.org:group/shop.git       | ssh are not supported yet
          http://example.org/shop.git          | not encrypted
          git://example.org/shop.git           | not encrypted
          javascript:alert(1)                  | no way to fetch
          relative/path                        | not the address
          ../../up                             | not the address
          file://otherhost/share               | file:///absolute/path
          file:relative                        | file:///absolute/path
          https://-oProxyCommand=x/y           | https address
          https:///nohost                      | host
          https://example.org/shop.git?x=y     | no `?`
          https://example.org/shop.git#x       | no `?`
          https://exa mple.org/shop            | readable https
          https://a@b@c/shop                   | credential
          """)
  void what_could_mean_more_than_it_says_is_refused(String address, String because) {
    assertThatThrownBy(() -> Remote.of(address, true))
        .isInstanceOf(IOException.class)
        .message()
        .containsAnyOf(because, "readable host");
  }

  @Test
  void several_lines_are_no_address() {
    assertThatThrownBy(() -> Remote.of("https://example.org/x\nfetch = y", true))
        .hasMessageContaining("several lines");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://ada:CANARY-1@example.org/shop.git",
        "https://CANARY-1@example.org/shop.git",
        "https://ada:CANARY-1 x@example.org/shop.git"
      })
  void a_password_in_an_address_is_refused_and_not_repeated(String address) {
    assertThatThrownBy(() -> Remote.of(address, true))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("CANARY"));
    assertThatThrownBy(() -> Remote.of("https://ada:pw@example.org/shop.git", true))
        .hasMessageContaining("credential is named by reference");
  }

  @Test
  void no_connection_leaves_for_another_host_or_for_the_metadata_service() {
    var connections = new GuardedConnections("git.example.org", false, HEARD);
    assertThatThrownBy(() -> connections.create(URI.create("https://evil.example/x").toURL()))
        .hasMessageContaining("another host");
    assertThatThrownBy(() -> connections.create(URI.create("http://git.example.org/x").toURL()))
        .hasMessageContaining("not encrypted");
    for (var host : new String[] {"127.0.0.1", "169.254.169.254", "[::1]", "0.0.0.0"}) {
      assertThatThrownBy(() ->
              new GuardedConnections(host, false, HEARD)
                  .create(URI.create("https://" + host + "/x").toURL()))
          .hasMessageContaining("no repository is fetched from");
    }
  }

  @Test
  void the_decimal_form_of_an_address_is_the_address() {
    assertThatThrownBy(() ->
            new GuardedConnections("2130706433", false, HEARD)
                .create(URI.create("https://2130706433/x").toURL()))
        .hasMessageContaining("127.0.0.1");
  }
}
