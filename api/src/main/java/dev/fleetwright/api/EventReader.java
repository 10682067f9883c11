package dev.fleetwright.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Reads server-sent events off a stream, as the HTML standard says (section 9.2.6): fields,
/// comments, a blank line ends an event.
final class EventReader {

  /// Longer lines than any that our server sends.
  private static final int LONGEST_LINE = 1 << 20;

  private final InputStream in;
  private byte[] line = new byte[1024];

  EventReader(InputStream in) {
    this.in = in;
  }

  /// What a server says.
  sealed interface Said {
    /// An event.
    ///
    /// @param id what to resume after; empty when the event has none
    record Event(Optional<String> id, String type, String data) implements Said {}

    /// A comment: the server is there.
    record Heartbeat() implements Said {}
  }

  /// The next event or comment; blocks.
  ///
  /// @return empty at the end of the stream; an event that was not complete is dropped
  Optional<Said> next() throws IOException {
    Optional<String> id = Optional.empty();
    var type = "message";
    var data = new StringBuilder();
    var any = false;
    while (true) {
      var read = line();
      if (read.isEmpty()) {
        return Optional.empty();
      }
      var text = read.get();
      if (text.isEmpty()) {
        if (any) {
          return Optional.of(new Said.Event(id, type, data.toString()));
        }
      } else if (text.startsWith(":")) {
        if (!any) {
          return Optional.of(new Said.Heartbeat());
        }
      } else {
        var colon = text.indexOf(':');
        var field = colon < 0 ? text : text.substring(0, colon);
        var rest = colon < 0 ? "" : text.substring(colon + 1);
        var value = rest.startsWith(" ") ? rest.substring(1) : rest;
        switch (field) {
          case "id" -> id = Optional.of(value);
          case "event" -> {
            type = value;
            any = true;
          }
          case "data" -> {
            data.append(data.isEmpty() ? "" : "\n").append(value);
            any = true;
          }
          default -> {
            // `retry` and fields of later versions.
          }
        }
      }
    }
  }

  private Optional<String> line() throws IOException {
    var length = 0;
    while (true) {
      var next = in.read();
      if (next < 0) {
        return Optional.empty();
      } else if (next == '\n') {
        var end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return Optional.of(new String(line, 0, end, StandardCharsets.UTF_8));
      } else if (length == LONGEST_LINE) {
        throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
      } else if (length == line.length) {
        line = Arrays.copyOf(line, line.length * 2);
      }
      line[length++] = (byte) next;
    }
  }
}
