package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is included from other places, and what is written into it (contract 2a.3, steps 2 and 3).
class IncludesTest {

  /// Other places, in memory.
  private static final class World implements Elsewhere {
    final Map<String, Commit> projects = new HashMap<>();
    final Map<String, String> texts = new HashMap<>();

    World project(String path, Map<String, String> files) {
      projects.put(
          path,
          new Commit(new MemoryTree(files), path.replaceFirst("@.*", ""), "c0ffee".repeat(7)));
      return this;
    }

    World text(String address, String text) {
      texts.put(address, text);
      return this;
    }

    @Override
    public Answer<Commit> project(String path, Optional<String> ref) {
      var found = projects.get(path + ref.map(name -> "@" + name).orElse(""));
      return found == null
          ? new Answer.No<>("there is no such project, or you may not see it")
          : new Answer.Found<>(found);
    }

    @Override
    public Answer<Commit> component(String host, String project, String version) {
      return host.equals("ci.example")
          ? project(project, Optional.of(version))
          : new Answer.No<>(host + " is another server");
    }

    @Override
    public Answer<String> remote(String url, Optional<String> integrity) {
      return text(url);
    }

    @Override
    public Answer<String> template(String name) {
      return text(name);
    }

    @Override
    public Answer<String> artifact(String job, String path) {
      return text(job + "/" + path);
    }

    private Answer<String> text(String address) {
      var text = texts.get(address);
      return text == null ? new Answer.No<>("404") : new Answer.Found<>(text);
    }
  }

  private static PipelineFile read(Map<String, String> files, Elsewhere elsewhere) {
    return PipelineReader.read(new MemoryTree(files), ".gitlab-ci.yml", elsewhere);
  }

  private static PipelineFile read(String text, Elsewhere elsewhere) {
    return read(Map.of(".gitlab-ci.yml", text), elsewhere);
  }

  private static List<String> scripts(PipelineFile file) {
    assertThat(file.problems().stream().filter(Problem::isError)).isEmpty();
    return Contexts.graph(file, Contexts.push("main")).jobs().stream()
        .map(JobSpec::script)
        .map(lines -> String.join("; ", lines))
        .toList();
  }

  private static List<String> errors(PipelineFile file) {
    return file.problems().stream().filter(Problem::isError).map(Problem::toString).toList();
  }

  @Test
  void a_project_is_read_at_its_ref_and_its_local_includes_are_its_own() {
    var world =
        new World()
            .project(
                "group/lib@v1",
                Map.of(
                    "ci/a.yml", "include: /ci/b.yml\na: {script: from a}\n",
                    "ci/b.yml", "b: {script: from lib}\n"));

    var file =
        read(
            Map.of(
                ".gitlab-ci.yml", "include: {project: group/lib, file: [/ci/a.yml], ref: v1}\n",
                "ci/b.yml", "b: {script: from here}\n"),
            world);

    assertThat(scripts(file)).containsExactly("from lib", "from a");
    assertThat(file.files())
        .containsExactly(
            ".gitlab-ci.yml", "group/lib@c0ffeec0:ci/a.yml", "group/lib@c0ffeec0:ci/b.yml");
  }

  @Test
  void a_mistake_in_an_included_file_is_shown_there() {
    var world = new World().project("group/lib", Map.of("a.yml", "a: {scirpt: x}\n"));

    assertThat(errors(read("include: {project: group/lib, file: a.yml}\n", world)))
        .containsExactly(
            "group/lib@c0ffeec0:a.yml:1:5: error: jobs:a config contains unknown keys: scirpt; did"
                + " you mean `script`?");
  }

  @Test
  void what_cannot_be_had_says_why() {
    var file =
        read(
            """
            include:
              - {project: group/none, file: a.yml}
              - https://example.org/gone.yml
              - {component: other.example/group/lib/build@1}
              - {template: None.gitlab-ci.yml}
            a: {script: x}
            """,
            new World());

    assertThat(errors(file))
        .extracting(text -> text.replaceFirst("^.*error: ", "").replaceFirst(";.*", ""))
        .containsExactly(
            "`group/none` cannot be included: there is no such project, or you may not see it",
            "`https://example.org/gone.yml` cannot be included: 404",
            "`other.example/group/lib/build@1` cannot be included: other.example is another server",
            "`None.gitlab-ci.yml` cannot be included: 404");
  }

  @Test
  void offline_each_file_that_was_not_looked_at_is_named_and_nothing_is_run() {
    var file =
        read(
            """
            include:
              - {project: group/lib, file: a.yml}
              - https://example.org/a.yml
            a: {extends: .unknown, needs: [unknown]}
            """,
            Elsewhere.OFFLINE);

    assertThat(file.sound()).isTrue();
    assertThat(file.problems())
        .extracting(Problem::toString)
        .contains(
            ".gitlab-ci.yml:2:15: warning: `include:project` `group/lib` cannot be looked at from"
                + " here; names that may be in it are not checked",
            ".gitlab-ci.yml:3:5: warning: `include:remote` `https://example.org/a.yml` cannot be"
                + " looked at from here; names that may be in it are not checked");
    assertThat(file.plan(Contexts.push("main"))).isInstanceOf(Planned.Refused.class);
  }

  @Test
  void a_remote_file_must_have_the_digest_that_is_written() throws Exception {
    var text = "a: {script: x}\n";
    var digest =
        "sha256-"
            + Base64.getEncoder()
                .encodeToString(
                    MessageDigest.getInstance("SHA-256")
                        .digest(text.getBytes(StandardCharsets.UTF_8)));
    var include = "include: {remote: https://example.org/a.yml, integrity: %s}\n".formatted(digest);

    assertThat(scripts(read(include, new World().text("https://example.org/a.yml", text))))
        .containsExactly("x");
    assertThat(errors(read(include, new World().text("https://example.org/a.yml", text + " "))))
        .singleElement()
        .asString()
        .contains("the integrity check of remote file `https://example.org/a.yml` failed");
  }

  @Test
  void a_component_takes_inputs_and_knows_what_it_is() {
    var world =
        new World()
            .project(
                "group/lib@1.0",
                Map.of(
                    "templates/build.yml",
                    """
                    spec:
                      component: [name, version]
                      inputs:
                        stage: {default: test}
                        tool:
                        fast: {type: boolean, default: false}
                    ---
                    "$[[ inputs.tool ]] of $[[ component.name ]]@$[[ component.version ]]":
                      stage: $[[ inputs.stage ]]
                      interruptible: $[[ inputs.fast ]]
                      script: $[[ inputs.tool ]] build
                    """,
                    "templates/scan/template.yml",
                    "scan: {script: scan}\n"));

    var file =
        read(
            """
            include:
              - {component: ci.example/group/lib/build@1.0, inputs: {tool: make, stage: build}}
              - {component: ci.example/group/lib/scan@1.0}
            """,
            world);

    var jobs = Contexts.graph(file, Contexts.push("main")).jobs();
    assertThat(jobs).extracting(JobSpec::name).containsExactly("make of build@1.0", "scan");
    assertThat(jobs.getFirst().stage()).isEqualTo("build");
    assertThat(jobs.getFirst().script()).containsExactly("make build");
  }

  @Test
  void one_component_included_twice_with_other_inputs_gives_two_jobs() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                """
                include:
                  - {local: unit.yml, inputs: {name: one}}
                  - {local: unit.yml, inputs: {name: two}}
                """,
                "unit.yml",
                "spec: {inputs: {name: }}\n---\n$[[ inputs.name ]]: {script: $[[ inputs.name ]]}\n"),
            Elsewhere.OFFLINE);

    assertThat(scripts(file)).containsExactly("one", "two");
  }

  @Test
  void positions_are_those_of_the_file_before_inputs_were_written_in() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                "include: {local: a.yml, inputs: {lines: \"x\\n    - y\\n    - z\"}}\n",
                "a.yml",
                """
                spec: {inputs: {lines: }}
                ---
                a:
                  script:
                    - $[[ inputs.lines ]]
                  scirpt: $[[ inputs.lines | truncate(0,1) ]]
                  tag: [$[[ inputs.lines | truncate(0,1) ]], b]
                """),
            Elsewhere.OFFLINE);

    assertThat(errors(file))
        .extracting(text -> text.replaceFirst(" error: jobs:a config contains", ""))
        .containsExactly(
            "a.yml:6:3: unknown keys: scirpt; did you mean `script`?",
            "a.yml:7:3: unknown keys: tag; did you mean `tags`?");
  }

  /// `spec: inputs` in the first column, what is given in the second, a line of the script in the
  /// third; then what becomes of it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "a: ¦ a: x ¦ $[[ inputs.a ]] ¦ x",
        "a: {default: d} ¦  ¦ $[[inputs.a]] ¦ d",
        "a: {type: number, default: 1.5} ¦  ¦ n $[[ inputs.a ]] ¦ n 1.5",
        "a: {type: array, default: [1, x]} ¦  ¦ n $[[ inputs.a ]] ¦ n [1, x]",
        "a: {type: boolean} ¦ a: no ¦ n $[[ inputs.a ]] ¦ n false",
        "a: ¦ a: abcdef ¦ $[[ inputs.a | truncate(1, 3) ]] ¦ bcd",
        "a: ¦ a: ab ¦ $[[ inputs.a | truncate(5,1) ]]! ¦ !",
        "a: ¦ a: \"it's $1\" ¦ echo $[[ inputs.a | posix_escape ]] ¦ echo it\\'s\\ \\$1",
        "a: ¦ a: $CI_COMMIT_BRANCH/x ¦ $[[ inputs.a | expand_vars | truncate(0,4) ]] ¦ main",
        "a: ¦ a: $NONE ¦ $[[ inputs.a | expand_vars ]] ¦ $NONE",
        "a: , b: {rules: [{if: '$[[ inputs.a ]] == \"p\"', default: yes-p}, {default: other, options: [other]}]} ¦ a: p ¦ $[[ inputs.b ]] ¦ yes-p",
        "a: , b: {rules: [{if: '$[[ inputs.a ]] == \"p\"', default: yes-p}, {default: other, options: [other]}]} ¦ a: q ¦ $[[ inputs.b ]] ¦ other",
        "a: ¦  ¦ x ¦ `a` input: required value has not been provided",
        "a: ¦ b: x ¦ x ¦ unknown input arguments: b",
        "a: ¦ a: 1 ¦ x ¦ `a` input: provided value is not a string",
        "a: {type: number} ¦ a: x ¦ x ¦ `a` input: provided value is not a number",
        "a: {options: [x, y]} ¦ a: z ¦ x ¦ it is not in the list of allowed options",
        "a: {regex: ^v\\d+$} ¦ a: w1 ¦ x ¦ `a` input: provided value does not match required RegEx pattern",
        "a: {regex: '('} ¦ a: w1 ¦ x ¦ invalid regular expression",
        "a: {type: text} ¦  ¦ x ¦ unknown value: text",
        "a: {default: 1} ¦  ¦ x ¦ should be a string",
        "a: {default: x} ¦  ¦ $[[ inputs.b ]] ¦ unknown interpolation key: `b`",
        "a: {default: x} ¦  ¦ $[[ input.a ]] ¦ unknown interpolation key: `input`",
        "a: {default: x} ¦  ¦ $[[ a ]] ¦ invalid interpolation access pattern",
        "a: {default: x} ¦  ¦ $[[ inputs.a | shout ]] ¦ no function matching `shout`",
        "a: {type: number, default: 1} ¦  ¦ $[[ inputs.a | truncate(0,1) ]] ¦ can only be used with string inputs",
        "a: {default: x} ¦  ¦ $[[ inputs.a | posix_escape | posix_escape | posix_escape | posix_escape ]] ¦ too many functions",
      })
  void inputs_are_checked_and_written_in(String spec, String given, String line, String outcome) {
    var files =
        Map.of(
            ".gitlab-ci.yml",
            "include: {local: a.yml, inputs: {" + (given == null ? "" : given) + "}}\n",
            "a.yml",
            "spec: {inputs: {" + spec + "}}\n---\njob:\n  script:\n    - >-\n      " + line + "\n");

    var file = read(files, Elsewhere.OFFLINE);

    if (file.sound()) {
      assertThat(scripts(file)).containsExactly(outcome.replace("[1, x]", "[1, \"x\"]"));
    } else {
      assertThat(errors(file)).anySatisfy(error -> assertThat(error).contains(outcome));
    }
  }

  @Test
  void inputs_for_a_file_without_a_header_are_an_error() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                "include: {local: a.yml, inputs: {a: x}}\n",
                "a.yml",
                "a: {script: x}\n"),
            Elsewhere.OFFLINE);

    assertThat(errors(file)).singleElement().asString().contains("takes no inputs");
  }

  @Test
  void a_secret_is_not_written_into_a_file() {
    var tree =
        new MemoryTree(
            Map.of(
                ".gitlab-ci.yml",
                "include: {local: a.yml, inputs: {a: x}}\n",
                "a.yml",
                "spec: {inputs: {a: }}\n---\na: {script: \"$[[ inputs.a | expand_vars ]]\"}\n"));
    var push = Contexts.push("main");
    var context =
        new PipelineContext(
            push.repository(),
            push.commit(),
            push.source(),
            push.person(),
            push.server(),
            push.variables(),
            push.given(),
            java.util.Set.of("TOKEN"),
            push.changed());
    var files =
        Map.of(
            ".gitlab-ci.yml",
            "include: {local: a.yml, inputs: {a: $TOKEN}}\n",
            "a.yml",
            "spec: {inputs: {a: }}\n---\na: {script: \"$[[ inputs.a | expand_vars ]]\"}\n");

    var file =
        PipelineReader.read(
            new MemoryTree(files),
            new PipelineReader.Entrance.File(".gitlab-ci.yml", Map.of(), false),
            Elsewhere.OFFLINE,
            context);

    assertThat(PipelineReader.read(tree, ".gitlab-ci.yml").sound()).isTrue();
    assertThat(errors(file)).singleElement().asString().contains("masked variables");
  }

  @Test
  void a_child_pipeline_is_its_parts_merged() {
    var child =
        new Trigger.Downstream.Child(
            List.of(
                new Trigger.Part(
                    new Trigger.Source.Local("child.yml"), new TreeMap<>(Map.of("n", "[1, 2]"))),
                new Trigger.Part(
                    new Trigger.Source.Artifact("made.yml", "generate"), new TreeMap<>())));
    var tree =
        new MemoryTree(
            Map.of(
                "child.yml",
                """
                spec: {inputs: {n: {type: array}}}
                ---
                a: {script: x, parallel: {matrix: [{N: $[[ inputs.n ]]}]}}
                """));

    var file =
        PipelineReader.readChild(
            tree, "start", child, new World().text("generate/made.yml", "b: {script: y}\n"));

    assertThat(Contexts.names(file, Contexts.push("main")))
        .containsExactly("a: [1]", "a: [2]", "b");
  }

  @Test
  void a_child_pipeline_that_is_not_there_is_an_error_of_the_job() {
    var child =
        new Trigger.Downstream.Child(
            List.of(new Trigger.Part(new Trigger.Source.Local("none.yml"), new TreeMap<>())));

    var file =
        PipelineReader.readChild(new MemoryTree(Map.of()), "start", child, Elsewhere.OFFLINE);

    assertThat(errors(file))
        .contains(
            "start:1:1: error: local file `none.yml` does not exist; add the file, or correct the"
                + " path: it starts at the root");
  }

  @Test
  void the_components_of_the_commit_itself_are_at_hand() {
    var file =
        read(
            Map.of(
                ".gitlab-ci.yml",
                "include: {component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/unit@$CI_COMMIT_SHA}\n",
                "templates/unit.yml",
                "unit: {script: x}\n"),
            Elsewhere.OFFLINE);

    assertThat(scripts(file)).containsExactly("x");
  }
}
