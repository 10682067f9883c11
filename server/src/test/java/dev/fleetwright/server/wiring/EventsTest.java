package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Watch;
import dev.fleetwright.testkit.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsTest {

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void chooseFolder() {
    data = folder.resolve("server");
  }

  @Test
  void a_reader_goes_on_where_it_was_when_the_server_comes_back() throws Exception {
    String token;
    int port;
    List<Long> before = new ArrayList<>();
    var server = ServerUnderTest.first(data);
    token = server.token();
    port = server.uri().getPort();
    try (var client = server.client();
        var events = client.events(Watch.EVERYTHING, 0)) {
      add(client, "one");
      before.add(next(events.next()).id());
      server.close();
      // The reader now finds nobody, and keeps asking.
      try (var again = ServerUnderTest.on(data, port, token);
          var other = again.client()) {
        add(other, "two");
        FeedEvent event;
        do {
          event = next(events.next());
          assertThat(event.id()).isGreaterThan(before.getLast());
          before.add(event.id());
        } while (!"two".equals(event.keys().get("project")));
      }
    }
    assertThat(before).doesNotHaveDuplicates();
  }

  @Test
  void only_what_was_asked_for_is_told() throws Exception {
    try (var server = ServerUnderTest.first(data);
        var client = server.client();
        var events = client.events(Watch.project("two"), 0)) {
      add(client, "one");
      add(client, "two");
      assertThat(next(events.next()).keys()).containsEntry("project", "two");
    }
  }

  @Test
  void a_deploy_that_is_not_there_cannot_be_watched() throws Exception {
    try (var server = ServerUnderTest.first(data);
        var client = server.client();
        var events = client.events(Watch.deploy(4711))) {
      assertThatThrownBy(events::next)
          .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.status()).isEqualTo(404));
    }
  }

  @Test
  void streams_end_when_the_server_stops() throws Exception {
    var server = ServerUnderTest.first(data);
    try (var stream = new RawStream(server, "Authorization: Bearer " + server.token())) {
      assertThat(stream.line()).contains("200");
      var begun = System.nanoTime();
      server.close();
      assertThat(stream.rest()).doesNotContain("Exception");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }
  }

  /// S27 (CVE-2024-41666).
  @Test
  void a_stream_ends_soon_after_its_browser_signed_out() throws Exception {
    try (var server = ServerUnderTest.first(data)) {
      var cookie = server.signIn();
      try (var stream = new RawStream(server, "Cookie: " + cookie, "Sec-Fetch-Site: same-origin")) {
        assertThat(stream.line()).contains("200");
        server.send("POST", "/logout", "", "Cookie", cookie, "Origin", server.uri().toString());
        var begun = System.nanoTime();
        stream.rest();
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .isLessThan(Duration.ofMillis(5_500));
      }
    }
  }

  @Test
  void readers_that_went_away_are_forgotten() throws Exception {
    try (var server = ServerUnderTest.first(data);
        var client = server.client()) {
      for (var i = 0; i < 20; i++) {
        new RawStream(server, "Authorization: Bearer " + server.token()).close();
      }
      add(client, "one");
      Eventually.within(
          Duration.ofSeconds(20),
          "all streams are closed",
          () -> {
            try {
              add(client, "p" + System.nanoTime());
              return server
                  .sendAsRoot("GET", "/metrics", "")
                  .body()
                  .contains("fleetwright_event_streams 0.0");
            } catch (IOException | InterruptedException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  /// As after a restore from a backup: the reader knows of a future that never was.
  @Test
  void a_reader_that_is_ahead_of_the_record_is_told_to_read_anew() throws Exception {
    try (var server = ServerUnderTest.first(data);
        var client = server.client();
        var events = client.events(Watch.project("two"), 4_000_000)) {
      var first = next(events.next());
      assertThat(first.topic()).isEqualTo(FeedEvent.RESET);
      assertThat(first.id()).isLessThan(4_000_000);
      add(client, "two");
      assertThat(next(events.next()).keys()).containsEntry("project", "two");
    }
  }

  @Test
  void a_reader_whose_events_are_no_longer_kept_is_told_to_read_anew() throws Exception {
    long had;
    String token;
    try (var server = ServerUnderTest.first(data);
        var client = server.client()) {
      token = server.token();
      add(client, "one");
      try (var events = client.events(Watch.EVERYTHING, 0)) {
        had = next(events.next()).id();
      }
      add(client, "two");
    }
    dropOldEvents();
    try (var server = ServerUnderTest.again(data, token);
        var client = server.client();
        var events = client.events(Watch.project("three"), had)) {
      assertThat(next(events.next()).topic()).isEqualTo(FeedEvent.RESET);
      add(client, "three");
      assertThat(next(events.next()).keys()).containsEntry("project", "three");
    }
  }

  /// As a server does that has told of 100 000 more.
  private void dropOldEvents() throws SQLException {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("fleetwright.db"));
        var statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM feed WHERE id < (SELECT max(id) FROM feed)");
      statement.executeUpdate("UPDATE feed SET topic = 'reset', keys = '{}'");
    }
  }

  @Test
  void an_odd_last_event_id_is_refused() throws Exception {
    try (var server = ServerUnderTest.first(data)) {
      for (var id : List.of("x", "-1", "1;2", "9".repeat(30))) {
        var answer =
            server.send(
                "GET",
                "/api/v1/events",
                "",
                "Authorization",
                "Bearer " + server.token(),
                "Last-Event-ID",
                id);
        assertThat(answer.statusCode()).as(id).isEqualTo(400);
      }
    }
  }

  /// Make something move.
  private void add(FleetwrightClient client, String name) throws InterruptedException, IOException {
    var repository = GitFolder.empty(folder.resolve("repositories").resolve(name));
    client.addProject(new Project.Add(name, repository.folder().toString(), Optional.of(false)));
  }

  private static FeedEvent next(Optional<FeedEvent> event) {
    return event.orElseThrow();
  }

  /// A stream of events as bytes.
  private static final class RawStream implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader reader;

    RawStream(ServerUnderTest server, String... headers) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
      socket.setSoTimeout(40_000);
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                      + String.join("\r\n", headers)
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    String line() throws IOException {
      return String.valueOf(reader.readLine());
    }

    String rest() throws IOException {
      var all = new StringBuilder();
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        all.append(line).append('\n');
      }
      return all.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
