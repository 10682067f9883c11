package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.Terminating;
import dev.fleetwright.kubernetes.health.Verdict.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// The rules of kstatus (kubernetes-sigs/cli-utils, `pkg/kstatus/status`), rule for rule, so that
/// what `kpt`, Flux and others say of an object can be told beside our own verdict.
///
/// It is lenient where we are not ([ObjectHealth] says where): a Job that runs is current, a Pod
/// that failed is current, an object that has no status yet is current.
public final class Kstatus {

  /// How long a pod may be without a node before that is a failure (kstatus' `ScheduleWindow`).
  static final Duration SCHEDULE_WINDOW = Duration.ofSeconds(15);

  /// A Deployment that shall have no deadline has the largest number of 32 bits.
  private static final long NO_DEADLINE = Integer.MAX_VALUE;

  private Kstatus() {}

  public static Verdict of(JsonNode object, Instant now) {
    return general(object).orElseGet(() -> byKind(object, now));
  }

  /// What holds for every kind and comes before its own rules.
  static Optional<Verdict> general(JsonNode object) {
    var metadata = object.path("metadata");
    if (metadata.hasNonNull("deletionTimestamp")) {
      return Optional.of(
          new Terminating("it is being deleted", new Unknown("it is being deleted")));
    }
    var generation = Numbers.whole(metadata.path("generation"));
    var observed = Numbers.whole(object.path("status").path("observedGeneration"));
    if (generation.isPresent()
        && observed.isPresent()
        && generation.getAsLong() != observed.getAsLong()) {
      return Optional.of(
          new InProgress(
              "its controller has seen generation %d of %d"
                  .formatted(observed.getAsLong(), generation.getAsLong())));
    }
    for (var condition : Condition.of(object)) {
      if (condition.type().equals("Reconciling") && condition.isTrue()) {
        return Optional.of(new InProgress(condition.said()));
      }
      if (condition.type().equals("Stalled") && condition.isTrue()) {
        return Optional.of(new Failed(condition.said(), true));
      }
    }
    return Optional.empty();
  }

  private static Verdict byKind(JsonNode object, Instant now) {
    var kind = Kind.of(object);
    return switch (kind.toString()) {
      case "apps/Deployment", "extensions/Deployment" -> deployment(object);
      case "apps/StatefulSet" -> statefulSet(object);
      case "apps/DaemonSet", "extensions/DaemonSet" -> daemonSet(object);
      case "apps/ReplicaSet", "extensions/ReplicaSet" -> replicaSet(object);
      case "/Pod" -> pod(object, now);
      case "batch/Job" -> job(object);
      case "/PersistentVolumeClaim" -> claim(object);
      case "/Service" -> service(object);
      case "apiextensions.k8s.io/CustomResourceDefinition" -> definition(object);
      case "policy/PodDisruptionBudget", "/Secret", "/ConfigMap", "batch/CronJob" ->
          new Current("it is there");
      default -> anything(object);
    };
  }

  private static Verdict deployment(JsonNode object) {
    var spec = object.path("spec");
    var status = object.path("status");
    var deadline = Numbers.orElse(spec.path("progressDeadlineSeconds"), NO_DEADLINE);
    var progressing = deadline == NO_DEADLINE;
    var available = false;
    for (var condition : Condition.of(object)) {
      if (condition.type().equals("Progressing")) {
        if (condition.reason().equals("ProgressDeadlineExceeded")) {
          return new Failed(
              "it made no progress for %d s: %s".formatted(deadline, condition.said()), true);
        }
        progressing |= condition.isTrue() && condition.reason().equals("NewReplicaSetAvailable");
      } else if (condition.type().equals("Available")) {
        available |= condition.isTrue();
      }
    }
    var wanted = Numbers.orElse(spec.path("replicas"), 1);
    var replicas = Numbers.orElse(status.path("replicas"), 0);
    var updated = Numbers.orElse(status.path("updatedReplicas"), 0);
    var ready = Numbers.orElse(status.path("readyReplicas"), 0);
    var availableReplicas = Numbers.orElse(status.path("availableReplicas"), 0);
    if (wanted > replicas) {
      return few(replicas, wanted, "exist");
    }
    if (wanted > updated) {
      return few(updated, wanted, "are of the new revision");
    }
    if (replicas > wanted) {
      return new InProgress(count(replicas - wanted, "old pod") + " still to end");
    }
    if (updated > availableReplicas) {
      return few(availableReplicas, updated, "are available");
    }
    if (wanted > ready) {
      return few(ready, wanted, "are ready");
    }
    if (!progressing) {
      return new InProgress(
          "its controller has not said yet that the new replica set is available");
    }
    return available
        ? new Current(count(wanted, "replica") + " available")
        : new InProgress("its controller does not say yet that it is available");
  }

  private static Verdict statefulSet(JsonNode object) {
    var spec = object.path("spec");
    var status = object.path("status");
    if (spec.path("updateStrategy").path("type").asText("").equals("OnDelete")) {
      return new Current("pods are replaced when somebody deletes them (OnDelete)");
    }
    var wanted = Numbers.orElse(spec.path("replicas"), 1);
    var replicas = Numbers.orElse(status.path("replicas"), 0);
    var ready = Numbers.orElse(status.path("readyReplicas"), 0);
    var current = Numbers.orElse(status.path("currentReplicas"), 0);
    var updated = Numbers.orElse(status.path("updatedReplicas"), 0);
    if (wanted > replicas) {
      return few(replicas, wanted, "exist");
    }
    if (wanted > ready) {
      return few(ready, wanted, "are ready");
    }
    if (replicas > wanted) {
      return new InProgress(count(replicas - wanted, "pod") + " still to end");
    }
    var partition =
        Numbers.whole(spec.path("updateStrategy").path("rollingUpdate").path("partition"));
    if (partition.isPresent() && partition.getAsLong() != -1) {
      var due = wanted - partition.getAsLong();
      return updated < due
          ? few(updated, due, "are of the new revision")
          : new Current(
              "%d of %d pods are of the new revision, as its partition says"
                  .formatted(updated, wanted));
    }
    if (wanted > current) {
      return few(current, wanted, "are of the current revision");
    }
    var from = status.path("currentRevision").asText("");
    var to = status.path("updateRevision").asText("");
    return from.equals(to)
        ? new Current(count(wanted, "replica") + " ready")
        : new InProgress("it goes from revision %s to %s".formatted(from, to));
  }

  private static Verdict daemonSet(JsonNode object) {
    var status = object.path("status");
    if (Numbers.whole(object.path("metadata").path("generation")).isEmpty()
        || Numbers.whole(status.path("observedGeneration")).isEmpty()) {
      return new InProgress("its controller has not looked at it yet");
    }
    var desired = Numbers.whole(status.path("desiredNumberScheduled"));
    if (desired.isEmpty()) {
      return new InProgress("its controller has not counted the nodes yet");
    }
    var wanted = desired.getAsLong();
    var current = Numbers.orElse(status.path("currentNumberScheduled"), 0);
    var updated = Numbers.orElse(status.path("updatedNumberScheduled"), 0);
    var available = Numbers.orElse(status.path("numberAvailable"), 0);
    var ready = Numbers.orElse(status.path("numberReady"), 0);
    if (wanted > current) {
      return few(current, wanted, "are scheduled");
    }
    if (wanted > updated) {
      return few(updated, wanted, "are of the new revision");
    }
    if (wanted > available) {
      return few(available, wanted, "are available");
    }
    if (wanted > ready) {
      return few(ready, wanted, "are ready");
    }
    return new Current("a pod is ready on " + count(wanted, "node"));
  }

  private static Verdict replicaSet(JsonNode object) {
    var failure = Condition.find(object, "ReplicaFailure").filter(Condition::isTrue);
    if (failure.isPresent()) {
      return new InProgress(failure.get().said());
    }
    var status = object.path("status");
    var wanted = Numbers.orElse(object.path("spec").path("replicas"), 1);
    var replicas = Numbers.orElse(status.path("replicas"), 0);
    var labelled = Numbers.orElse(status.path("fullyLabeledReplicas"), 0);
    var available = Numbers.orElse(status.path("availableReplicas"), 0);
    var ready = Numbers.orElse(status.path("readyReplicas"), 0);
    if (wanted > labelled) {
      return few(labelled, wanted, "have their labels");
    }
    if (wanted > available) {
      return few(available, wanted, "are available");
    }
    if (wanted > ready) {
      return few(ready, wanted, "are ready");
    }
    return replicas > wanted
        ? new InProgress(count(replicas - wanted, "pod") + " still to end")
        : new Current(count(wanted, "replica") + " available");
  }

  private static Verdict pod(JsonNode object, Instant now) {
    var status = object.path("status");
    return switch (status.path("phase").asText("")) {
      case "Succeeded" -> new Current("it ran to its end");
      case "Failed" -> new Current("it ended, but not successfully");
      case "Running" -> {
        if (Condition.find(object, "Ready").filter(Condition::isTrue).isPresent()) {
          yield new Current("it is ready");
        }
        var crashing =
            StreamSupport.stream(status.path("containerStatuses").spliterator(), false)
                .filter(one ->
                    one.path("state")
                        .path("waiting")
                        .path("reason")
                        .asText("")
                        .equals("CrashLoopBackOff"))
                .map(one -> one.path("name").asText())
                .toList();
        yield crashing.isEmpty()
            ? new InProgress("it runs and is not ready yet")
            : new Failed("it keeps crashing: " + String.join(", ", crashing), false);
      }
      case "Pending" -> {
        var unschedulable =
            Condition.find(object, "PodScheduled")
                .filter(it -> it.isFalse() && it.reason().equals("Unschedulable"));
        yield unschedulable.isPresent()
                && Times.since(unschedulable.get().since(), now).compareTo(SCHEDULE_WINDOW) >= 0
            ? new Failed("no node can take it: " + unschedulable.get().said(), false)
            : new InProgress("it has not started yet");
      }
      case "" -> new InProgress("it has no phase yet");
      default -> new Unknown("its phase is " + status.path("phase").asText());
    };
  }

  private static Verdict job(JsonNode object) {
    var status = object.path("status");
    for (var condition : Condition.of(object)) {
      if (condition.isTrue()) {
        switch (condition.type()) {
          case "Complete" -> {
            return new Current("it is complete");
          }
          case "Failed" -> {
            return new Failed("it failed: " + condition.said(), true);
          }
          case "Suspended" -> {
            if (object.path("spec").path("suspend").asBoolean()) {
              return new Current("it is suspended");
            }
          }
          default -> {}
        }
      }
    }
    return status.hasNonNull("startTime")
        ? new Current("it runs")
        : new InProgress("it has not started yet");
  }

  private static Verdict claim(JsonNode object) {
    var phase = object.path("status").path("phase").asText("");
    return phase.equals("Bound")
        ? new Current("it is bound to a volume")
        : new InProgress("it is bound to no volume yet");
  }

  private static Verdict service(JsonNode object) {
    var spec = object.path("spec");
    return spec.path("type").asText("").equals("LoadBalancer")
            && spec.path("clusterIP").asText("").isEmpty()
        ? new InProgress("it has no address in the cluster yet")
        : new Current("it has its address");
  }

  private static Verdict definition(JsonNode object) {
    for (var condition : Condition.of(object)) {
      if (condition.type().equals("NamesAccepted") && condition.isFalse()) {
        return new Failed("its names are taken: " + condition.said(), true);
      }
      if (condition.type().equals("Established")) {
        if (condition.isTrue()) {
          return new Current("its kind is served");
        }
        if (condition.isFalse() && !condition.reason().equals("Installing")) {
          return new Failed("its kind is not served: " + condition.said(), true);
        }
      }
    }
    return new InProgress("its kind is not served yet");
  }

  private static Verdict anything(JsonNode object) {
    var ready = Condition.find(object, "Ready");
    if (ready.isEmpty() || ready.get().isTrue()) {
      return new Current("it is there");
    }
    return new InProgress(ready.get().said());
  }

  private static InProgress few(long there, long wanted, String how) {
    return new InProgress("%d of %d pods %s".formatted(there, wanted, how));
  }

  static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}
