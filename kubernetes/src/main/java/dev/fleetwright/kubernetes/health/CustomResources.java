package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import dev.fleetwright.kubernetes.health.Evidence.Says;
import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.NotFound;
import dev.fleetwright.kubernetes.health.Verdict.Suspended;
import dev.fleetwright.kubernetes.health.Verdict.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Judges a custom resource by what controllers have in common, knowing nothing of its kind:
/// conditions, generations, phases, numbers of replicas, the conditions of its parts, and what its
/// definition prints as columns.
///
/// It collects all that it understands, and the worst of it counts. **That something is current
/// must be said by something**: a deciding condition, a good phase, all replicas ready. An object
/// whose conditions it does not understand is in progress, not current.
final class CustomResources {

  /// Generations that controllers say they have seen. (Others, such as
  /// `workloadObservedGeneration`, are about other objects.)
  private static final List<String> OBSERVED =
      List.of(
          "observedGeneration",
          "lastEvaluatedGeneration",
          "lastObservedGeneration",
          "lastReconciledGeneration",
          "schedulerObservedGeneration");

  private static final List<String> STATES =
      List.of(
          "phase",
          "state",
          "status",
          "health",
          "currentStatus",
          "printableStatus",
          "compliant",
          "currentState",
          "deploymentStatus",
          "transitionStatus");

  private static final List<String> INNER_STATES =
      List.of(
          "transitionStatus", "phase", "state", "status", "currentStepState", "lastObservedState");

  private static final List<String> ERRORS =
      List.of("error", "errMsg", "errorMessage", "failureMessage", "lastError");

  private static final Pattern STATE_FIELD = Pattern.compile(".*([a-z]Status|State|Phase)");
  private static final Pattern STATE_GROUP = Pattern.compile(".*(Status|State|[Hh]ealth)");
  private static final Pattern HELD_ANNOTATION =
      Pattern.compile("(.*[/.-])?(paused?|suspend(ed)?|hibernation|stop)");
  private static final Pattern TIMETABLE = Pattern.compile("(.*[a-z])?Cron.*|.*Schedule");
  private static final Pattern COUNTS =
      Pattern.compile("(ready|available|updated|updatedReady|updatedAvailable|current)Replicas");

  /// Something that runs is good, unless it is one of these, which are good at their end.
  private static final Pattern TASK =
      Pattern.compile(
          ".*(Run|Job|Task|Backup|Restore|Snapshot|Workflow|Migration|Test|Hook|Import|Export|Build"
              + "|Execution|Copy|Request|Experiment|Operation|Evaluation)");

  /// Lists that tell of the past or of other things.
  private static final Pattern NO_PARTS =
      Pattern.compile(
          "(?i).*(histor|event|transition|previous|past|result|related|detail|measure|log|trace).*");

  /// Of a list of parts no more than that many are looked at.
  private static final int MOST_PARTS = 500;

  private final JsonNode object;
  private final JsonNode spec;
  private final JsonNode status;
  private final String kind;
  private final OptionalLong generation;
  private final List<Condition> conditions;
  private final List<Evidence> found = new ArrayList<>();

  private CustomResources(JsonNode object) {
    this.object = object;
    this.spec = object.path("spec");
    this.status = object.path("status");
    this.kind = object.path("kind").asText("");
    this.generation = Numbers.whole(object.path("metadata").path("generation"));
    this.conditions = Condition.of(object);
  }

  /// @param definition its CustomResourceDefinition, or a missing node
  static Verdict judge(JsonNode object, JsonNode definition) {
    return new CustomResources(object).judge(PrinterColumns.of(object, definition));
  }

  private Verdict judge(PrinterColumns columns) {
    var held = annotatedAsHeld();
    if (held.isPresent()) {
      return new Suspended(held.get());
    }
    if (!status.isObject() || status.isEmpty()) {
      return withoutStatus(columns);
    }
    var outdated = outdated();
    if (outdated.isPresent()) {
      return new InProgress(outdated.get());
    }
    found.addAll(ConditionEvidence.of(conditions, generation));
    words();
    columns.values().forEach(this::column);
    errors();
    truths();
    validity();
    replicas();
    parts();
    return weigh();
  }

  private Verdict withoutStatus(PrinterColumns columns) {
    if (heldBySpec()) {
      return new Suspended("its spec says that it is to stand still");
    }
    if (columns.hasNoStatus()) {
      return new Current("it is there; its kind has no status");
    }
    return isTimetable()
        ? new Current("it is there, and its time has not come yet")
        : new InProgress("nothing has written a status of it yet");
  }

  private Optional<String> annotatedAsHeld() {
    return object.path("metadata").path("annotations").properties().stream()
        .filter(one ->
            HELD_ANNOTATION.matches(one.getKey())
                && Set.of("true", "on", "enabled")
                    .contains(one.getValue().asText().toLowerCase(Locale.ROOT)))
        .map(one -> "its annotation %s is %s".formatted(one.getKey(), one.getValue().asText()))
        .findFirst();
  }

  private boolean heldBySpec() {
    return Stream.of("paused", "suspend", "suspended").anyMatch(it -> isTrue(spec.path(it)));
  }

  private boolean isTimetable() {
    return TIMETABLE.matches(kind) || spec.path("schedule").isTextual();
  }

  private Optional<String> outdated() {
    if (generation.isEmpty()) {
      return Optional.empty();
    }
    return OBSERVED.stream()
        .filter(field -> {
          var observed = Numbers.whole(status.path(field));
          return observed.isPresent() && observed.getAsLong() < generation.getAsLong();
        })
        .map(field ->
            "its controller has seen generation %s of %d (%s)"
                .formatted(status.path(field).asText(), generation.getAsLong(), field))
        .findFirst();
  }

  private void words() {
    for (var field : STATES) {
      var value = status.path(field);
      if (value.isObject()) {
        value =
            Stream.of("status", "state", "phase")
                .map(value::path)
                .filter(JsonNode::isTextual)
                .findFirst()
                .orElse(value);
      }
      state(field, value);
      if (field.equals("state") && status.has("reportedBy")) {
        numberedState(field, value);
      }
    }
    for (var field : status.properties()) {
      var name = field.getKey();
      if (field.getValue().isTextual() && STATE_FIELD.matches(name) && !STATES.contains(name)) {
        state(name, field.getValue());
      } else if (field.getValue().isObject()
          && STATE_GROUP.matches(name)
          && !STATES.contains(name)) {
        INNER_STATES.stream()
            .map(field.getValue()::path)
            .filter(value -> value.isTextual() && Vocabulary.says(value.asText()).isPresent())
            .findFirst()
            .ifPresent(value -> innerState(name, value.asText()));
      }
    }
    // One entry for each controller that judged it.
    for (var reported : status.path("statuses")) {
      state("state", reported.path("state"));
      numberedState("state", reported.path("state"));
    }
  }

  private void state(String field, JsonNode value) {
    if (!value.isTextual()) {
      return;
    }
    var text = value.asText();
    var running = Set.of("running", "active").contains(text.toLowerCase(Locale.ROOT));
    Vocabulary.says(text)
        .map(says -> running && TASK.matches(kind) ? Says.IN_PROGRESS : says)
        .ifPresent(says -> add(says, true, field, "its %s is %s".formatted(field, text)));
  }

  private void innerState(String field, String text) {
    var says = Vocabulary.says(text).orElse(Says.UNKNOWN);
    add(says, says != Says.CURRENT, field, "its %s is %s".formatted(field, text));
  }

  /// Protobuf's numbers, as solo.io's controllers wrote them: pending, accepted, rejected, warning.
  private void numberedState(String field, JsonNode value) {
    if (value.isIntegralNumber()) {
      var says =
          switch (value.asInt()) {
            case 0 -> Says.IN_PROGRESS;
            case 1 -> Says.CURRENT;
            case 2, 3 -> Says.FAILED;
            default -> Says.UNKNOWN;
          };
      var reason = status.path("reason").asText("");
      add(
          says,
          true,
          field,
          "its %s is %d%s".formatted(field, value.asInt(), reason.isEmpty() ? "" : ": " + reason));
    }
  }

  /// What its author prints for people under such a name is what he thinks it tells how it is.
  private void column(String name, String text) {
    Vocabulary.says(text)
        .ifPresent(
            says -> add(says, says != Says.CURRENT, name, "its %s is %s".formatted(name, text)));
  }

  private void column(PrinterColumns.Column column) {
    column(column.name(), column.value());
  }

  private void errors() {
    for (var field : ERRORS) {
      var value = status.path(field);
      var text = value.isObject() ? value.path("message").asText("") : value.asText("");
      if (!text.isBlank() || (value.isObject() && !value.isEmpty())) {
        add(Says.FAILED, true, field, text.isBlank() ? "it has an error" : text);
      }
    }
  }

  private void truths() {
    if (ConditionEvidence.deciding(conditions).isPresent()) {
      return;
    }
    for (var field : List.of("ready", "Ready", "readyToUse")) {
      var value = status.path(field);
      if (value.isBoolean()) {
        add(
            value.asBoolean() ? Says.CURRENT : Says.IN_PROGRESS,
            true,
            field,
            "its %s is %s".formatted(field, value.asBoolean()));
      }
    }
  }

  private void validity() {
    var valid = status.path("valid");
    if (valid.isBoolean() && ConditionEvidence.deciding(conditions).isEmpty()) {
      add(
          valid.asBoolean() ? Says.CURRENT : Says.FAILED,
          true,
          "valid",
          valid.asBoolean() ? "it is valid" : "it is not valid");
    }
  }

  private void replicas() {
    var wanted = Numbers.whole(spec.path("replicas"));
    if (wanted.isEmpty() || isReady()) {
      return;
    }
    var counted = false;
    for (var field : status.properties()) {
      var number = Numbers.whole(field.getValue());
      if (COUNTS.matches(field.getKey()) && number.isPresent()) {
        counted |= field.getKey().equals("readyReplicas");
        if (number.getAsLong() < wanted.getAsLong()) {
          add(
              Says.IN_PROGRESS,
              true,
              "replicas",
              "%s is %d of %d".formatted(field.getKey(), number.getAsLong(), wanted.getAsLong()));
        }
      }
    }
    if (counted) {
      add(Says.CURRENT, false, "replicas", "all its replicas are ready");
    }
  }

  /// The parents of a route, the listeners of a gateway, the members of a cluster.
  private void parts() {
    for (var field : status.properties()) {
      var list = field.getValue();
      if (!list.isArray()
          || field.getKey().equals("conditions")
          || NO_PARTS.matches(field.getKey())) {
        continue;
      }
      var parts =
          StreamSupport.stream(list.spliterator(), false)
              .filter(JsonNode::isObject)
              .limit(MOST_PARTS)
              .toList();
      var newest =
          parts.stream()
              .flatMap(part -> Condition.in(part.path("conditions")).stream())
              .mapToLong(it -> it.observedGeneration().orElse(0))
              .max()
              .orElse(0);
      parts.forEach(part -> part(field.getKey(), part, newest));
    }
  }

  private void part(String list, JsonNode part, long newest) {
    if (part.path("conditions").isArray()) {
      var its = Condition.in(part.path("conditions"));
      if (its.isEmpty()) {
        add(
            Says.IN_PROGRESS,
            true,
            list + ".",
            "one of its %s has no conditions yet".formatted(list));
        return;
      }
      // A parent that the route once had: nobody takes that entry away.
      if (list.equals("parents")
          && its.stream().allMatch(it -> it.observedGeneration().orElse(0) < newest)) {
        return;
      }
      for (var one : ConditionEvidence.of(its, generation)) {
        var says = one.says() == Says.OUTDATED ? Says.IN_PROGRESS : one.says();
        add(says, one.sure() || says != Says.CURRENT, list + "." + one.from(), one.sentence());
      }
    }
    for (var field : List.of("health", "phase", "state")) {
      var says = Vocabulary.says(part.path(field).asText(""));
      if (says.isPresent()
          && Set.of(Says.FAILED, Says.IN_PROGRESS, Says.CURRENT).contains(says.get())) {
        add(
            says.get(),
            says.get() != Says.CURRENT,
            list + "." + field,
            "the %s of one of its %s is %s".formatted(field, list, part.path(field).asText()));
      }
    }
    if (part.path("applied").isBoolean() && !part.path("applied").asBoolean()) {
      add(Says.FAILED, true, list + ".applied", "one of its %s is not applied".formatted(list));
    }
  }

  /// The worst counts, with the two exceptions that are written here.
  private Verdict weigh() {
    var outdated = find(it -> it.says() == Says.OUTDATED);
    if (outdated.isPresent()) {
      return new InProgress(outdated.get().sentence());
    }
    var failed = find(it -> it.says() == Says.FAILED && it.sure());
    var held = find(it -> it.says() == Says.SUSPENDED);
    // What stands still on purpose may well be called not ready, but not when its phase is a
    // failure.
    if (held.isPresent() && failed.filter(it -> it.from().equals("phase")).isEmpty()) {
      return new Suspended(held.get().sentence());
    }
    if (failed.isPresent()) {
      return new Failed(failed.get().sentence(), failed.get().from().equals("Stalled"));
    }
    if (heldBySpec()) {
      return new Suspended("its spec says that it is to stand still");
    }
    var nothing = find(it -> it.says() == Says.NOT_FOUND);
    if (nothing.isPresent()) {
      return new NotFound(nothing.get().sentence());
    }
    var unknown = find(it -> it.says() == Says.UNKNOWN);
    if (unknown.isPresent()) {
      return new Unknown(unknown.get().sentence());
    }
    // `Ready` sums up; only what it does not know of can still hold it up.
    var still =
        find(it ->
            it.says() == Says.IN_PROGRESS
                && it.sure()
                && (!isReady() || it.from().equals("Reconciling") || it.from().contains(".")));
    if (still.isPresent()) {
      return new InProgress(still.get().sentence());
    }
    if (isReady()) {
      return new Current(find(it -> it.says() == Says.CURRENT).orElseThrow().sentence());
    }
    return find(it -> it.says() == Says.FAILED)
        .<Verdict>map(it -> new Failed(it.sentence(), false))
        .or(() ->
            find(it -> it.says() == Says.IN_PROGRESS).map(it -> new InProgress(it.sentence())))
        .or(() -> find(it -> it.says() == Says.CURRENT).map(it -> new Current(it.sentence())))
        .orElseGet(this::nothingSaid);
  }

  private Verdict nothingSaid() {
    if (isTimetable()) {
      return new Current("it is there, and nothing is wrong with it");
    }
    return !conditions.isEmpty() && conditions.stream().allMatch(ConditionEvidence::isAbnormal)
        ? new Current("none of its conditions says that anything is wrong")
        : new InProgress("nothing in its status says that it is ready");
  }

  private boolean isReady() {
    return found.stream()
        .anyMatch(it -> it.says() == Says.CURRENT && it.sure() && it.from().equals("Ready"));
  }

  private Optional<Evidence> find(Predicate<Evidence> which) {
    return found.stream().filter(which).findFirst();
  }

  private void add(Says says, boolean sure, String from, String sentence) {
    found.add(new Evidence(says, sure, from, sentence));
  }

  private static boolean isTrue(JsonNode node) {
    return node.isBoolean() && node.asBoolean();
  }
}
