package dev.fleetwright.kubernetes.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.NotFound;
import dev.fleetwright.kubernetes.health.Verdict.Suspended;
import dev.fleetwright.kubernetes.health.Verdict.Terminating;
import dev.fleetwright.kubernetes.health.Verdict.Unknown;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What Argo CD says of the objects that its own tests are made of, beside what we say of them.
///
/// Argo CD needs a script for each kind. We are measured three times: with what is built in, with
/// the rules for whole API groups, which name no kind, and with all rules that ship.
class ArgoHealthCorpusTest {

  private static final Surroundings LATER = Surroundings.at(Instant.parse("2026-11-22T10:00:00Z"));

  /// Where we differ with all rules, and mean to.
  private static final Map<String, String> DIFFERENT =
      Map.of(
          "apps.kruise.io/AdvancedCronJob/testdata/notScheduled.yaml",
          "A timetable whose first time has not come is not degraded; a deploy that brings one would fail.",
          "batch/CronJob/testdata/degraded.yaml",
          "kstatus calls every CronJob current. Its last run belongs to the release before, and a deploy"
              + " that repairs it must not fail because of it.",
          "numaflow.numaproj.io/Pipeline/testdata/paused.yaml",
          "It is paused although its spec wishes it to run: nothing flows, so it is not healthy.",
          "rabbitmq.com/Exchange/testdata/degraded.yaml",
          "The status is about generation 1 of 3: nothing is known of what was asked for.",
          "rabbitmq.com/Exchange/testdata/healthy.yaml",
          "The status is about generation 1 of 3: nothing is known of what was asked for.");

  /// The same for kinds of Kubernetes itself.
  private static final Map<String, String> DIFFERENT_OWN =
      Map.of(
          "pod-running-restart-onfailure.yaml",
          "kstatus: a container in CrashLoopBackOff has failed, whatever its restart policy.",
          "svc-loadbalancer-unassigned.yaml",
          "kstatus: a Service is there when it has its address in the cluster. A cluster without load"
              + " balancers never gives another, and every deploy there would hang.");

  record Case(String file, String wanted, Verdict verdict) {
    /// Argo CD looks at the deletion timestamp before it runs a script, and says Progressing; its
    /// tests run the scripts alone, on objects some of which happen to be deleted. There, what
    /// would be said of the object otherwise counts as well.
    boolean agrees() {
      return argo(verdict).equals(wanted)
          || (verdict instanceof Terminating(_, var otherwise) && argo(otherwise).equals(wanted));
    }

    boolean falselyHealthy() {
      return verdict.isCurrent() && !wanted.equals("Healthy");
    }
  }

  /// `docs/guide/kubernetes-health.md` has this table.
  private static String argo(Verdict verdict) {
    return switch (verdict) {
      case Current _ -> "Healthy";
      case InProgress _, Terminating _ -> "Progressing";
      case Failed _ -> "Degraded";
      case Suspended _ -> "Suspended";
      case NotFound _ -> "Missing";
      case Unknown _ -> "Unknown";
    };
  }

  @Test
  void agrees_without_a_rule_that_names_a_kind() throws IOException {
    var builtIn = judged(ObjectHealth.builtIn());
    var groups = judged(ObjectHealth.builtIn().with(HealthRules.shipped().withoutKinds()));
    report("built in", builtIn);
    report("with rules for whole groups", groups);
    assertThat(share(groups)).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void agrees_with_the_rules_that_ship() throws IOException {
    var cases = judged(ObjectHealth.shipped());
    report("with all rules", cases);
    assertThat(share(cases)).isGreaterThanOrEqualTo(0.99);
    assertThat(cases.stream().filter(Case::falselyHealthy).map(Case::file))
        .containsExactlyInAnyOrder(
            "apps.kruise.io/AdvancedCronJob/testdata/notScheduled.yaml",
            "batch/CronJob/testdata/degraded.yaml");
  }

  @Test
  void every_difference_has_a_reason() throws IOException {
    var different = differences(judged(ObjectHealth.shipped()));
    assertThat(different.keySet()).isEqualTo(new TreeMap<>(DIFFERENT).keySet());
  }

  @Test
  void agrees_on_kinds_of_kubernetes_itself() throws IOException {
    var folder = Needs.corpus("gitops-engine-health");
    var cases = new ArrayList<Case>();
    for (var expected : read(folder.resolve("expected.json")).properties()) {
      var wanted = expected.getValue().path("health");
      // Argo CD has no opinion of some kinds.
      if (wanted.isTextual()) {
        var object = read(folder.resolve(expected.getKey()));
        cases.add(
            new Case(
                expected.getKey(), wanted.asText(), ObjectHealth.shipped().judge(object, LATER)));
      }
    }
    report("kinds of Kubernetes itself", cases);
    assertThat(differences(cases).keySet()).isEqualTo(new TreeMap<>(DIFFERENT_OWN).keySet());
  }

  /// An object whose status is cut off anywhere is judged too, and is never current where the whole
  /// one is not said to be.
  @Test
  void nothing_is_current_that_has_no_status_unless_a_rule_or_its_kind_says_so()
      throws IOException {
    for (var file : cases()) {
      var object = read(file.path());
      var bare = object.deepCopy();
      if (bare instanceof ObjectNode it) {
        it.remove("status");
        it.remove("spec");
      }
      var verdict = ObjectHealth.builtIn().judge(bare, LATER);
      if (!Kind.of(object).isKubernetesOwn()
          && !file.name().contains("Cron")
          && !file.name().contains("Schedule/")) {
        assertThat(verdict.isCurrent()).as(file.name()).isFalse();
      }
    }
  }

  private record File(String name, Path path, String wanted) {}

  private static List<File> cases() throws IOException {
    var folder = Needs.corpus("argo-health");
    var cases = new ArrayList<File>();
    try (var walk = Files.walk(folder)) {
      for (var tests : walk.filter(it -> it.endsWith("health_test.yaml")).sorted().toList()) {
        for (var test : read(tests).path("tests")) {
          // Two are spelled so.
          var input = test.path("inputPath").asText(test.path("inputpath").asText());
          var path = tests.resolveSibling(input);
          cases.add(
              new File(
                  folder.relativize(path).toString(),
                  path,
                  test.path("healthStatus").path("status").asText()));
        }
      }
    }
    return cases;
  }

  private static List<Case> judged(ObjectHealth health) throws IOException {
    var cases = new ArrayList<Case>();
    for (var file : cases()) {
      cases.add(new Case(file.name(), file.wanted(), health.judge(read(file.path()), LATER)));
    }
    return cases;
  }

  private static JsonNode read(Path file) throws IOException {
    return Yaml.of(Files.readString(file, StandardCharsets.UTF_8));
  }

  private static double share(List<Case> cases) {
    return cases.stream().filter(Case::agrees).count() / (double) cases.size();
  }

  private static Map<String, Case> differences(List<Case> cases) {
    var different = new TreeMap<String, Case>();
    cases.stream().filter(it -> !it.agrees()).forEach(it -> different.put(it.file(), it));
    return different;
  }

  private static void report(String how, List<Case> cases) {
    System.out.printf(
        "recipe health: %s: %d of %d as Argo CD (%.1f %%), %d called current that Argo CD does not call healthy%n",
        how,
        cases.stream().filter(Case::agrees).count(),
        cases.size(),
        100 * share(cases),
        cases.stream().filter(Case::falselyHealthy).count());
    differences(cases)
        .values()
        .forEach(it ->
            System.out.printf(
                "  %s: Argo CD says %s, we say %s%n", it.file(), it.wanted(), it.verdict()));
  }
}
