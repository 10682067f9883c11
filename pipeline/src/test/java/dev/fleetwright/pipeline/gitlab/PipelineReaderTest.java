package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineReaderTest {

  @Test
  void names_every_mistake_at_once() {
    var file =
        read(
            """
            stages: [build, test]
            compile:
              stage: biuld
              scirpt: make
            unit:
              stage: test
              needs: [compil]
              script: make test
              when: manually
              rules:
                - if: $CI_COMMIT_BRANCH = "main"
            """);

    assertThat(file.problems())
        .extracting(Problem::toString)
        .containsExactly(
            ".gitlab-ci.yml:3:10: error: jobs:compile: chosen stage `biuld` does not exist;"
                + " available stages are .pre, build, test, .post; did you mean `build`?",
            ".gitlab-ci.yml:4:3: error: jobs:compile config contains unknown keys: scirpt; did you"
                + " mean `script`?",
            ".gitlab-ci.yml:7:11: error: unit job: undefined need: compil; did you mean"
                + " `compile`?",
            ".gitlab-ci.yml:9:9: error: jobs:unit:when has an unknown value: manually; did you mean"
                + " `manual`?",
            ".gitlab-ci.yml:11:29: error: jobs:unit:rules:if invalid expression syntax: `= \"main\"`"
                + " does not go on the expression; join conditions with && or ||");
  }

  /// What GitLab refuses, with GitLab's words where it has some.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: {stage: test} | jobs:a config should implement the script:, run:, or trigger: keyword",
        "a: text | jobs:a config should be a map of keywords",
        "a: {script: []} | jobs:a:script is empty",
        "a: {script: [{echo foo: bar}]} | put the whole line in quotes",
        "a: {script: [1]} | a line that is the number 1",
        "a: {script: x, extends: b} | unknown key in `extends`: b",
        "a: {script: x, extends: a} | circular dependency detected in `extends`",
        "a: {script: x, rules: [{when: always}], only: [main]} | key may not be used with `rules`: only",
        "a: {script: x, when: delayed} | start in should be a duration",
        "a: {script: x, start_in: 1 day} | start in must be blank",
        "a: {script: x, when: delayed, start_in: 8 days} | at most one week",
        "a: {script: x, rules: [{when: delayed}]} | start in is missing",
        "a: {script: x, retry: 3} | a whole number from 0 to 2",
        "a: {script: x, retry: {when: whenever}} | unknown value: whenever",
        "a: {script: x, parallel: 201} | a whole number from 1 to 200",
        "a: {script: x, parallel: {matrix: [{A: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15], B: [1,2,3,4,5,6,7,8,9,10,11,12,13,14]}]}} | generates 210 jobs",
        "a: {script: x, needs: [b]} | undefined need: b",
        "a: {script: x, needs: [a, a]} | needs a twice",
        "a: {script: x, needs: [b]}\\nb: {script: x, needs: [a]} | circular needs: a → b → a",
        "a: {script: x, dependencies: [b]}\\nb: {script: x} | is not defined in prior stages",
        "a: {script: x, needs: [b], dependencies: [c]}\\nb: {script: x}\\nc: {script: x} | should be part of `needs`",
        "a: {script: x, environment: {url: http://x}} | should have the key name",
        "a: {script: x, environment: {name: x, kind: y}} | contains an unknown key: kind",
        "a: {script: x, environment: {name: x, action: begin}} | unknown value: begin",
        "a: {script: x, environment: {name: x, on_stop: b}} | on_stop job b is not defined",
        "a: {script: x, environment: {name: x, on_stop: b}}\\nb: {script: x} | does not have environment defined",
        "a: {script: x, environment: {name: x, on_stop: b}}\\nb: {script: x, environment: {name: y, action: stop}} | has a different environment name",
        "a: {script: x, environment: {name: x, on_stop: b}}\\nb: {script: x, environment: x} | needs to have action stop defined",
        "a: {script: x, trigger: g/p} | both `trigger` and `script`",
        "a: {trigger: g/p, image: x} | unknown keys: image",
        "a: {script: x, artifacts: {paths: x}} | should be a list",
        "a: {script: x, artifacts: {reports: {junk: x}}} | unknown key: junk; did you mean `junit`?",
        "a: {script: x, artifacts: {expire_in: soon}} | should be a duration or `never`",
        "a: {script: x, allow_failure: {}} | should have the key exit_codes",
        "a: {script: x, variables: [A]} | should be a map",
        "a: {script: x, timeout: long} | should be a duration",
        "a: {script: x, needs: a} | should be a list",
        "default: {stage: x}\\na: {script: x} | default contains an unknown key: stage",
        "image: a\\ndefault: {image: b}\\na: {script: x} | image is defined in top-level and `default:` entry",
        "variables: {A: {value: x, options: [y]}}\\na: {script: x} | not among its options",
        "workflow: {rules: [{when: manual}]}\\na: {script: x} | unknown value: manual",
        "include: nowhere.yml\\na: {script: x} | local file `nowhere.yml` does not exist",
        "include: ci.txt\\na: {script: x} | does not have YAML extension",
        "include: ../ci.yml\\na: {script: x} | leads out of the repository",
        "a: {script: !reference [b, script]} | could not be found",
        "a: {script: !reference [a, script]} | circular chain",
        ".a: {script: x} | at least one visible job",
        "- a | should be a map of keys and is a list",
      })
  void what_gitlab_refuses_is_refused(String text, String reason) {
    var file = read(text.replace("\\n", "\n"));

    assertThat(file.sound()).isFalse();
    assertThat(file.problems())
        .anySatisfy(problem -> assertThat(problem.toString()).contains(reason));
    assertThat(file.plan(Contexts.push("main"))).isInstanceOf(Planned.Refused.class);
  }

  @Test
  void an_include_is_merged_under_the_including_file() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                "include: ci/*.yml\njob: {variables: {B: own}, tags: [own]}\n",
                "ci/a.yml",
                "job: {script: [from a], variables: {A: a, B: a}, tags: [a, b]}\n",
                "ci/b.yml",
                "job: {script: [from b]}\n"));

    var job = Contexts.graph(file, Contexts.push("main")).jobs().getFirst();
    assertThat(job.script()).containsExactly("from b");
    assertThat(job.variables()).containsEntry("A", "a").containsEntry("B", "own");
    assertThat(job.tags()).containsExactly("own");
    assertThat(file.files()).containsExactly(".gitlab-ci.yml", "ci/a.yml", "ci/b.yml");
  }

  @Test
  void an_include_cycle_is_an_error_and_the_rest_is_read() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml", "include: a.yml\njob: {script: x}\n",
                "a.yml", "include: b.yml\n",
                "b.yml", "include: a.yml\n"));

    assertThat(file.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "b.yml:1:10: error: include cycle: .gitlab-ci.yml → a.yml → b.yml → a.yml; remove one"
                + " of these includes");
    assertThat(file.jobs()).hasSize(1);
  }

  @Test
  void a_hundred_and_fifty_includes_are_the_limit() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                "include: [" + "a.yml, ".repeat(151) + "]\njob: {script: x}\n",
                "a.yml",
                ".x: {}\n"));

    assertThat(file.problems()).singleElement().asString().contains("a maximum of 150 includes");
  }

  @Test
  void an_include_with_rules_is_judged_for_each_run() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                """
                include:
                  - local: release.yml
                    rules: [{if: $CI_COMMIT_BRANCH == "release"}]
                  - local: ci-$CI_COMMIT_BRANCH.yml
                    rules: [{exists: [ci-main.yml]}]
                job: {script: x}
                """,
                "release.yml",
                "publish: {script: x}\n",
                "ci-main.yml",
                "only-main: {script: x}\n",
                "ci-release.yml",
                "only-release: {script: x}\n"));

    assertThat(Contexts.names(file, Contexts.push("main"))).containsExactly("only-main", "job");
    assertThat(Contexts.names(file, Contexts.push("release")))
        .containsExactly("publish", "only-release", "job");
  }

  @Test
  void of_several_parents_the_later_one_counts_and_own_keys_count_most() {
    var file =
        read(
            """
            .a: {script: [a], variables: {X: a, Y: a}, tags: [a]}
            .b: {extends: .a, script: [b], variables: {Y: b}}
            .c: {variables: {Y: c}, image: c}
            job: {extends: [.b, .c], variables: {Z: own}}
            """);

    var job = Contexts.graph(file, Contexts.push("main")).jobs().getFirst();
    assertThat(job.script()).containsExactly("b");
    assertThat(job.variables())
        .containsExactlyInAnyOrderEntriesOf(Map.of("X", "a", "Y", "c", "Z", "own"));
    assertThat(job.tags()).containsExactly("a");
    assertThat(job.workplace().image()).map(Workplace.Image::name).contains("c");
  }

  @Test
  void references_are_resolved_after_extends_and_across_includes() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                """
                include: base.yml
                .local: {extends: .base}
                job:
                  script:
                    - !reference [.local, script]
                    - [!reference [.base, after_script], [deep]]
                  rules:
                    - !reference [.rules, rules]
                    - when: never
                """,
                "base.yml",
                """
                .base: {script: [one, two], after_script: [bye]}
                .rules: {rules: [{if: $CI_COMMIT_TAG, when: never}, {if: $CI_COMMIT_BRANCH}]}
                """));

    var job = Contexts.graph(file, Contexts.push("main")).jobs().getFirst();
    assertThat(job.script()).containsExactly("one", "two", "bye", "deep");
  }

  @Test
  void a_reference_bomb_is_refused() {
    var text = new StringBuilder(".a0: {script: [x, x, x, x, x, x, x, x, x, x]}\n");
    for (var i = 1; i < 10; i++) {
      text.append(".a").append(i).append(": {script: [");
      text.append(("!reference [.a" + (i - 1) + ", script], ").repeat(10)).append("]}\n");
    }
    text.append("job: {script: [!reference [.a9, script]]}\n");

    assertThat(read(text.toString()).problems())
        .anySatisfy(problem -> assertThat(problem.message()).contains("references written out"));
  }

  @Test
  void defaults_are_inherited_as_far_as_the_job_lets_them() {
    var file =
        read(
            """
            default: {image: base, before_script: [prepare], tags: [fast]}
            variables: {A: a, B: b}
            all: {script: x}
            none: {script: x, inherit: {default: false, variables: false}}
            some: {script: x, inherit: {default: [image], variables: [B]}}
            own: {script: x, image: mine, before_script: []}
            """);

    var jobs = Contexts.graph(file, Contexts.push("main")).jobs();
    assertThat(jobs)
        .extracting(job ->
            job.name()
                + " "
                + job.workplace().image().map(Workplace.Image::name).orElse("-")
                + " "
                + job.script()
                + " "
                + job.tags()
                + " "
                + job.variables())
        .containsExactly(
            "all base [prepare, x] [fast] {A=a, B=b}",
            "none - [x] [] {}",
            "some base [x] [] {B=b}",
            "own mine [x] [fast] {A=a, B=b}");
  }

  @Test
  void what_is_not_acted_on_yet_is_named_once_with_its_place() {
    var file =
        read(
            """
            a: {script: x, publish: public, identity: google_cloud}
            b: {script: x, publish: public}
            """);

    assertThat(file.sound()).isTrue();
    assertThat(file.problems())
        .extracting(Problem::toString)
        .containsExactly(
            ".gitlab-ci.yml:1:25: warning: `publish` is understood and not acted on yet (2 places);"
                + " nothing is published",
            ".gitlab-ci.yml:1:43: warning: `identity` is understood and not acted on yet; the job"
                + " gets no cloud identity");
  }

  @Test
  void what_may_come_from_an_include_that_is_not_read_is_no_error() {
    var file =
        read(
            """
            include: {project: group/templates, file: ci.yml}
            job: {extends: .there, stage: custom, needs: [other]}
            """);

    assertThat(file.sound()).isTrue();
    assertThat(file.problems()).hasSize(4);
    assertThat(file.plan(Contexts.push("main")))
        .isInstanceOfSatisfying(
            Planned.Refused.class,
            refused ->
                assertThat(refused.problems().toString())
                    .contains("`include:project` is not supported yet"));
  }

  @Test
  void a_file_may_start_with_a_header() {
    var file = read("spec:\n  component: [name]\n---\njob: {script: x}\n");

    assertThat(file.problems()).isEmpty();
    assertThat(file.jobs()).hasSize(1);
  }

  @Test
  void ten_thousand_jobs_are_refused_in_words() {
    var text = new StringBuilder();
    for (var i = 0; i < 10_000; i++) {
      text.append("job").append(i).append(": {script: x}\n");
    }

    assertThat(read(text.toString()).problems())
        .singleElement()
        .asString()
        .contains("the file has more than 5000 jobs");
  }

  @Test
  void a_file_of_nothing_but_mistakes_gives_a_bounded_list() {
    var text = new StringBuilder();
    for (var i = 0; i < 3_000; i++) {
      text.append("job").append(i).append(": {scirpt: x}\n");
    }

    var problems = read(text.toString()).problems();
    assertThat(problems).hasSizeLessThan(250);
    assertThat(problems.getLast().message()).contains("more problems are not listed");
  }

  private static PipelineFile read(String text) {
    return read(Map.of(".gitlab-ci.yml", text));
  }

  private static PipelineFile read(Map<String, String> files) {
    return PipelineReader.read(new MemoryTree(files), ".gitlab-ci.yml");
  }

  static List<String> errors(PipelineFile file) {
    return file.problems().stream().filter(Problem::isError).map(Problem::toString).toList();
  }
}
