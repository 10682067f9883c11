package dev.fleetwright.adapters.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  void matches_as_gitlab_does(String pattern, String path, boolean matches) {
    assertThat(Glob.parse(pattern).stream().anyMatch(g -> g.matches(path))).isEqualTo(matches);
  }

  @Test
  void no_pattern_takes_long() {
    var pattern = "*a".repeat(2000) + "b/" + "**/".repeat(500) + "x";
    var path = "a".repeat(4000) + "/" + "y/".repeat(500) + "z";
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> assertThat(Glob.parse(pattern).getFirst().matches(path)).isFalse());
  }

  @Test
  void a_pattern_that_stands_for_too_many_is_refused() {
    assertThatThrownBy(() -> Glob.parse("{a,b}".repeat(30)))
        .hasMessageContaining("more than 1000 patterns");
  }
}
