package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.fleetwright.server.ui.LogView.Fold;
import dev.fleetwright.server.ui.LogView.Run;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What logs may do to a page: S25 of the security anchors (Woodpecker CVE-2026-29947).
class LogTextTest {

  private static final String ESC = "\u001b";

  @Test
  void keeps_colours_and_weights() {
    assertThat(read(ESC + "[1;31mred" + ESC + "[0m plain").getFirst().runs())
        .containsExactly(new Run("b c1", "red"), new Run("", " plain"));
  }

  @Test
  void carries_a_colour_into_the_next_line_and_the_next_part() {
    var part = LogText.read(bytes("a" + ESC + "[32mb\nc\n"), 0, LogText.START);

    assertThat(part.lines().get(1).runs()).containsExactly(new Run("c2", "c"));
    assertThat(part.style()).isEqualTo("c2");
    assertThat(LogText.read(bytes("d"), 0, part.style()).lines().getFirst().runs())
        .containsExactly(new Run("c2", "d"));
  }

  @Test
  void does_not_believe_a_style_that_it_did_not_make() {
    assertThat(LogText.read(bytes("a"), 0, "c9\" onclick=\"x").lines().getFirst().runs())
        .containsExactly(new Run("", "a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ESC + "[2J",
        ESC + "[10;20H",
        ESC + "[?1049h",
        ESC + "]0;title\u0007",
        ESC + "]8;;https://evil.example" + ESC + "\\",
        ESC + "]52;c;ZXZpbA==\u0007",
        ESC + "P1$r0m" + ESC + "\\",
        ESC + "_private" + ESC + "\\",
        ESC + "(0",
        ESC + "c",
        "\u009b2J",
        "\u009d0;title\u009c",
        "\u0090q\u009c",
        "\u0007",
        "\u0008",
        "\u007f",
        "\u0000",
        ESC + "[38;5;196m",
        ESC + "[48;2;1;2;3m",
      })
  void takes_out_everything_else_that_a_terminal_would_obey(String sequence) {
    assertThat(text("before" + sequence + "after")).containsExactly("beforeafter");
  }

  @Test
  void a_string_without_an_end_hides_no_more_than_its_line() {
    assertThat(text("a" + ESC + "]0;title\nthe error\n")).containsExactly("a", "the error");
  }

  @Test
  void a_sequence_that_was_cut_off_is_left_out() {
    assertThat(text("a" + ESC)).containsExactly("a");
    assertThat(text("a" + ESC + "[1;3")).containsExactly("a");
  }

  @Test
  void what_was_written_over_is_not_shown() {
    assertThat(text("10 %\r50 %\r100 %\r\ndone\r\n")).containsExactly("100 %", "done");
  }

  @Test
  void the_marks_of_sections_become_titles_and_ends() {
    var lines =
        read(
            "section_start:17:build[collapsed=true]\r"
                + ESC
                + "[0KBuilding\nx\nsection_end:18:build\r"
                + ESC
                + "[0Ksection_start:18:test\r"
                + ESC
                + "[0K\ny\n");

    assertThat(lines)
        .containsExactly(
            new LogView.Line(
                0, "", List.of(new Run("", "Building")), new Fold.Begin("build", 17, true)),
            new LogView.Line(52, "", List.of(new Run("", "x")), Fold.NO),
            new LogView.Line(-1, "", List.of(), new Fold.End("build", 18)),
            new LogView.Line(
                54, "", List.of(new Run("", "test")), new Fold.Begin("test", 18, false)),
            new LogView.Line(106, "", List.of(new Run("", "y")), Fold.NO));
  }

  @Test
  void a_line_of_a_deploy_says_when_and_where_apart_from_what() {
    var lines =
        read(
            "2026-11-22T00:25:51.675386487Z here | section_start:17:build"
                + ESC
                + "[36mPreparing"
                + ESC
                + "[0m\n2026-11-22T00:25:52Z here | section_end:18:build\n2026-11-22T00:25:52Z here | \n");

    assertThat(lines)
        .extracting(LogView.Line::origin, LogView.Line::runs, LogView.Line::fold)
        .containsExactly(
            tuple(
                "00:25:51 here",
                List.of(new Run("c6", "Preparing")),
                new Fold.Begin("build", 17, false)),
            tuple("", List.of(), new Fold.End("build", 18)),
            tuple("00:25:52 here", List.of(), Fold.NO));
  }

  @Test
  void empty_lines_stay() {
    assertThat(text("a\n\nb\n")).containsExactly("a", "", "b");
  }

  @Test
  void a_line_of_ten_megabytes_is_cut() {
    var shown = text("x".repeat(10 << 20) + "\nnext");

    assertThat(shown.getFirst()).hasSizeLessThan(20_000).contains("the rest of this line");
    assertThat(shown.get(1)).isEqualTo("next");
  }

  private static List<LogView.Line> read(String text) {
    return LogText.read(bytes(text), 0, LogText.START).lines();
  }

  private static List<String> text(String text) {
    return read(text).stream()
        .map(line -> line.runs().stream().map(Run::text).collect(Collectors.joining()))
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
