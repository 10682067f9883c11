package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u001b[2Jb", // clear the screen
        "a\u001b[1;1Hb", // move the cursor
        "a\u001b]0;title\u0007b", // set the title
        "a\u001b]52;c;ZXZpbA==\u0007b", // write the clipboard
        "a\u001b]8;;https://evil.example\u001b\\b", // a link
        "a\u001bPq#0\u001b\\b", // a device control string
        "a\u0007b",
        "a\u009bb",
        "a\u202eb",
        "a\rb"
      })
  void text_of_others_cannot_steer_the_terminal(String text) {
    assertThat(Terminal.clean(text)).isEqualTo("ab");
  }

  @Test
  void where_a_log_folds_on_pages_nothing_is_printed() {
    assertThat(
            Terminal.log(
                """
                section_start:1:step_script\r\u001b[0K\u001b[36;1mRunning\u001b[0;m
                section_end:2:step_script\r\u001b[0K
                the job's section_end:of:the text
                """))
        .isEqualTo("Running\n\nthe job's section_end:of:the text\n");
  }

  @Test
  void columns_are_as_wide_as_their_widest_cell() {
    assertThat(Terminal.table(List.of(List.of("A", "B"), List.of("long", "x"))))
        .containsExactly("A     B", "long  x");
  }
}
