package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.RunningServer;
import dev.fleetwright.api.ServerNotStarted;
import dev.fleetwright.api.ServerOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void chooseFolder() {
    data = folder.resolve("server");
  }

  @Test
  void the_first_token_is_told_once_and_works_after_a_restart() throws Exception {
    String token;
    try (var server = ServerUnderTest.first(data)) {
      token = server.token();
      assertThat(Files.readString(data.resolve("admin-token")).strip()).isEqualTo(token);
      assertThat(permissions(data.resolve("admin-token"))).isEqualTo("rw-------");
      assertThat(permissions(data)).isEqualTo("rwx------");
    }
    try (var server = ServerUnderTest.again(data, token)) {
      assertThat(server.running().bootstrapToken()).isEmpty();
      assertThat(server.sendAsRoot("GET", "/api/v1/tokens", "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_browser_stays_signed_in_over_a_restart_on_the_same_port() throws Exception {
    String token;
    String cookie;
    int port;
    try (var server = ServerUnderTest.first(data)) {
      token = server.token();
      port = server.uri().getPort();
      cookie = server.signIn();
    }
    try (var server = ServerUnderTest.on(data, port, token)) {
      var answer =
          server.send(
              "GET", "/api/v1/projects", "", "Cookie", cookie, "Sec-Fetch-Site", "same-origin");
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_second_server_on_the_same_folder_is_refused_with_a_sentence() {
    try (var _ = ServerUnderTest.first(data)) {
      assertThatThrownBy(() -> start(0))
          .isInstanceOf(ServerNotStarted.class)
          .hasMessageContaining("another server is using the data folder " + data);
    }
    // And the refused one has not taken anything along.
    try (var again = start(0)) {
      assertThat(again.uri().getPort()).isPositive();
    }
  }

  @Test
  void a_port_in_use_is_told_with_a_sentence_and_the_folder_is_free_again() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(taken.getLocalPort()))
          .isInstanceOf(ServerNotStarted.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("--port");
    }
    start(0).close();
  }

  @Test
  void a_server_listens_on_this_machine_only() throws Exception {
    try (var server = ServerUnderTest.first(data)) {
      assertThat(server.uri().getHost()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void closing_twice_is_closing_once_and_ends_waiting() throws Exception {
    var server = start(0);
    server.close();
    server.close();
    server.awaitStop();
  }

  private RunningServer start(int port) {
    return new FleetwrightServer().start(ServerOptions.local(data, port));
  }

  private static String permissions(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
