package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.Lint;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Reading never throws: whatever is in the files, the answer is a list of problems, or none.
class NeverThrowsTest {
  private static final List<String> SOUND =
      List.of(
          """
          stages: [build, test]
          variables: {A: &a x, B: {value: y, options: [y, z]}}
          default: {image: x, retry: 2}
          .t: &t {script: [echo "$A"], rules: [{if: $A == "x" && $B, changes: [a/*]}]}
          one: {<<: *t, stage: build, artifacts: {paths: [x], reports: {dotenv: d}}}
          two:
            extends: .t
            needs: [{job: one, optional: true}]
            environment: {name: e/$A, on_stop: three, auto_stop_in: 1 day}
            parallel: {matrix: [{P: [1, 2]}]}
          three: {script: !reference [.t, script], environment: {name: e/$A, action: stop}}
          """,
          """
          include: [{local: a.yml, rules: [{if: $A}]}, b/*.yml]
          workflow: {name: n, rules: [{if: $CI_COMMIT_TAG, when: never}, {when: always}]}
          job: {script: [[a], [b, [c]]], only: {refs: [main], changes: [x]}, when: manual}
          trigger: {trigger: {include: [{local: c.yml}], strategy: depend}}
          """,
          """
          project: shop
          targets: {here: {local: {}}, edge: {ssh: {hosts: [a], user: u, key: file:/k}}}
          release: {web: {files: b/, run: {command: [x, "${P}"], port: 80, variables: {P: 1}}}}
          environments: {review/*: {target: here}, p: {target: [here, edge], after: s}, s: {}}
          """);

  @Property(tries = 1_500)
  void a_damaged_file_gives_problems(@ForAll("damaged") String text) {
    var tree =
        new MemoryTree(
            Map.of(
                ".gitlab-ci.yml", text, "fleetwright.yml", text, "a.yml", text, "b/c.yml", text));
    var report = Lint.check(tree);

    assertThat(report.problems()).allSatisfy(problem -> assertThat(problem.line()).isPositive());
    report.account();
    report.pipeline().ifPresent(file -> assertThat(file.plan(Contexts.push("main"))).isNotNull());
  }

  @Provide
  Arbitrary<String> damaged() {
    var pieces =
        Arbitraries.of(
            "",
            " ",
            "\n",
            "  ",
            ":",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "*a",
            "&a ",
            "!reference ",
            "<<: *t",
            "'",
            "\"",
            "null",
            "yes",
            "1",
            "0.5",
            "2020-01-01",
            "#",
            "|",
            ">",
            "\t",
            "$A",
            "!!binary x",
            "---",
            "\u0000",
            "\ud83d\ude80",
            "script",
            "rules",
            "needs",
            "extends: one",
            "local");
    var damage =
        Combinators.combine(
                Arbitraries.integers().between(0, 600),
                Arbitraries.integers().between(0, 12),
                pieces)
            .as(Damage::new);
    return Combinators.combine(Arbitraries.of(SOUND), damage.list().ofMinSize(1).ofMaxSize(4))
        .as((text, all) -> {
          var result = text;
          for (var one : all) {
            result = one.to(result);
          }
          return result;
        });
  }

  /// @param length of what is taken away
  private record Damage(int at, int length, String piece) {
    String to(String text) {
      var from = Math.min(at, text.length());
      var end = Math.min(from + length, text.length());
      return text.substring(0, from) + piece + text.substring(end);
    }
  }
}
