package dev.fleetwright.pipeline.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.environment.Approvals;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.FreezeWindow;
import dev.fleetwright.core.environment.Gating;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.core.environment.RollbackTriggers;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectFileTest {
  @Test
  void auto_true_takes_what_succeeded_before_and_a_name_takes_a_branch() {
    var file =
        read(
            """
            project: shop
            targets: { here: { local: {} } }
            environments:
              staging: { target: here, auto: main }
              canary: { target: here, after: staging, auto: true }
              production: { target: here, after: canary, auto: main }
              shelf: { target: here, after: staging }
            """);

    assertThat(file.problems()).isEmpty();
    assertThat(file.environments())
        .extracting(rule -> rule.pattern() + " " + rule.policy().promotion())
        .containsExactly(
            "staging Promotion[branch=Optional[main], after=Optional.empty, automatic=false]",
            "canary Promotion[branch=Optional.empty, after=Optional[staging], automatic=true]",
            "production Promotion[branch=Optional[main], after=Optional[canary], automatic=true]",
            "shelf Promotion[branch=Optional.empty, after=Optional[staging], automatic=false]");
  }

  @Test
  void when_an_environment_goes_back_by_itself_is_read() {
    var file =
        read(
            """
            project: shop
            targets: { here: { local: {} } }
            environments:
              a: { target: here }
              b: { target: here, rollback: none }
              c: { target: here, rollback: { on: [alarm, stop], watch: 1 h } }
              d: { target: here, rollback: { watch: 5 min } }
              e: { target: here, rollback: { on: failure } }
            """);

    assertThat(file.problems()).isEmpty();
    assertThat(file.environments())
        .extracting(rule -> rule.policy().rollback())
        .containsExactly(
            new RollbackTriggers(true, true, false, Duration.ofMinutes(10)),
            new RollbackTriggers(false, false, false, Duration.ofMinutes(10)),
            new RollbackTriggers(false, true, true, Duration.ofHours(1)),
            new RollbackTriggers(true, true, false, Duration.ofMinutes(5)),
            new RollbackTriggers(true, false, false, Duration.ofMinutes(10)));
  }

  @Test
  void auto_true_without_an_environment_before_is_a_mistake() {
    var file =
        read(
            """
            project: shop
            targets: { here: { local: {} } }
            environments:
              production: { target: here, auto: true }
            """);

    assertThat(file.problems())
        .extracting(Problem::toString)
        .singleElement()
        .asString()
        .contains(
            "environments:production:auto: true takes what succeeded in the environment before,"
                + " and there is none",
            "`after: staging`",
            "`auto: main`");
  }

  private static final String SHOP =
      """
      project: shop
      targets:
        here: { local: {} }
        edge:
          ssh: { hosts: [a.example, "b.example:2222"], user: deploy, key: file:~/.ssh/id, keep: 9 }
      release:
        web:
          files: build/web/
          run:
            command: [java, -cp, ., Web]
            port: ${WEB_PORT}
            health: { http: /healthz, within: 1 min 30 s }
            variables: { API_URL: "http://x", a_b: 1 }
        worker: { files: build/worker }
      environments:
        review/*: { target: here }
        staging: { target: here, auto: main, variables: { WEB_PORT: 8080 }, components: [web] }
        production: { target: [here, edge], after: staging, approvals: 2, tier: production }
      keep: 4
      """;

  @Test
  void everything_in_it_is_read() {
    var file = read(SHOP);

    assertThat(file.problems()).isEmpty();
    assertThat(file.project()).contains("shop");
    assertThat(file.targets())
        .extracting(
            target -> target.name() + " " + target.kind() + " " + target.settings().values())
        .containsExactly(
            "here local {keep=4}",
            "edge ssh {hosts.0=a.example, hosts.1=b.example:2222, keep=9, key=file:~/.ssh/id,"
                + " user=deploy}");
    assertThat(file.components())
        .extracting(component ->
            component.name() + " " + component.files() + " " + component.settings().values())
        .containsExactly(
            "web Optional[build/web] {run.command.0=java, run.command.1=-cp, run.command.2=.,"
                + " run.command.3=Web, run.health.http=/healthz, run.health.within=90000 ms,"
                + " run.port=${WEB_PORT}, run.variables.API_URL=http://x, run.variables.a_b=1}",
            "worker Optional[build/worker] {}");
    var production = file.environment(new EnvironmentName("production")).orElseThrow();
    assertThat(production.policy().gating().approvals().required()).isEqualTo(2);
    assertThat(production.policy().promotion().after()).contains(new EnvironmentName("staging"));
    assertThat(file.targetsOf(new EnvironmentName("production")))
        .extracting(target -> target.name())
        .containsExactly("here", "edge");
    assertThat(file.componentsOf(new EnvironmentName("staging")))
        .extracting(ComponentRule::name)
        .containsExactly("web");
    assertThat(file.componentsOf(new EnvironmentName("review/x"))).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "all_at_once | AllAtOnce[]",
        "rolling | Rolling[maxUnavailable=Optional.empty, pause=PT0S]",
        "{rolling: {max_unavailable: 10%, pause: 1 min}} | Rolling[maxUnavailable=Optional[10%], pause=PT1M]",
        "blue_green | BlueGreen[before=[], keep=PT30M]",
        "{blue_green: {before: [{pause: true}], keep: 1 h}} | BlueGreen[before=[Pause[length=Optional.empty]], keep=PT1H]",
        "{canary: [{weight: 5%}, {pause: true}, {weight: 50}, {pause: 10 s}]} | Canary[stages=[Weight[percent=5], Pause[length=Optional.empty], Weight[percent=50], Pause[length=Optional[PT10S]]]]",
      })
  void a_strategy_is_read(String written, String meant) {
    var file = read("environments: {x: {strategy: " + written + "}}");

    assertThat(errors(file)).isEmpty();
    assertThat(file.environments().getFirst().policy().strategy()).hasToString(meant);
  }

  @Test
  void an_environment_without_a_strategy_has_the_usual_one() {
    var file = read("environments: {x: {}}");

    assertThat(file.environments().getFirst().policy().strategy()).isEqualTo(Strategy.USUAL);
  }

  @Test
  void names_every_mistake_at_once() {
    var file =
        read(
            """
            project: Shop!
            target:
              here: { local: {} }
            targets:
              here: { local: {} }
              edge: { shh: { hosts: [a] } }
            environments:
              staging: { target: heer, auto: main }
              production: { target: here, aprovals: 1 }
            """);

    assertThat(file.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "fleetwright.yml:1:10: error: project should be 1 to 63 lower-case letters, digits, -,"
                + " _ and ., and is \"Shop!\"; write for example `shop`",
            "fleetwright.yml:2:1: error: the file contains an unknown key: target; did you mean"
                + " `targets`?",
            "fleetwright.yml:6:11: error: targets:edge: there is no kind of target `shh`; did you"
                + " mean `ssh`?",
            "fleetwright.yml:8:22: error: environments:staging:target: `heer` is not a target; did"
                + " you mean `here`?",
            "fleetwright.yml:9:31: error: environments:production contains an unknown key:"
                + " aprovals; did you mean `approvals`?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "targets: {x: {ecs: {}}} | there is no kind of target `ecs`; the kinds are local, ssh, kubernetes",
        "targets: {x: {}} | exactly one kind",
        "targets: {x: {local: {}, ssh: {}}} | exactly one kind",
        "targets: {x: local} | should be a map",
        "targets: {x: {ssh: {user: me}}} | should have the key hosts",
        "targets: {x: {ssh: {hosts: [a], user: me, max_unavailable: 0}}} | a number of hosts or a share",
        "release: {web: {}} | either `files` or `image` or `manifests`",
        "release: {web: {files: a, image: b}} | either `files` or `image` or `manifests`",
        "release: {web: {files: ../a}} | a path among the pipeline's artifacts",
        "release: {web: {files: a, run: {}}} | should have the key command",
        "release: {web: {files: a, run: {command: java}}} | should be a list",
        "release: {web: {files: a, run: {command: [x], port: 70000}}} | a number from 0 to 65535",
        "release: {web: {files: a, run: {command: [x], stop_within: soon}}} | a duration",
        "release: {web: {files: a, run: {command: ['${NOPE}']}}} | which nothing sets",
        "release: {web: {image: a, run: {command: [x]}}} | cannot have `run`",
        "release: {web: {manifests: a, run: {command: [x]}}} | cannot have `run`",
        "release: {web: {manifests: a, files: b}} | keep one of them",
        "environments: {/x: {}} | cannot start or end with '/'",
        "environments: {x: {after: y}} | is not an environment",
        "environments: {x: {after: y}, y: {after: x}} | in a circle, x → y → x",
        "environments: {x: {components: [web]}} | is not a component",
        "environments: {x: {url: ftp://x}} | an http or https address",
        "environments: {x: {approvals: -1}} | a whole number from 0 to 100",
        "environments: {x: {approvals: {required: 0}}} | a whole number from 1 to 100",
        "environments: {x: {approvals: {required: 3, by: [ann, ben]}}} | 1:49: error: environments:x:approvals needs 3 approvals and only 2 may give one; name more people in `by`, or lower `required`",
        "environments: {x: {approvals: {deployer: yes}}} | one of counts, does_not_count",
        "environments: {x: {soak: 2 h}} | 1:20: error: environments:x:soak says how long a release runs in the environment before, and there is none; add for example `after: staging`, or remove `soak`",
        "environments: {x: {gates: [freeze]}} | x:gates: `freeze` is a gate of Fleetwright's own; choose another name, such as `freeze-check`",
        "environments: {x: {gates: [Load Test]}} | a name of lower-case letters",
        "environments: {x: {queue: oldest}} | use one of unordered, oldest_first, newest_first, newest_ready_first",
        "environments: {x: {preempt: [helth]}} | did you mean `health`?",
        "environments: {x: {preempt: [none]}} | use one of health, hold, pause",
        "environments: {x: {freeze: {from: Fri 16:00}}} | should have the key to",
        "environments: {x: {freeze: {from: Fri 16:00, to: Mon 08:00, zone: Amsterdam}}} | 1:67: error: environments:x:freeze:zone: `Amsterdam` is no time zone; did you mean `Europe/Amsterdam`?",
        "environments: {x: {freeze: {from: Fri 16:00, to: Mon 08:00, zone: Europe/Amsterdm}}} | did you mean `Europe/Amsterdam`?",
        "environments: {x: {freeze: {from: Fri 16:00, to: Mon 08:00, zone: Nowhere}}} | write its name in the tz database",
        "environments: {x: {freeze: {from: Frday 16:00, to: Mon 08:00}}} | freeze:from `Frday 16:00` names no day of the week; did you mean `friday`?",
        "environments: {x: {freeze: {from: Fri 24:00, to: Mon 08:00}}} | is no time of a day, which goes from 00:00 to 23:59",
        "environments: {x: {freeze: [{from: 0 16 * * 5, to: 0 8 30 2 *}]}} | 1:52: error: environments:x:freeze:to `0 8 30 2 *` never happens: no such day is in any calendar; write for example `Fri 16:00`",
        "environments: {x: {freeze: {from: 0 16 * *, to: Mon 08:00}}} | freeze:from `0 16 * *` is no time",
        "environments: {x: {freeze: {from: Fri 16:00, to: 0 16 * * 5}}} | environments:x:freeze is over in the minute in which it begins; let `to` be some time after `from`",
        "environments: {x: {freeze: {from: '* * * * *', to: Mon 08:00}}} | environments:x:freeze never ends: it begins again in the next minute",
        "environments: {x: {strategy: {canary: [{weight: 10%, pause: 1 m}]}}} | exactly one thing",
        "environments: {x: {strategy: {canary: [{pause: 1 m}]}}} | begins with a weight",
        "environments: {x: {strategy: {canary: [{weight: 50}, {weight: 20}]}}} | have to grow",
        "environments: {x: {strategy: {canary: [{weight: 0%}]}}} | a share from 1% to 100%",
        "environments: {x: {strategy: {canary: [{weight: 9}, {pause: false}]}}} | pause is false",
        "environments: {x: {strategy: {canary: [{weight: 9}], rolling: {}}}} | exactly one strategy",
        "environments: {x: {strategy: sideways}} | unknown value",
        "environments: {x: {strategy: {canary: [{weight: 9}, {analyse: {for: 1 m}}]}}} | either `component` and `path`, or `url`",
        "environments: {x: {strategy: {canary: [{weight: 9}, {analyse: {for: 1 m, url: 'file:///etc/passwd'}}]}}} | an http or https address",
        "environments: {x: {strategy: {canary: [{weight: 9}, {analyse: {url: 'http://x'}}]}}} | should have the key for",
        "environments: {x: {strategy: {canary: [{weight: 9}, {analyse: {for: 1 m, url: 'http://x', status: 299-200}}]}}} | begins after it ends",
        "environments: {x: {strategy: {rolling: {max_unavailable: 0}}}} | number of hosts",
        "keep: 1 | a whole number from 2 to 1000",
        "[] | should be a map of keys",
        "a: 1\\n---\\nb: 2 | a second document",
      })
  void a_mistake_is_refused_with_its_reason(String text, String reason) {
    var file = read(text.replace("\\n", "\n"));

    assertThat(file.sound()).isFalse();
    assertThat(file.problems())
        .anySatisfy(problem -> assertThat(problem.toString()).contains(reason));
  }

  @Test
  void everything_that_a_deploy_waits_for_is_read() {
    var file =
        read(
            """
            environments:
              staging: { approvals: 2 }
              production:
                after: staging
                approvals: { required: 2, by: [ben, ann], deployer: counts }
                soak: 2 h
                freeze:
                  - { from: "Fri 16:00", to: monday 8:00, zone: Europe/Amsterdam }
                  - { name: nights, from: "18:00", to: 30 6 * * 1-5 }
                gates: [load-test, qa]
                statuses: [security/scan]
                queue: oldest_first
                preempt: none
              test: { freeze: { from: 0 16 * * 5, to: 0 8 * * 1 }, preempt: [pause] }
            """);

    assertThat(file.problems()).isEmpty();
    var policy = file.environment(new EnvironmentName("production")).orElseThrow().policy();
    assertThat(policy.gating())
        .isEqualTo(
            new Gating(
                new Approvals(2, new TreeSet<>(List.of("ann", "ben")), true),
                Duration.ofHours(2),
                List.of(
                    new FreezeWindow(
                        "Fri 16:00 to monday 8:00",
                        "0 16 * * 5",
                        "0 8 * * 1",
                        ZoneId.of("Europe/Amsterdam")),
                    new FreezeWindow("nights", "0 18 * * *", "30 6 * * 1-5", ZoneId.of("UTC"))),
                new TreeSet<>(List.of("load-test", "qa")),
                new TreeSet<>(List.of("security/scan"))));
    assertThat(policy.queue()).isEqualTo(QueueMode.OLDEST_FIRST);
    assertThat(policy.preemptible()).isEmpty();
    var staging = file.environment(new EnvironmentName("staging")).orElseThrow().policy();
    assertThat(staging.gating()).isEqualTo(Gating.NONE.with(Approvals.required(2)));
    assertThat(staging.preemptible()).isEqualTo(Policy.USUALLY_PREEMPTIBLE);
    var test = file.environment(new EnvironmentName("test")).orElseThrow().policy();
    assertThat(test.gating().freezes())
        .extracting(FreezeWindow::name)
        .containsExactly("0 16 * * 5 to 0 8 * * 1");
    assertThat(test.preemptible()).containsExactly(Idleness.PAUSE);
  }

  @Test
  void a_pasted_key_is_not_shown() {
    var file = read("targets: {x: {ssh: {hosts: [a], user: me, key: \"-----BEGIN hunter2\"}}}");

    assertThat(file.sound()).isFalse();
    assertThat(file.problems().toString()).doesNotContain("hunter2");
  }

  @Test
  void what_comes_later_is_a_warning() {
    var file = read("environments: {x: {on: tags, ttl: 3 days}}\nfleet: {a: b}\n");

    assertThat(file.sound()).isTrue();
    assertThat(file.later()).containsExactlyInAnyOrder("on", "ttl", "fleet");
    assertThat(file.problems())
        .extracting(Problem::message)
        .allMatch(message -> message.endsWith("is understood but not acted on yet"));
  }

  @Test
  void a_cluster_and_its_objects_are_read() {
    var file =
        read(
            """
            targets: { k: { kubernetes: { context: prod, healthy_within: 1 min 30 s } } }
            release: { web: { manifests: k8s/, healthy_within: 2 min } }
            """);

    assertThat(file.problems()).isEmpty();
    assertThat(file.targets().getFirst().settings().values())
        .containsEntry("healthy_within", "90000 ms");
    assertThat(file.components())
        .singleElement()
        .satisfies(web -> {
          assertThat(web.files()).contains("k8s");
          assertThat(web.settings().values())
              .containsEntry("manifests", "k8s/")
              .containsEntry("healthy_within", "120000 ms");
        });
  }

  @Test
  void an_empty_file_is_sound_and_a_missing_one_is_absent() {
    assertThat(read("").sound()).isTrue();
    assertThat(read("").present()).isTrue();
    assertThat(ProjectFileReader.read(new MemoryTree(Map.of()))).isEqualTo(ProjectFile.ABSENT);
  }

  @ParameterizedTest
  @CsvSource({
    "production, production",
    "review/login, review/*",
    "review/team/x, review/team/*",
    "review/team/x-eu, review/team/*-eu",
    "other, *",
  })
  void the_rule_that_says_most_of_a_name_counts(String name, String pattern) {
    var file =
        read(
            """
            environments:
              "*": {}
              production: {}
              review/*: {}
              review/team/*-eu: {}
              review/team/*: {}
            """);

    assertThat(file.environment(new EnvironmentName(name)))
        .map(EnvironmentRule::pattern)
        .contains(pattern);
  }

  @ParameterizedTest
  @CsvSource({
    "a*b, ab, true",
    "a*b, axxb, true",
    "a*b, a, false",
    "ab*ba, aba, false",
    "*x*, axb, true",
    "*x*, ab, false",
    "a*c*e, abcde, true",
  })
  void a_star_stands_for_any_text(String pattern, String name, boolean matches) {
    var rule = read("environments: {\"" + pattern + "\": {}}").environments();
    assertThat(rule.getFirst().matches(new EnvironmentName(name))).isEqualTo(matches);
  }

  static ProjectFile read(String text) {
    return ProjectFileReader.read(new MemoryTree(Map.of(ProjectFile.PATH, text)));
  }

  static List<String> errors(ProjectFile file) {
    return file.problems().stream().filter(Problem::isError).map(Problem::toString).toList();
  }
}
