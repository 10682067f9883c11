package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.NotFound;
import dev.fleetwright.kubernetes.health.Verdict.Suspended;
import dev.fleetwright.kubernetes.health.Verdict.Terminating;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Judges objects of a cluster, for the gate of a deploy and for the environment page.
///
/// In this order; the first that has something to say is heard:
///
/// 1. an object that is being deleted is [Terminating];
/// 2. rules that the user wrote, then rules that ship with Fleetwright, for its group and kind
///    ([HealthRules]);
/// 3. for Kubernetes' own kinds: [Kstatus], which then has to hold against the stricter rules here;
/// 4. for everything else: conventions of custom resources ([CustomResources]).
///
/// **Where this is stricter than kstatus**: a Deployment, StatefulSet or DaemonSet is current only
/// when `kubectl rollout status` would be done too; a Job only when it is complete; a Pod that
/// ended without success has failed; a CustomResourceDefinition with a schema that is not
/// structural has failed; an autoscaler that cannot read its metric has failed; a workload whose
/// new pods cannot start has failed long before its progress deadline ([EarlyFailure]).
///
/// Immutable and pure: any number of threads, no I/O, the same answer for the same arguments.
public final class ObjectHealth {

  private static final Set<String> WORKLOADS =
      Set.of(
          "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job");

  private final List<HealthRules> rules;

  private ObjectHealth(List<HealthRules> rules) {
    this.rules = List.copyOf(rules);
  }

  /// With the rules that ship with Fleetwright.
  public static ObjectHealth shipped() {
    return new ObjectHealth(List.of(HealthRules.shipped()));
  }

  /// Without any rule of a single group or kind: only what is built in.
  public static ObjectHealth builtIn() {
    return new ObjectHealth(List.of());
  }

  /// With these rules before all that there are.
  public ObjectHealth with(HealthRules first) {
    return new ObjectHealth(Stream.concat(Stream.of(first), rules.stream()).toList());
  }

  /// What is said of an object that the cluster does not have.
  public static Verdict missing(String kind, String name) {
    return new NotFound("%s %s is not there".formatted(kind, name));
  }

  public Verdict judge(JsonNode object, Surroundings around) {
    if (object.path("metadata").hasNonNull("deletionTimestamp")) {
      return new Terminating(
          "it is being deleted" + finalizers(object), living(undeleted(object), around));
    }
    return living(object, around);
  }

  private Verdict living(JsonNode object, Surroundings around) {
    var kind = Kind.of(object);
    for (var some : rules) {
      var verdict = some.judge(object, around.now());
      if (verdict.isPresent()) {
        return verdict.get();
      }
    }
    return kind.isKubernetesOwn()
        ? own(kind, object, around)
        : CustomResources.judge(object, around.definition());
  }

  private static Verdict own(Kind kind, JsonNode object, Surroundings around) {
    var verdict = Kstatus.of(object, around.now());
    return switch (verdict) {
      case Current current -> stricter(kind, object).orElse(current);
      case InProgress waits -> waiting(kind, object, waits, around);
      case Failed failed ->
          kind.name().equals("Pod") ? EarlyFailure.ofPod(object, around).orElse(failed) : failed;
      case Suspended _, Terminating _, NotFound _, Verdict.Unknown _ -> verdict;
    };
  }

  private static Verdict waiting(
      Kind kind, JsonNode object, InProgress waits, Surroundings around) {
    if (kind.name().equals("Pod")) {
      return EarlyFailure.ofPod(object, around).<Verdict>map(it -> it).orElse(waits);
    }
    if (!WORKLOADS.contains(kind.name())) {
      return waits;
    }
    var failure = EarlyFailure.of(object, around);
    if (failure.isPresent()) {
      return failure.get();
    }
    if (object.path("spec").path("paused").asBoolean()) {
      return new Suspended("its rollout is paused (spec.paused); " + waits.sentence());
    }
    var hints = EarlyFailure.hints(object, around);
    return hints.isEmpty() ? waits : new InProgress(waits.sentence() + "; " + hints.getFirst());
  }

  /// Where kstatus is content and we are not.
  private static Optional<Verdict> stricter(Kind kind, JsonNode object) {
    return switch (kind.name()) {
      case "Deployment", "StatefulSet", "DaemonSet" ->
          switch (RolloutStatus.of(object)) {
            case RolloutStatus.Done _, RolloutStatus.NotWatched _ -> Optional.empty();
            case RolloutStatus.Waiting(var sentence) -> Optional.of(new InProgress(sentence));
            case RolloutStatus.Broken(var sentence) -> Optional.of(new Failed(sentence, true));
          };
      case "Job" -> job(object);
      case "Pod" ->
          object.path("status").path("phase").asText("").equals("Failed")
              ? Optional.of(new Failed("it ended without success" + ended(object), true))
              : Optional.empty();
      case "CustomResourceDefinition" -> definition(object);
      case "HorizontalPodAutoscaler" -> autoscaler(object);
      case "APIService" ->
          Condition.find(object, "Available")
              .filter(it -> !it.isTrue())
              .map(it -> new InProgress(it.said()));
      case "PersistentVolume" ->
          object.path("status").path("phase").asText("").equals("Failed")
              ? Optional.of(
                  new Failed(
                      "it failed: " + object.path("status").path("message").asText(""), false))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Verdict> job(JsonNode object) {
    if (Condition.find(object, "Complete").filter(Condition::isTrue).isPresent()) {
      return Optional.empty();
    }
    if (object.path("spec").path("suspend").asBoolean()) {
      return Optional.of(new Suspended("it is suspended (spec.suspend)"));
    }
    var status = object.path("status");
    var wanted = Numbers.orElse(object.path("spec").path("completions"), 1);
    var failed = Numbers.orElse(status.path("failed"), 0);
    return Optional.of(
        new InProgress(
            "%d of %s succeeded%s"
                .formatted(
                    Numbers.orElse(status.path("succeeded"), 0),
                    Kstatus.count(wanted, "pod"),
                    failed == 0 ? "" : ", " + failed + " failed")));
  }

  private static String ended(JsonNode pod) {
    var status = pod.path("status");
    for (var container : status.path("containerStatuses")) {
      var end = container.path("state").path("terminated");
      if (Numbers.orElse(end.path("exitCode"), 0) != 0) {
        return ": container %s ended with exit code %d"
            .formatted(container.path("name").asText(), end.path("exitCode").asInt());
      }
    }
    var message = status.path("message").asText(status.path("reason").asText(""));
    return message.isEmpty() ? "" : ": " + message;
  }

  private static Optional<Verdict> definition(JsonNode object) {
    var terminating = Condition.find(object, "Terminating").filter(Condition::isTrue);
    if (terminating.isPresent()) {
      return Optional.of(new InProgress("it is being taken away: " + terminating.get().said()));
    }
    return Condition.find(object, "NonStructuralSchema")
        .filter(Condition::isTrue)
        .map(it -> new Failed("its schema is not structural: " + it.said(), true));
  }

  /// Version 1 keeps its conditions as JSON in an annotation; what is in there is not read twice as
  /// text, it is only looked for what matters.
  private static Optional<Verdict> autoscaler(JsonNode object) {
    var conditions = Condition.of(object);
    if (conditions.isEmpty()) {
      var text =
          object
              .path("metadata")
              .path("annotations")
              .path("autoscaling.alpha.kubernetes.io/conditions")
              .asText("");
      conditions = Condition.in(Json.orMissing(text));
    }
    return conditions.stream()
        .filter(it ->
            it.isFalse()
                && (it.type().equals("AbleToScale") || it.type().equals("ScalingActive"))
                && (it.reason().startsWith("Failed") || it.reason().startsWith("Invalid")))
        .findFirst()
        .map(it -> new Failed("it cannot scale: " + it.said(), false));
  }

  private static String finalizers(JsonNode object) {
    var waiting = object.path("metadata").path("finalizers");
    return waiting.isEmpty() ? "" : "; it waits for " + String.join(", ", Json.texts(waiting));
  }

  /// As it would be looked at if nobody had deleted it. Deleting counts the generation up, so what
  /// its controller has observed says nothing any more.
  private static JsonNode undeleted(JsonNode object) {
    if (object.deepCopy() instanceof ObjectNode copy
        && copy.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove(List.of("deletionTimestamp", "generation"));
      return copy;
    }
    return object;
  }
}
