package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Finds in pods and events what a workload's own status tells only after its progress deadline
/// (ten minutes by default), or never.
///
/// Only pods of the newest revision count: a release that repairs pods that crash must not be
/// called failed because of them.
final class EarlyFailure {

  /// An image may appear, a Secret may be made, in the same deploy: that long it is no failure.
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /// A process that waits for another may end once or twice. The third time is after about 40 s.
  static final int CRASHES = 3;

  /// Controllers try again at least that often.
  static final Duration RECENT = Duration.ofMinutes(6);

  /// What a container waits for that seldom comes by itself.
  private static final Set<String> NO_IMAGE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "RegistryUnavailable",
          "ImageInspectError");

  private static final Set<String> NO_CONTAINER =
      Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");

  /// Of what a container printed, so many lines are in the sentence.
  private static final int LINES = 5;

  private static final int LONGEST_LINE = 300;

  private EarlyFailure() {}

  /// Why the workload is not going to be ready, or nothing that is known.
  static Optional<Failed> of(JsonNode workload, Surroundings around) {
    return quota(workload, around)
        .or(() ->
            newest(workload, around)
                .map(pod -> ofPod(pod, around))
                .flatMap(Optional::stream)
                .findFirst());
  }

  /// The same for one pod.
  static Optional<Failed> ofPod(JsonNode pod, Surroundings around) {
    if (pod.path("metadata").hasNonNull("deletionTimestamp")) {
      return Optional.empty();
    }
    return unschedulable(pod, around)
        .or(() ->
            Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(list -> each(pod.path("status").path(list)))
                .map(container -> ofContainer(pod, container, around))
                .flatMap(Optional::stream)
                .findFirst())
        .or(() -> unmounted(pod, around));
  }

  private static Optional<Failed> ofContainer(
      JsonNode pod, JsonNode container, Surroundings around) {
    var waiting = container.path("state").path("waiting");
    var reason = waiting.path("reason").asText("");
    var since = started(pod, around);
    if (NO_IMAGE.contains(reason) && since.compareTo(PATIENCE) > 0) {
      return Optional.of(
          new Failed(
              "%s cannot start: its image %s cannot be pulled for %s (%s%s)"
                  .formatted(
                      named(pod, container),
                      container.path("image").asText("?"),
                      Times.words(since),
                      reason,
                      after(pullError(pod, around).orElse(waiting.path("message").asText("")))),
              reason.equals("InvalidImageName")));
    }
    if (NO_CONTAINER.contains(reason) && since.compareTo(PATIENCE) > 0) {
      return Optional.of(
          new Failed(
              "%s cannot start for %s (%s%s)"
                  .formatted(
                      named(pod, container),
                      Times.words(since),
                      reason,
                      after(waiting.path("message").asText(""))),
              false));
    }
    return crashing(pod, container, around);
  }

  private static Optional<Failed> crashing(JsonNode pod, JsonNode container, Surroundings around) {
    var restarts = Numbers.orElse(container.path("restartCount"), 0);
    var last = container.path("lastState").path("terminated");
    var state = container.path("state");
    var ended = state.path("terminated").isObject() ? state.path("terminated") : last;
    var waits = state.path("waiting").path("reason").asText("").equals("CrashLoopBackOff");
    var crashed = waits || Numbers.orElse(ended.path("exitCode"), 0) != 0;
    if (restarts < CRASHES || !crashed || container.path("ready").asBoolean()) {
      return Optional.empty();
    }
    var why =
        ended.path("reason").asText("").equals("OOMKilled")
            ? "it was killed because it used more memory than its limit"
            : "exit code " + Numbers.orElse(ended.path("exitCode"), 0);
    return Optional.of(
        new Failed(
            "%s crashed %d times; the last time: %s%s"
                .formatted(named(pod, container), restarts, why, lastLines(pod, container, around)),
            true));
  }

  private static String lastLines(JsonNode pod, JsonNode container, Surroundings around) {
    var key = name(pod) + "/" + container.path("name").asText();
    var lines = around.lastLines().getOrDefault(key, List.of());
    if (lines.isEmpty()) {
      // What it wrote to its termination log, or its last output where it asked for that.
      var message = container.path("lastState").path("terminated").path("message").asText("");
      lines = message.lines().filter(line -> !line.isBlank()).toList();
    }
    if (lines.isEmpty()) {
      return "";
    }
    var shown =
        lines.subList(Math.max(0, lines.size() - LINES), lines.size()).stream()
            .map(
                line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line)
            .toList();
    return "; its last lines:\n" + String.join("\n", shown);
  }

  private static Optional<Failed> unschedulable(JsonNode pod, Surroundings around) {
    var placed =
        Condition.in(pod.path("status").path("conditions")).stream()
            .filter(it ->
                it.type().equals("PodScheduled")
                    && it.isFalse()
                    && it.reason().equals("Unschedulable"))
            .findFirst();
    if (placed.isEmpty()) {
      return Optional.empty();
    }
    var since = Times.since(placed.get().since(), around.now());
    // A cluster that grows on demand says so; the node comes in a few minutes.
    var grows = about(pod, around).anyMatch(event -> reason(event).equals("TriggeredScaleUp"));
    return since.compareTo(Kstatus.SCHEDULE_WINDOW) < 0 || grows
        ? Optional.empty()
        : Optional.of(
            new Failed(
                "pod %s fits on no node for %s; the scheduler says: %s"
                    .formatted(name(pod), Times.words(since), placed.get().said()),
                false));
  }

  private static Optional<Failed> unmounted(JsonNode pod, Surroundings around) {
    return about(pod, around)
        .filter(event ->
            reason(event).equals("FailedMount") || reason(event).equals("FailedAttachVolume"))
        .filter(event -> starting(pod) && started(pod, around).compareTo(PATIENCE) > 0)
        .max(Comparator.comparing(EarlyFailure::last))
        .map(event ->
            new Failed(
                "pod %s cannot start: a volume is missing%s"
                    .formatted(name(pod), after(event.path("message").asText(""))),
                false));
  }

  private static boolean starting(JsonNode pod) {
    return pod.path("status").path("phase").asText("").equals("Pending");
  }

  /// Nobody may make pods for it: a quota, a limit range, a policy. Deployments and replica sets
  /// have a condition for that; the others have events only.
  private static Optional<Failed> quota(JsonNode workload, Surroundings around) {
    return Stream.concat(Stream.of(workload), newestSet(around).stream())
        .flatMap(one -> Condition.find(one, "ReplicaFailure").stream())
        .filter(Condition::isTrue)
        .map(Condition::said)
        .findFirst()
        .or(() ->
            about(workload, around)
                .filter(event -> reason(event).equals("FailedCreate") && lacksPods(workload))
                .filter(event -> Times.since(last(event), around.now()).compareTo(RECENT) < 0)
                .max(Comparator.comparing(EarlyFailure::last))
                .map(event -> event.path("message").asText("")))
        .map(said ->
            new Failed(
                (said.contains("exceeded quota")
                        ? "a quota forbids its pods: "
                        : "its pods cannot be made: ")
                    + said,
                false));
  }

  /// Events stay for an hour; one about pods that are there by now is an old story.
  private static boolean lacksPods(JsonNode workload) {
    var status = workload.path("status");
    return switch (workload.path("kind").asText("")) {
      case "DaemonSet" ->
          Numbers.orElse(status.path("currentNumberScheduled"), 0)
              < Numbers.orElse(status.path("desiredNumberScheduled"), 1);
      case "Job" ->
          Numbers.orElse(status.path("active"), 0) + Numbers.orElse(status.path("succeeded"), 0)
              == 0;
      default ->
          Numbers.orElse(status.path("replicas"), 0)
              < Numbers.orElse(workload.path("spec").path("replicas"), 1);
    };
  }

  private static Optional<JsonNode> newestSet(Surroundings around) {
    return around.replicaSets().stream()
        .filter(set -> Numbers.whole(revision(set)).isPresent())
        .max(Comparator.comparingLong(set -> Numbers.orElse(revision(set), 0)));
  }

  /// The pods of the newest revision.
  private static Stream<JsonNode> newest(JsonNode workload, Surroundings around) {
    var label =
        around.pods().stream().anyMatch(pod -> label(pod, "pod-template-hash").isPresent())
            ? "pod-template-hash"
            : "controller-revision-hash";
    var told =
        newestSet(around)
            .flatMap(set -> label(set, label))
            .or(() ->
                Optional.of(workload.path("status").path("updateRevision").asText(""))
                    .filter(revision -> !revision.isEmpty()));
    var revision =
        told.or(() ->
            around.pods().stream()
                .max(Comparator.comparing(EarlyFailure::created))
                .flatMap(pod -> label(pod, label)));
    return around.pods().stream()
        .filter(pod -> revision.isEmpty() || label(pod, label).equals(revision));
  }

  private static JsonNode revision(JsonNode replicaSet) {
    return replicaSet
        .path("metadata")
        .path("annotations")
        .path("deployment.kubernetes.io/revision");
  }

  private static Optional<String> label(JsonNode object, String label) {
    var value = object.path("metadata").path("labels").path(label);
    return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
  }

  /// The registry's own words are in an event; the container's status only says that it waits.
  private static Optional<String> pullError(JsonNode pod, Surroundings around) {
    return about(pod, around)
        .filter(event -> reason(event).equals("Failed"))
        .map(event -> event.path("message").asText(""))
        .filter(message -> message.startsWith("Failed to pull image"))
        .findFirst();
  }

  private static Stream<JsonNode> about(JsonNode object, Surroundings around) {
    var metadata = object.path("metadata");
    return around.events().stream()
        .filter(event -> {
          var about =
              event.path("involvedObject").isObject()
                  ? event.path("involvedObject")
                  : event.path("regarding");
          return (about.path("uid").isTextual() && metadata.path("uid").isTextual())
              ? about.path("uid").equals(metadata.path("uid"))
              : about.path("name").asText("").equals(name(object))
                  && about.path("kind").asText("").equals(object.path("kind").asText("Pod"));
        });
  }

  private static String reason(JsonNode event) {
    return event.path("reason").asText("");
  }

  private static String last(JsonNode event) {
    return Stream.of("lastTimestamp", "eventTime", "deprecatedLastTimestamp")
        .map(field -> event.path(field).asText(""))
        .filter(time -> !time.isEmpty())
        .findFirst()
        .orElse("");
  }

  /// How long the pod has been on its node, or there at all.
  private static Duration started(JsonNode pod, Surroundings around) {
    var start = pod.path("status").path("startTime").asText("");
    return Times.since(start.isEmpty() ? created(pod) : start, around.now());
  }

  private static String created(JsonNode pod) {
    return pod.path("metadata").path("creationTimestamp").asText("");
  }

  private static String named(JsonNode pod, JsonNode container) {
    return "container %s of pod %s".formatted(container.path("name").asText(), name(pod));
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").asText("?");
  }

  private static String after(String text) {
    return text.isBlank() ? "" : ": " + text.strip();
  }

  private static Stream<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  /// What can be said of pods that are not failing yet, to make a sentence about waiting more
  /// useful.
  static List<String> hints(JsonNode workload, Surroundings around) {
    var hints = new ArrayList<String>();
    newest(workload, around)
        .forEach(pod ->
            about(pod, around)
                .filter(event -> reason(event).equals("Unhealthy"))
                .max(Comparator.comparing(EarlyFailure::last))
                .ifPresent(event ->
                    hints.add(
                        "pod %s: %s"
                            .formatted(name(pod), event.path("message").asText("").strip()))));
    return hints;
  }
}
