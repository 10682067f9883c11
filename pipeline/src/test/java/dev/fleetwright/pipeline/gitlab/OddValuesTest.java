package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.Lint;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.source.MemoryTree;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Entry;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every value of a file with all keywords in turn is replaced by one of each other kind. Reading
/// never throws, whatever stands where.
class OddValuesTest {
  private static final String ALL_KEYWORDS =
      """
      spec: {inputs: {a: {type: string, default: x, options: [x], regex: x, description: d}, b: }}
      include: [{local: a.yml, rules: [{if: $A, when: never}], inputs: {a: 1}}, a.yml]
      stages: [build, test]
      workflow:
        name: n
        auto_cancel: {on_new_commit: none, on_job_failure: all}
        rules: [{if: $CI, variables: {A: b}, auto_cancel: {on_new_commit: interruptible}}]
      variables: {A: {value: a, options: [a, b], description: d, expand: true}, B: 1}
      default: {image: a, retry: 1, tags: [a], timeout: 1 h, id_tokens: {A: {aud: b}}}
      .base: {script: [x, [y]], variables: {C: d}}
      one:
        extends: [.base]
        stage: build
        image: {name: a, entrypoint: [""], docker: {user: u}, pull_policy: [always]}
        services: [{name: a, alias: b, command: [c], variables: {A: b}}]
        cache: [{key: {files: [a], prefix: p}, paths: [a], policy: pull, fallback_keys: [a]}]
        artifacts:
          paths: [a]
          expose_as: e
          expire_in: 1 day
          access: all
          reports: {junit: [a], coverage_report: {coverage_format: cobertura, path: p}}
        rules:
          - {if: $CI, changes: {paths: [a], compare_to: main}, exists: [a.yml], variables: {A: b}}
          - {when: delayed, start_in: 1 day, allow_failure: true, needs: [], interruptible: true}
        secrets: {A: {vault: {engine: {name: a, path: b}, path: c, field: d}, token: $T}}
        retry: {max: 1, when: [always], exit_codes: [1]}
        parallel: {matrix: [{P: [a, b], Q: c}]}
        environment:
          name: e
          url: https://x
          on_stop: two
          auto_stop_in: 1 day
          deployment_tier: staging
          kubernetes: {agent: a, dashboard: {namespace: n}}
        release: {tag_name: t, description: d, assets: {links: [{name: n, url: u}]}}
        hooks: {pre_get_sources_script: [x]}
        inherit: {default: [image], variables: [A]}
        inputs: {a: {default: x, options: [x]}}
      two:
        script: x
        when: manual
        manual_confirmation: c
        allow_failure: {exit_codes: [1]}
        needs: [{job: one, parallel: {matrix: [{P: a}]}}, {project: a/b, job: c, ref: d}]
        dependencies: [one]
        environment: {name: e, action: stop}
        coverage: /a/
        pages: {publish: p}
        timeout: 1 h
        resource_group: r
      three: {script: x, only: {refs: [main], variables: [$A], changes: [x]}, except: [tags]}
      four: {trigger: {include: [{local: a.yml, inputs: {a: b}}], forward: {yaml_variables: true}}}
      five: {run: [{name: a, script: x, env: {A: b}}, {name: b, step: {git: {url: u, rev: v}}}]}
      """;

  private static final List<String> ODD =
      List.of(
          "null",
          "true",
          "7",
          "1.5",
          "\"\"",
          "word",
          "[]",
          "{}",
          "[[]]",
          "[1]",
          "[null]",
          "{k: v}",
          "[{k: v}]",
          "!reference [one, rules]",
          "-1");

  @Test
  void whatever_stands_where_the_answer_is_a_list_of_problems() {
    var whole = (Mapping) yaml(ALL_KEYWORDS);
    var odd = ODD.stream().map(OddValuesTest::yaml).toList();
    var count = 0;
    for (var changed : (Iterable<Node>) changes(whole, odd)::iterator) {
      var text = FlowTextWithReferences.of(changed);
      var tree = new MemoryTree(Map.of(Lint.PIPELINE, text, "a.yml", ".z: {}\n"));
      var report = Lint.check(tree);
      assertThat(report.pipeline().orElseThrow().plan(Contexts.push("main"))).as(text).isNotNull();
      count++;
    }
    assertThat(count).isGreaterThan(2_000);
  }

  private static Node yaml(String text) {
    return YamlReader.read("x", text, Dialect.GITLAB, new Problems()).getFirst();
  }

  /// Each with one value changed.
  private static Stream<Node> changes(Node node, List<Node> odd) {
    return switch (node) {
      case Mapping mapping ->
          mapping.entries().values().stream()
              .flatMap(entry ->
                  Stream.concat(odd.stream(), changes(entry.value(), odd))
                      .map(value -> with(mapping, entry.key(), value)));
      case Sequence(var at, var items) ->
          Stream.iterate(0, i -> i < items.size(), i -> i + 1)
              .flatMap(i ->
                  Stream.concat(odd.stream(), changes(items.get(i), odd))
                      .map(value -> with(at, items, i, value)));
      case Node.Scalar _, Node.Reference _ -> Stream.empty();
    };
  }

  private static Node with(Mapping mapping, String key, Node value) {
    var entries = new LinkedHashMap<>(mapping.entries());
    entries.put(key, new Entry(mapping.at(), key, value));
    return new Mapping(mapping.at(), entries);
  }

  private static Node with(Position at, List<Node> items, int index, Node value) {
    var others = new ArrayList<>(items);
    others.set(index, value);
    return new Sequence(at, others);
  }

  /// JSON does not have `!reference`.
  private static final class FlowTextWithReferences {
    static String of(Node node) {
      return switch (node) {
        case Node.Reference reference -> "!reference " + reference.path();
        case Mapping mapping ->
            mapping.entries().values().stream()
                .map(entry -> "\"" + entry.key() + "\": " + of(entry.value()))
                .collect(java.util.stream.Collectors.joining(", ", "{", "}"));
        case Sequence(_, var items) ->
            items.stream()
                .map(FlowTextWithReferences::of)
                .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
        case Node.Scalar scalar -> FlowText.of(scalar);
      };
    }
  }
}
