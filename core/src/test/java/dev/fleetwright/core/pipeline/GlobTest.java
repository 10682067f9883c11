package dev.fleetwright.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.pipeline.Glob.Where;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          build/app.jar      | build/app.jar        | true
          ./build//app.jar   | build/app.jar        | true
          build/*.jar        | build/app.jar        | true
          build/*.jar        | build/deep/app.jar   | false
          *                  | .hidden              | true
          **/*.xml           | a.xml                | true
          **/*.xml           | a/b/c.xml            | true
          a/**/z             | a/z                  | true
          a/**/z             | a/b/c/z              | true
          a/**/z             | a/b/c/y              | false
          **                 | a/b                  | true
          a/**               | a/b/c                | true
          a/**               | a                    | true
          a**b               | axxb                 | true
          a**b               | a/b                  | false
          ?.txt              | a.txt                | true
          ?.txt              | ab.txt               | false
          [a-c]x             | bx                   | true
          [a-c]x             | dx                   | false
          [^a-c]x            | dx                   | true
          [!a-c]x            | bx                   | false
          []a]x              | ]x                   | true
          {web,api}/*.class  | api/Main.class       | true
          {web,api}/*.class  | cli/Main.class       | false
          {a,b/{c,d}}/e      | b/d/e                | true
          {a,b/{c,d}}/e      | b/e                  | false
          a\\*b              | a*b                  | true
          a\\*b              | axb                  | false
          [unclosed          | [unclosed            | true
          {unclosed          | {unclosed            | true
          a.b                | axb                  | false
          *a*b*c             | xxaxxbxxc            | true
          *a*b*c             | xxaxxbxx             | false
          """)
  void matches_artifacts_as_the_runner_does(String pattern, String path, boolean matches) {
    assertThat(Glob.of(Where.ARTIFACTS, pattern).matches(path)).isEqualTo(matches);
  }

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
        "docs/ docs false",
      })
  void matches_rules_as_ruby_does(String glob, String path, boolean matches) {
    assertThat(Glob.of(Where.RULES, glob).matches(path)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "ci/*.yml ci/a.yml true",
        "ci/*.yml ci/a/b.yml false",
        "ci/**.yml ci/a.yml true",
        "ci/**.yml ci/a/b.yml true",
        "ci/a**.yml ci/ab/c/d.yml true",
        "ci/a**.yml ci/b/a.yml false",
        "ci/**/*.yml ci/a.yml true",
        "build/** build/a/b true",
        "build/** build false",
      })
  void two_stars_cross_folders_wherever_they_stand_in_includes(
      String glob, String path, boolean matches) {
    assertThat(Glob.of(Where.INCLUDES, glob).matches(path)).isEqualTo(matches);
  }

  @Test
  void one_that_stands_for_too_many_may_be_only_itself() {
    var text = "{a,b}".repeat(30);
    var glob = Glob.orOnlyItself(Where.RULES, text);

    assertThat(glob.matches(text)).isTrue();
    assertThat(glob.matches("a".repeat(30))).isFalse();
  }

  @Test
  void no_pattern_takes_long() {
    var pattern = "*a".repeat(2000) + "b/" + "**/".repeat(500) + "x";
    var path = "a".repeat(4000) + "/" + "y/".repeat(500) + "z";
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> assertThat(Glob.of(Where.ARTIFACTS, pattern).matches(path)).isFalse());
  }

  @Test
  void a_pattern_that_stands_for_too_many_is_refused() {
    assertThatThrownBy(() -> Glob.of(Where.ARTIFACTS, "{a,b}".repeat(30)))
        .hasMessageContaining("more than 1000 patterns");
  }
}
