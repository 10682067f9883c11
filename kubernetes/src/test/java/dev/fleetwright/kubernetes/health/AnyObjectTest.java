package dev.fleetwright.kubernetes.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a controller, or somebody with `kubectl edit --subresource=status`, writes: there is a
/// verdict, it is the same each time, and being deleted, outdated or stalled is never current.
class AnyObjectTest {
  private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
  private static final Surroundings NOW = Surroundings.at(Instant.parse("2026-11-22T10:00:00Z"));

  private static final List<String> KINDS =
      List.of(
          "apps/v1 Deployment",
          "apps/v1 StatefulSet",
          "apps/v1 DaemonSet",
          "apps/v1 ReplicaSet",
          "v1 Pod",
          "v1 Service",
          "v1 PersistentVolumeClaim",
          "batch/v1 Job",
          "batch/v1 CronJob",
          "apiextensions.k8s.io/v1 CustomResourceDefinition",
          "autoscaling/v2 HorizontalPodAutoscaler",
          "example.org/v1 Thing",
          "gateway.networking.k8s.io/v1 HTTPRoute",
          "x.crossplane.io/v1 Bucket",
          "argoproj.io/v1alpha1 Rollout",
          "promoter.argoproj.io/v1 PromotionStrategy",
          "postgresql.cnpg.io/v1 Cluster",
          "gateway.solo.io/v1 Gateway",
          "rabbitmq.com/v1 Queue");

  private static final List<String> NAMES =
      List.of(
          "conditions",
          "phase",
          "state",
          "status",
          "health",
          "replicas",
          "readyReplicas",
          "observedGeneration",
          "type",
          "reason",
          "message",
          "parents",
          "statuses",
          "environments",
          "error",
          "ready",
          "containerStatuses",
          "waiting",
          "suspend",
          "paused",
          "template");

  private static final List<String> WORDS =
      List.of(
          "Ready",
          "True",
          "False",
          "Unknown",
          "Failed",
          "Running",
          "Pending",
          "Available",
          "Progressing",
          "",
          "NewReplicaSetAvailable",
          "CrashLoopBackOff",
          "\u0000\uffff",
          "9999999999999999999");

  private static JsonNode any(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth <= 0 ? 5 : 8)) {
      case 0 -> MAKE.textNode(WORDS.get(random.nextInt(WORDS.size())));
      case 1 -> MAKE.numberNode(random.nextInt(-1, 4));
      case 2 -> MAKE.booleanNode(random.nextBoolean());
      case 3 -> MAKE.nullNode();
      case 4 -> MAKE.numberNode(random.nextDouble());
      case 5 -> {
        ArrayNode list = MAKE.arrayNode();
        for (var i = random.nextInt(4); i > 0; i--) {
          list.add(any(random, depth - 1));
        }
        yield list;
      }
      default -> {
        ObjectNode object = MAKE.objectNode();
        for (var i = random.nextInt(6); i > 0; i--) {
          object.set(NAMES.get(random.nextInt(NAMES.size())), any(random, depth - 1));
        }
        yield object;
      }
    };
  }

  private static ObjectNode object(RandomGenerator random) {
    var kind = KINDS.get(random.nextInt(KINDS.size())).split(" ", -1);
    var object = MAKE.objectNode().put("apiVersion", kind[0]).put("kind", kind[1]);
    object.putObject("metadata").put("name", "x").put("generation", random.nextInt(1, 3));
    object.set("spec", any(random, 3));
    object.set("status", any(random, 4));
    return object;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void has_one_verdict_and_no_bad_one_is_current(long seed) {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var health = ObjectHealth.shipped();
    for (var i = 0; i < 2_000; i++) {
      var object = object(random);
      var verdict = health.judge(object, NOW);
      assertThat(verdict.sentence()).as("%s", object).isNotBlank();
      assertThat(health.judge(object, NOW)).isEqualTo(verdict);

      var deleted = object.deepCopy();
      deleted.withObjectProperty("metadata").put("deletionTimestamp", "2026-11-22T09:59:00Z");
      assertThat(health.judge(deleted, NOW).isCurrent()).isFalse();

      if (object.path("status") instanceof ObjectNode status) {
        var outdated = object.deepCopy();
        outdated.withObjectProperty("metadata").put("generation", 7);
        outdated.withObjectProperty("status").put("observedGeneration", 6);
        assertThat(health.judge(outdated, NOW).isCurrent()).as("%s", outdated).isFalse();

        status.putArray("conditions").addObject().put("type", "Stalled").put("status", "True");
        assertThat(health.judge(object, NOW).isCurrent()).as("%s", object).isFalse();
      }
    }
  }
}
