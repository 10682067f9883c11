package dev.fleetwright.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.WorkTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "*.md README.md true",
        "*.md docs/README.md false",
        "docs/* docs/a.md true",
        "docs/* docs/a/b.md false",
        "docs/** docs/a.md true",
        "docs/** docs/a/b.md false",
        "docs/**/* docs/a/b/c.md true",
        "docs/**/* docs/a.md true",
        "**/*.java Main.java true",
        "**/*.java src/main/Main.java true",
        "**/Dockerfile a/b/Dockerfile true",
        "* .gitignore true",
        "**/.env a/.env true",
        "src/?.c src/a.c true",
        "src/?.c src/ab.c false",
        "[a-c].txt b.txt true",
        "[!a-c].txt b.txt false",
        "*.{yml,yaml} a.yaml true",
        "*.{yml,yaml} a.json false",
        "a+b.txt a+b.txt true",
        "a.c abc false",
        "{open a false",
        "[open a false",
      })
  void matches_as_rules_do(String glob, String path, boolean matches) {
    assertThat(Glob.of(glob).matches(path)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "ci/*.yml ci/a.yml true",
        "ci/*.yml ci/a/b.yml false",
        "ci/**.yml ci/a/b.yml true",
        "ci/**/*.yml ci/a.yml true",
        "build/** build/a/b true",
      })
  void two_stars_cross_folders_where_includes_and_artifacts_want_it(
      String glob, String path, boolean matches) {
    assertThat(Glob.crossing(glob).matches(path)).isEqualTo(matches);
  }

  @Test
  void a_pattern_made_to_be_slow_is_not() {
    var glob = "*a".repeat(200) + "b";
    var took = WorkTime.of(() -> assertThat(Glob.of(glob).matches("a".repeat(4_000))).isFalse());

    assertThat(took).isLessThan(Duration.ofSeconds(5));
  }
}
