package dev.fleetwright.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.EventReader.Said;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventReaderTest {

  @Test
  void reads_events_with_and_without_id_and_heartbeats() throws IOException {
    assertThat(read(": here\n\nid: 7\nevent: deploy\ndata: {}\n\ndata: a\ndata:b\n\n"))
        .containsExactly(
            new Said.Heartbeat(),
            new Said.Event(Optional.of("7"), "deploy", "{}"),
            new Said.Event(Optional.empty(), "message", "a\nb"));
  }

  @Test
  void lines_may_end_as_on_windows_and_fields_may_be_unknown() throws IOException {
    assertThat(read("retry: 10\r\nid:1\r\ndata:x\r\n\r\n"))
        .containsExactly(new Said.Event(Optional.of("1"), "message", "x"));
  }

  @Test
  void an_event_that_was_cut_off_is_dropped() throws IOException {
    assertThat(read("data: whole\n\nid: 2\ndata: ha")).hasSize(1);
  }

  @Test
  void an_endless_line_is_refused() {
    assertThatThrownBy(() -> read("data: " + "x".repeat(2 << 20))).isInstanceOf(IOException.class);
  }

  private static List<Said> read(String text) throws IOException {
    var reader = new EventReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    var all = new ArrayList<Said>();
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      all.add(next.get());
    }
    return all;
  }
}
