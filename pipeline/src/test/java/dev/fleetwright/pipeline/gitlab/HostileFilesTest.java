package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Files that were written to hold the server up or to fill its memory: each ends soon, with an
/// error that says why. Anyone who can push can send them.
class HostileFilesTest {
  /// Far more than any of them takes, and far less than what they would take without a limit.
  private static final Duration SOON = Duration.ofSeconds(20);

  private static List<String> errors(Map<String, String> files) {
    return assertTimeoutPreemptively(
        SOON,
        () -> {
          var file = PipelineReader.read(new MemoryTree(files), ".gitlab-ci.yml");
          assertThat(file.plan(Contexts.push("main"))).isNotNull();
          return file.problems().stream().filter(Problem::isError).map(Problem::message).toList();
        });
  }

  private static List<String> errors(String text) {
    return errors(Map.of(".gitlab-ci.yml", text));
  }

  private static String repeated(int times, java.util.function.IntFunction<String> line) {
    return IntStream.range(0, times).mapToObj(line).collect(Collectors.joining());
  }

  @Test
  void a_billion_laughs() {
    var text =
        ".a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + repeated(
                12, i -> ".a%d: &a%d [%s]\n".formatted(i + 1, i + 1, ("*a" + i + ", ").repeat(10)));

    assertThat(errors(text)).singleElement().asString().contains("more than 500000 values");
  }

  @Test
  void references_that_multiply() {
    var text =
        ".a0: {s: [x, x, x, x, x, x, x, x, x, x]}\n"
            + repeated(
                9,
                i ->
                    ".a%d: {s: [%s]}\n"
                        .formatted(i + 1, ("!reference [.a" + i + ", s], ").repeat(10)))
            + "job: {script: !reference [.a9, s]}\n";

    assertThat(errors(text)).anySatisfy(error -> assertThat(error).contains("1000000 values"));
  }

  @Test
  void maps_that_grow_with_each_extends() {
    var text =
        ".a0: {variables: {%s}}\n".formatted(repeated(5_000, i -> "V" + i + ": x, "))
            + repeated(4_000, i -> ".b%d: {extends: .a0}\n".formatted(i))
            + "job: {script: x, extends: [%s]}\n".formatted(repeated(4_000, i -> ".b" + i + ", "));

    assertThat(errors(text)).anySatisfy(e -> assertThat(e).contains("more than 2000000 keys"));
  }

  @Test
  void extends_that_go_too_deep_or_in_circles() {
    var deep =
        ".a0: {script: x}\n"
            + repeated(5_000, i -> ".a%d: {extends: .a%d}\n".formatted(i + 1, i))
            + "job: {extends: .a5000}\n";
    var circle = repeated(2_000, i -> ".a%d: {extends: .a%d}\n".formatted(i, (i + 1) % 2_000));

    assertThat(errors(deep)).anySatisfy(e -> assertThat(e).contains("nesting too deep"));
    assertThat(errors(circle + "job: {script: x, extends: .a0}\n"))
        .anySatisfy(e -> assertThat(e).containsAnyOf("nesting too deep", "circular"));
  }

  @Test
  void two_hundred_thousand_lines() {
    assertThat(errors("job: {script: x}\n" + repeated(200_000, i -> "k" + i + ": 1\n")))
        .containsExactly("the file has too many keys and values");
  }

  @Test
  void ten_thousand_jobs() {
    assertThat(errors(repeated(10_000, i -> "j%d: {script: x}\n".formatted(i))))
        .contains("the file has more than 5000 jobs");
  }

  @Test
  void as_many_jobs_as_are_allowed_each_with_fifty_needs() {
    var text =
        repeated(
            4_000,
            i ->
                "j%d: {script: x, needs: [%s]}\n"
                    .formatted(i, repeated(Math.min(i, 50), n -> "j" + (i - n - 1) + ", ")));

    assertThat(errors(text)).isEmpty();
  }

  @Test
  void a_giant_matrix() {
    var values = repeated(200, i -> i + ", ");
    var text =
        "a: {script: x, parallel: {matrix: [{%s}]}}\n"
            .formatted(repeated(50, i -> "V" + i + ": [" + values + "], "));

    assertThat(errors(text))
        .anySatisfy(e -> assertThat(e).contains("jobs and at most 200 are allowed"));
  }

  @Test
  void many_matrices_of_the_allowed_size() {
    var text = repeated(1_000, i -> "j%d: {script: x, parallel: 200}\n".formatted(i));

    assertThat(assertTimeoutPreemptively(SOON, () -> outcome(text)))
        .contains("more than 10000 jobs");
  }

  private static String outcome(String text) {
    return Contexts.outcome(text, Contexts.push("main"));
  }

  @Test
  void includes_in_circles_and_in_great_number() {
    var files = new HashMap<String, String>();
    files.put(".gitlab-ci.yml", "include: a/*.yml\njob: {script: x}\n");
    for (var i = 0; i < 400; i++) {
      files.put("a/%d.yml".formatted(i), "include: [a/*.yml]\n");
    }

    assertThat(errors(files))
        .anySatisfy(e -> assertThat(e).contains("a maximum of 150 includes"))
        .anySatisfy(e -> assertThat(e).contains("include cycle"));
  }

  @Test
  void paths_that_lead_out() {
    var paths =
        List.of("../secret.yml", "/../secret.yml", "a/../../secret.yml", "..\\\\secret.yml");
    for (var path : paths) {
      assertThat(
              errors("variables: {UP: ..}\ninclude: {local: \"" + path + "\"}\nj: {script: x}\n"))
          .as(path)
          .anySatisfy(error ->
              assertThat(error).containsAnyOf("leads out of the repository", "does not exist"));
    }
  }

  @Test
  void a_path_that_leads_out_by_a_variable_of_the_run() {
    var file = Contexts.file("include: {local: $UP/secret.yml}\nj: {script: x}\n");
    var planned = file.plan(Contexts.push("main").withGiven(Map.of("UP", "..")));

    assertThat(file.sound()).isTrue();
    assertThat(((Planned.Refused) planned).problems())
        .extracting(Problem::message)
        .contains("the included path `../secret.yml` leads out of the repository");
  }

  @Test
  void inputs_that_multiply() {
    var files = new HashMap<String, String>();
    var large = "x".repeat(90_000);
    files.put(
        ".gitlab-ci.yml",
        "include: {local: a.yml, inputs: {t: " + large + "}}\njob: {script: x}\n");
    files.put("a.yml", "spec: {inputs: {t: }}\n---\n.x:\n" + "- $[[ inputs.t ]]\n".repeat(9_000));

    assertThat(errors(files))
        .anySatisfy(e -> assertThat(e).contains("too many interpolation blocks"));
  }

  @Test
  void one_endless_line() {
    assertThat(errors("#" + "x".repeat(2_000_000) + "\njob: {script: x}\n"))
        .singleElement()
        .asString()
        .contains("longer than 100000 characters");
    assertThat(errors(repeated(20, _ -> "#" + "x".repeat(99_000) + "\n") + "job: {script: x}\n"))
        .isEmpty();
  }

  @Test
  void many_large_includes() {
    var files = new HashMap<String, String>();
    files.put(".gitlab-ci.yml", "include: a/*.yml\njob: {script: x}\n");
    for (var i = 0; i < 100; i++) {
      files.put(
          "a/%d.yml".formatted(i), ("#" + "x".repeat(1_000) + "\n").repeat(1_000) + ".a: {}\n");
    }

    assertThat(errors(files)).anySatisfy(e -> assertThat(e).contains("characters together"));
  }

  @Test
  void patterns_made_to_take_for_ever() {
    var slow = "(a*)*".repeat(200) + "b";
    var text =
        """
        job:
          script: x
          rules:
            - if: $A =~ /%s/
            - exists: ["%s"]
        """
            .formatted(slow, "*a".repeat(400) + "b");
    var files = new HashMap<String, String>();
    files.put(".gitlab-ci.yml", text);
    IntStream.range(0, 2_000).forEach(i -> files.put("a".repeat(200) + i, ""));

    assertThat(
            assertTimeoutPreemptively(
                SOON,
                () ->
                    PipelineReader.read(new MemoryTree(files), ".gitlab-ci.yml")
                        .plan(Contexts.push("main").withGiven(Map.of("A", "a".repeat(10_000))))))
        .isNotNull();
  }

  @Test
  void variables_that_double() {
    var text =
        "variables: {V0: xxxxxxxxxx, "
            + repeated(60, i -> "V%d: \"$V%d$V%d\", ".formatted(i + 1, i, i))
            + "}\njob: {script: x, environment: {name: e/$V60}}\n";

    assertThat(errors(text)).isEmpty();
  }

  @Test
  void a_child_of_hostile_parts_is_bounded_as_well() {
    var items = new ArrayList<String>();
    for (var i = 0; i < 300; i++) {
      items.add("a.yml");
    }
    var file =
        PipelineReader.read(
            new MemoryTree(
                Map.of(
                    ".gitlab-ci.yml",
                    "include: " + items + "\njob: {script: x}\n",
                    "a.yml",
                    "include: a.yml\n")),
            ".gitlab-ci.yml",
            Elsewhere.OFFLINE);

    assertThat(file.sound()).isFalse();
  }
}
