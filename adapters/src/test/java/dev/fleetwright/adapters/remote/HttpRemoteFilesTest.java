package dev.fleetwright.adapters.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.project.RemoteFiles.Fetched;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whom it does not ask, whatever somebody who can push writes.
class HttpRemoteFilesTest {

  private final HttpRemoteFiles files =
      new HttpRemoteFiles(
          List.of("localhost.localdomain", "ip6-localhost", "169.254.169.254", "a.example:8443"));

  @AfterEach
  void close() {
    files.close();
  }

  private String reason(String address) {
    return files.fetch(URI.create(address), 1_000) instanceof Fetched.No(var why) ? why : "";
  }

  @Test
  void asks_only_hosts_that_are_allowed_with_their_port() {
    assertThat(reason("https://b.example/x.yml"))
        .isEqualTo(
            "host `b.example` is not allowed; who runs this server can start it with `--include-host b.example`");
    assertThat(reason("https://a.example/x.yml")).startsWith("host `a.example` is not allowed");
    assertThat(reason("https://localhost/x.yml")).startsWith("host `localhost` is not allowed");
  }

  @Test
  void does_not_ask_the_metadata_service_of_a_cloud_though_it_is_allowed() {
    assertThat(reason("https://169.254.169.254/latest.yml"))
        .isEqualTo("169.254.169.254 is 169.254.169.254, which is not asked");
  }

  @Test
  void wants_https_without_a_password() {
    assertThat(reason("http://a.example:8443/x.yml")).isEqualTo("it is no `https://` address");
    assertThat(reason("file:///etc/passwd")).isEqualTo("it is no `https://` address");
    assertThat(reason("https://me:secret@a.example:8443/x.yml"))
        .isEqualTo("an address with a password in it is not used");
  }
}
