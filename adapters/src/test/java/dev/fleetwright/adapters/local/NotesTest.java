package dev.fleetwright.adapters.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotesTest {

  @TempDir private Path place = Path.of("");

  @Test
  void are_read_as_they_were_written() throws IOException {
    var digest = Digest.of(new byte[] {1});
    var part = new Part("web", digest, Settings.of(Map.of("run.command.0", "web")));
    var runs = new Notes.Entry(part, Optional.of(new Born(4711, "boot/1")), 3, 40_001);
    var dead = new Notes.Entry(part, Optional.empty(), 0, 0);
    var notes =
        new Notes(
            "shop",
            "production",
            "*",
            7,
            12,
            new TreeMap<>(Map.of("web", runs)),
            new TreeMap<>(Map.of("web", 8080)),
            List.of(dead),
            List.of(runs),
            Optional.of(new Notes.Beside("r3", 10, new TreeMap<>(Map.of("web", runs)))),
            List.of(new Notes.Resting(runs, 1_800_000_000_000L)),
            List.of(new Notes.Release("r2", new TreeMap<>(Map.of("web", digest.hex())))),
            List.of(new Notes.Done("1-0", "asked", false, "no, because…\nof that")));
    notes.write(new PlaceFolder(place));
    assertThat(Notes.read(new PlaceFolder(place))).isEqualTo(notes);
  }

  @Test
  void where_there_are_none_nothing_was_ever_asked() throws IOException {
    assertThat(Notes.read(new PlaceFolder(place))).isEqualTo(Notes.NONE);
  }

  @Test
  void are_not_believed_when_they_are_damaged() throws IOException {
    Notes.NONE.write(new PlaceFolder(place));
    var file = place.resolve("notes");
    var bytes = Files.readAllBytes(file);
    for (var i = 0; i < bytes.length; i++) {
      Files.write(file, java.util.Arrays.copyOf(bytes, i));
      assertThatThrownBy(() -> Notes.read(new PlaceFolder(place)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged");
    }
  }
}
