package dev.fleetwright.kubernetes.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Rules that somebody wrote, some of them wrong and some of them hostile.
class HealthRulesTest {
  private static final Surroundings NOW = Surroundings.at(Instant.parse("2026-11-22T10:00:00Z"));

  private static final String LAMP =
      """
      rules:
        - for: [example.org/Lamp, "*.example.org/Lamp"]
          check:
            - says: failed-for-good
              when: status.?bulb.orValue("") == "burnt"
              because: 'the bulb of {metadata.name} is burnt: {conditions.message("Bulb")}'
            - says: current
              when: has(status.watts) && status.watts >= 40 && conditions.is("Lit", "True")
              because: it shines with {status.watts} W
      """;

  private static Verdict judge(String rules, String object) {
    var reading = HealthRules.read("health.yml", rules);
    assertThat(reading.problems()).isEmpty();
    return ObjectHealth.shipped().with(reading.rules()).judge(Yaml.of(object), NOW);
  }

  private static String lamp(String status) {
    return "{apiVersion: home.example.org/v1, kind: Lamp, metadata: {name: desk, generation: 2}, status: %s}"
        .formatted(status);
  }

  @Test
  void the_first_check_that_holds_says_how_it_is() {
    assertThat(
            judge(
                LAMP,
                lamp(
                    "{bulb: burnt, watts: 60, conditions: [{type: Bulb, status: \"False\", message: buy another}]}")))
        .isEqualTo(new Failed("the bulb of desk is burnt: buy another", true));
    assertThat(judge(LAMP, lamp("{watts: 60, conditions: [{type: Lit, status: \"True\"}]}")))
        .isEqualTo(new Current("it shines with 60 W"));
  }

  @Test
  void a_rule_without_an_opinion_leaves_it_to_the_conventions() {
    assertThat(judge(LAMP, lamp("{watts: 10, phase: Warming}"))).isInstanceOf(InProgress.class);
    assertThat(judge(LAMP, lamp("{conditions: [{type: Ready, status: \"True\"}]}")))
        .isInstanceOf(Current.class);
  }

  @Test
  void a_status_about_an_earlier_generation_says_nothing() {
    assertThat(
            judge(
                LAMP,
                lamp(
                    "{observedGeneration: 1, watts: 60, conditions: [{type: Lit, status: \"True\"}]}")))
        .isInstanceOf(InProgress.class);
  }

  @Test
  void a_users_rule_comes_before_those_that_ship() {
    assertThat(
            judge(
                """
                rules:
                  - for: /Service
                    check:
                      - says: in-progress
                        when: spec.type == "LoadBalancer" && size(status.?loadBalancer.?ingress.orValue([])) == 0
                        because: its load balancer has no address yet
                """,
                "{apiVersion: v1, kind: Service, spec: {type: LoadBalancer, clusterIP: 10.0.0.1}, status: {loadBalancer: {}}}"))
        .isEqualTo(new InProgress("its load balancer has no address yet"));
  }

  @Test
  void a_rule_that_cannot_be_evaluated_is_never_current() {
    var rules =
        """
        rules:
          - for: example.org/*
            check:
              - { says: current, when: 'status.a.b == 1' }
        """;
    assertThat(judge(rules, "{apiVersion: example.org/v1, kind: Thing, status: {c: 1}}"))
        .isInstanceOf(Unknown.class)
        .extracting(Verdict::sentence)
        .asString()
        .startsWith("a health rule for example.org/Thing cannot be evaluated: ")
        .contains("a");
  }

  @Test
  void every_mistake_is_named_with_its_line() {
    var reading =
        HealthRules.read(
            "health.yml",
            """
            rules:
              - for: Deployment
                check:
                  - { says: fine, when: 'true' }
                  - { says: current, when: 'status.replicas ==' }
                  - { says: current, when: '"text"' }
                  - { says: current, when: 'nobody == 1' }
                  - { says: current, when: 'true', because: 'left {open' }
                  - { say: current, when: 'true' }
              - check: []
            """);
    assertThat(reading.sound()).isFalse();
    assertThat(reading.problems())
        .anySatisfy(it -> assertThat(it).contains("line 2").contains("apps/Deployment"))
        .anySatisfy(it -> assertThat(it).contains("line 4").contains("`says` is fine"))
        .anySatisfy(it -> assertThat(it).contains("line 5").contains("no CEL"))
        .anySatisfy(it -> assertThat(it).contains("line 6").contains("neither true nor false"))
        .anySatisfy(it -> assertThat(it).contains("line 7").contains("nobody"))
        .anySatisfy(it -> assertThat(it).contains("line 8").contains("has no `}`"))
        .anySatisfy(it -> assertThat(it).contains("line 9").contains("`say` is not a setting"))
        .anySatisfy(it -> assertThat(it).contains("line 10").contains("`for` is missing"));
    assertThat(reading.rules().judge(Yaml.of(lamp("{}")), NOW.now())).isEmpty();
  }

  @Test
  void hostile_files_are_refused_quickly() {
    var aliases = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (var i = 1; i < 30; i++) {
      aliases
          .append("a%1$d: &a%1$d [".formatted(i))
          .append("*a%d, ".formatted(i - 1).repeat(10))
          .append("x]\n");
    }
    for (var text :
        new String[] {
          "",
          "just text",
          "[]",
          "rules: 3",
          "rules: [1, [2]]",
          "rules: [{for: a/b}]",
          aliases.toString(),
          "rules:\n" + "  - [".repeat(20_000),
          "x: &a [*a]",
          "rules: &r [*r]",
          "!!javax.script.ScriptEngineManager []"
        }) {
      var begun = System.nanoTime();
      assertThat(HealthRules.read("health.yml", text).sound())
          .as(text.lines().findFirst().orElse(""))
          .isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void what_a_rule_may_cost_is_bounded() {
    var list =
        IntStream.range(0, 3_000).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    var object = "{apiVersion: example.org/v1, kind: Thing, status: {list: [%s]}}".formatted(list);
    var nested = "status.list.all(a, status.list.all(b, status.list.all(c, a + b + c >= 0)))";
    var begun = System.nanoTime();
    var verdict =
        judge(
            "rules: [{for: example.org/Thing, check: [{says: current, when: '%s'}]}]"
                .formatted(nested),
            object);
    assertThat(verdict).isInstanceOf(Unknown.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void deep_and_long_expressions_are_refused() {
    for (var expression :
        new String[] {
          "(".repeat(2_000) + "true" + ")".repeat(2_000),
          "true" + " && true".repeat(1_000),
          "[".repeat(1_000) + "]".repeat(1_000) + " == []"
        }) {
      assertThat(
              HealthRules.read(
                      "health.yml",
                      "rules: [{for: a/b, check: [{says: current, when: '%s'}]}]"
                          .formatted(expression))
                  .problems())
          .as(expression.substring(0, 10))
          .hasSize(1);
    }
  }

  @Test
  void the_shipped_rules_are_sound() {
    assertThat(HealthRules.shipped().judge(Yaml.of(lamp("{}")), NOW.now())).isEmpty();
  }
}
