package dev.fleetwright.adapters.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {

  @TempDir private Path logs = Path.of("");

  @Test
  void the_last_lines_reach_back_over_earlier_starts() throws IOException {
    print("web", 9, "one\ntwo\n");
    print("web", 10, "three\n");
    print("web.2", 11, "another component\n");
    assertThat(Output.last(logs, "web", 2)).containsExactly("two", "three");
    assertThat(Output.last(logs, "web", 10)).containsExactly("one", "two", "three");
    assertThat(Output.last(logs, "web", 10, 5)).containsExactly("three");
    assertThat(Output.last(logs.resolve("none"), "web", 10)).isEmpty();
  }

  @Test
  void a_log_that_grew_too_large_is_cut_and_its_end_is_kept() throws IOException {
    var line = "x".repeat(1023) + "\n";
    var log = Instance.log(logs, "web", 1);
    // As a component has it open: it goes on writing after the cut.
    try (var out =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (var i = 0; i < 9000; i++) {
        out.write(line.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      out.write("the end\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      Output.cut(logs);
      assertThat(Files.size(log)).isZero();
      out.write("goes on\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    try (var all = Files.list(logs)) {
      assertThat(all.mapToLong(f -> f.toFile().length()).sum()).isLessThan(5 << 20);
    }
    assertThat(Output.last(logs, "web", 2)).containsExactly("the end", "goes on");
  }

  @Test
  void a_line_without_end_does_not_fill_the_memory() throws IOException {
    Files.write(Instance.log(logs, "web", 1), new byte[20 << 20]);
    assertThat(Output.last(logs, "web", 10)).hasSize(1).first().asString().hasSizeLessThan(1 << 20);
  }

  @Test
  void keeps_three_starts_of_what_runs_and_nothing_of_what_is_gone() throws IOException {
    IntStream.range(1, 6).forEach(start -> print("web", start, "x\n"));
    print("gone", 9, "x\n");
    Output.sweep(logs, List.of("web"));
    try (var left = Files.list(logs)) {
      assertThat(left.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("web.3.log", "web.4.log", "web.5.log");
    }
  }

  private void print(String component, long start, String text) {
    try {
      Files.writeString(Instance.log(logs, component, start), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
