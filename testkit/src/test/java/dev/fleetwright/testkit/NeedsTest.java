package dev.fleetwright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  void finds_a_part_of_the_corpus_beside_the_project_or_where_it_is_named(@TempDir Path folder)
      throws IOException {
    var part = Files.createDirectories(folder.resolve("shared/corpus/dev/small/case"));
    var here = Files.createDirectories(folder.resolve("project/module"));
    assertThat(Needs.corpus("small/case", here, Map.of())).isEqualTo(part);
    var named = Map.of("FLEETWRIGHT_CORPUS", folder.resolve("shared/corpus").toString());
    assertThat(Needs.corpus("small/case", Path.of("/"), named)).isEqualTo(part);
  }

  @Test
  void nobody_can_install_the_corpus_but_a_part_that_it_lacks_is_a_fault(@TempDir Path folder)
      throws IOException {
    var ci = Map.of("FLEETWRIGHT_CI", "1");
    assertThatThrownBy(() -> Needs.corpus("gone", Path.of("nowhere"), ci))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageStartingWith("skipped: the corpus is not here");
    Files.createDirectories(folder.resolve("shared/corpus/dev"));
    assertThatThrownBy(() -> Needs.corpus("gone", folder, ci))
        .isInstanceOf(AssertionError.class)
        .hasMessage("the corpus has no dev/gone");
    assertThatThrownBy(() -> Needs.corpus("gone", folder, Map.of()))
        .isInstanceOf(TestAbortedException.class);
  }

  @Test
  void asks_for_anything_else_in_words() {
    Needs.that(true, "a miracle", Map.of());
    assertThatThrownBy(() -> Needs.that(false, "a miracle", Map.of()))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("skipped: needs a miracle");
  }
}
