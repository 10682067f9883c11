package dev.fleetwright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class NeedsTest {

  private static final String LACKING = "no-program-has-this-name";

  @Test
  void finds_a_tool_that_is_there() {
    assertThat(Needs.tool("sh")).isExecutable().hasFileName("sh");
  }

  @Test
  void skips_by_the_name_of_the_missing_tool() {
    assertThatThrownBy(() -> Needs.tool(LACKING, Map.of("PATH", "/usr/bin")))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("skipped: no-program-has-this-name is not installed");
  }

  @Test
  void fails_in_continuous_integration() {
    assertThatThrownBy(() -> Needs.tool(LACKING, Map.of("PATH", "", "FLEETWRIGHT_CI", "1")))
        .isInstanceOf(AssertionError.class)
        .hasMessage("no-program-has-this-name is not installed");
  }

  @Test
  void asks_for_anything_else_in_words() {
    Needs.that(true, "a miracle", Map.of());
    assertThatThrownBy(() -> Needs.that(false, "a miracle", Map.of()))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("skipped: needs a miracle");
  }
}
