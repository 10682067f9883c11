package dev.fleetwright.kubernetes.health;

import com.google.re2j.Pattern;
import dev.fleetwright.kubernetes.health.Evidence.Says;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What the conditions of a custom resource say, by the conventions of the Kubernetes API
/// (sig-architecture/api-conventions: types are adjectives or past participles; `Ready` or
/// `Succeeded` sums the others up; `True` of an abnormal type is bad).
///
/// One condition *decides*: the one that sums up. Others are heard when they say something that it
/// cannot know (`Stalled`, `Synced` is false), and as a second opinion.
final class ConditionEvidence {

  /// Which condition sums the others up, if there is one of these; in this order.
  private static final List<String> DECIDING =
      List.of(
          "Ready",
          "Healthy",
          "Available",
          "Succeeded",
          "Complete",
          "Completed",
          "Established",
          "Valid",
          "Programmed",
          "Accepted",
          "Deployed",
          "Compliant",
          "Promoted",
          "Synced",
          "Synchronized",
          "Applied",
          "FullyApplied",
          "Successful",
          "Running");

  /// Otherwise the last one that ends with one of these words, such as `ResourcesApplied`.
  private static final Set<String> DECIDING_WORDS =
      Set.of(
          "accepted",
          "admitted",
          "applied",
          "available",
          "bound",
          "complete",
          "completed",
          "compliant",
          "date",
          "deployed",
          "done",
          "established",
          "healthy",
          "initialized",
          "issued",
          "programmed",
          "promoted",
          "ready",
          "reconciled",
          "succeeded",
          "success",
          "successful",
          "synced",
          "synchronized",
          "valid");

  /// These sum everything up, and so the others need not be true.
  private static final Set<String> SUMS =
      Set.of("Ready", "Available", "Succeeded", "Complete", "Completed");

  /// If one of these is false, then `Ready` is about something older, or about less.
  private static final Set<String> ALSO_NEEDED =
      Set.of(
          "Synced",
          "Installed",
          "Valid",
          "Accepted",
          "ResolvedRefs",
          "Released",
          "Deployed",
          "Healthy",
          "Available",
          "Programmed");

  private static final Pattern ABNORMAL =
      Pattern.compile(
          "(Error|Fail|Invalid|Missing|Denied)[A-Za-z]*"
              + "|.*(Failed|Failure|Failing|Errors?|Errored|Invalid|InvalidSpec|Degraded|Stalled|NotReady"
              + "|Unhealthy|Terminal|NonStructuralSchema|Rejected|Conflict|Conflicts|Conflicted"
              + "|Misconfigured|Blocked|Fallback|Aborted|violation|Pressure|Deadlock|Unavailable"
              + "|Unreachable|Unschedulable|Expired|Lost|Denied|Missing|Violated|Throttled)");

  private static final Pattern WORK =
      Pattern.compile(
          "[A-Z][a-z]*ing|[A-Za-z]+(Progressing|Reconciling|Issuing|Scaling)|RollingUpdate"
              + "|[A-Za-z-]*-[a-z]+ing|.*(InProgress|Pending|Updating|Upgrading)");

  private static final Set<String> HELD =
      Set.of(
          "Paused",
          "Suspended",
          "Stopped",
          "Hibernated",
          "Ignored",
          "Disrupting",
          "Hibernating",
          "Hibernation",
          "Pausing");

  /// `Progressing` and the like stay true with these when the work is over.
  private static final Set<String> OVER =
      Set.of(
          "NewReplicaSetAvailable",
          "NewReplicationControllerAvailable",
          "Successful",
          "Succeeded",
          "Completed");

  private static final Pattern WAITS =
      Pattern.compile(
          "^(waiting|creating|still|pending)|in progress|not yet|\\bis being\\b|\\bis still\\b"
              + "|waiting (for|until|on)");

  private static final Pattern WAIT = Pattern.compile("wait");

  private final OptionalLong generation;
  private final Optional<String> decides;
  private final boolean atWork;
  private final List<Evidence> found = new ArrayList<>();

  private ConditionEvidence(
      List<Condition> conditions, OptionalLong generation, Optional<String> decides) {
    this.generation = generation;
    this.decides = decides;
    this.atWork = conditions.stream().anyMatch(ConditionEvidence::isAtWork);
  }

  /// @param generation of the object; conditions about an earlier one are outdated
  static List<Evidence> of(List<Condition> conditions, OptionalLong generation) {
    var evidence = new ConditionEvidence(conditions, generation, deciding(conditions));
    conditions.forEach(evidence::hear);
    return List.copyOf(evidence.found);
  }

  /// The name of the condition that decides.
  static Optional<String> deciding(List<Condition> conditions) {
    var names = conditions.stream().map(Condition::name).toList();
    return DECIDING.stream()
        .filter(names::contains)
        .findFirst()
        .or(() -> names.reversed().stream().filter(ConditionEvidence::mayDecide).findFirst());
  }

  static boolean isAbnormal(Condition condition) {
    return ABNORMAL.matches(condition.name());
  }

  private static boolean mayDecide(String name) {
    var words = Vocabulary.split(name);
    return !ABNORMAL.matches(name)
        && !WORK.matches(name)
        && !HELD.contains(name)
        && !words.isEmpty()
        && DECIDING_WORDS.contains(words.getLast());
  }

  private static boolean isAtWork(Condition condition) {
    return WORK.matches(condition.name())
        && !condition.name().equals("Running")
        && condition.isTrue()
        && !retries(condition)
        && Vocabulary.says(condition.reason()).orElse(Says.IN_PROGRESS) == Says.IN_PROGRESS;
  }

  /// Flux writes `ProgressingWithRetry`: it failed, and it is tried again.
  private static boolean retries(Condition condition) {
    return condition.reason().contains("WithRetry");
  }

  private void hear(Condition condition) {
    var name = condition.name();
    var decisive = decides.filter(name::equals).isPresent();
    if (decisive
        && generation.isPresent()
        && condition.observedGeneration().isPresent()
        && condition.observedGeneration().getAsLong() < generation.getAsLong()) {
      add(
          Says.OUTDATED,
          true,
          condition,
          "its condition %s is about generation %d of %d"
              .formatted(name, condition.observedGeneration().getAsLong(), generation.getAsLong()));
    } else if (HELD.contains(name)) {
      if (condition.isTrue()) {
        add(Says.SUSPENDED, true, condition);
      }
    } else if (ABNORMAL.matches(name)) {
      if (condition.isTrue()) {
        add(Says.FAILED, true, condition);
      }
    } else if (WORK.matches(name)) {
      work(condition);
    } else if (condition.isFalse()) {
      no(condition, decisive);
    } else if (!decisive) {
      return;
    } else if (condition.isTrue()) {
      // True, and the reason says that something failed: MariaDB's jobs do that.
      add(Vocabulary.surelyBad(condition.reason()) ? Says.FAILED : Says.CURRENT, true, condition);
    } else if (condition.isUnknown()) {
      unknown(condition);
    } else if (condition.status().equalsIgnoreCase("degraded")) {
      add(Says.IN_PROGRESS, true, condition);
    } else {
      add(Says.UNKNOWN, true, condition);
    }
  }

  private void work(Condition condition) {
    var reason = Vocabulary.says(condition.reason());
    if (condition.isTrue()) {
      if (OVER.contains(condition.reason()) || retries(condition)) {
        return;
      }
      if (Set.of("Reconciling", "Progressing", "RollingUpdate").contains(condition.name())) {
        add(Says.IN_PROGRESS, true, condition);
      } else if (reason.filter(Says.FAILED::equals).isPresent()) {
        add(Says.FAILED, true, condition);
      } else {
        add(Says.IN_PROGRESS, false, condition);
      }
    } else if (condition.name().equals("Progressing")) {
      if (condition.isFalse() && reason.filter(Says.FAILED::equals).isPresent()) {
        add(Says.FAILED, true, condition);
      } else if (reason.filter(Says.SUSPENDED::equals).isPresent()) {
        add(Says.SUSPENDED, true, condition);
      }
    }
  }

  private void no(Condition condition, boolean decisive) {
    var why = why(condition);
    var severe = condition.severity().equals("Error");
    var waits = why.says() == Says.FAILED && !why.sure() && atWork;
    if (decisive || severe) {
      add(waits ? Says.IN_PROGRESS : why.says(), waits || why.sure() || severe, condition);
    } else if (ALSO_NEEDED.contains(condition.name())) {
      add(waits ? Says.IN_PROGRESS : why.says(), true, condition);
    } else if (decides.filter(SUMS::contains).isEmpty()) {
      var words = Vocabulary.split(condition.reason());
      if (why.says() == Says.FAILED
          && why.sure()
          && (Vocabulary.surelyBad(condition.reason())
              || words.contains("timeout")
              || words.contains("exceeded"))) {
        add(Says.FAILED, true, condition);
      } else if (why.says() == Says.IN_PROGRESS && why.sure()) {
        add(Says.IN_PROGRESS, false, condition);
      } else if (mayDecide(condition.name())) {
        add(why.says(), false, condition);
      }
    }
  }

  private void unknown(Condition condition) {
    var failed =
        Vocabulary.surelyBad(condition.reason())
            || (Vocabulary.says(condition.reason()).filter(Says.FAILED::equals).isPresent()
                && !WAIT.matcher(condition.message().toLowerCase(Locale.ROOT)).find());
    add(failed ? Says.FAILED : Says.IN_PROGRESS, true, condition);
  }

  /// Why something that should be true is false: because it failed, or because it is not done yet.
  private static Evidence why(Condition condition) {
    var message = condition.message().toLowerCase(Locale.ROOT);
    var words = Vocabulary.split(condition.message());
    var reason = Vocabulary.says(condition.reason());
    if (Vocabulary.surelyBad(condition.reason())
        || (words.size() <= 2 && Vocabulary.surelyBad(condition.message()))) {
      return evidence(Says.FAILED, true, condition);
    }
    if (reason.isPresent()
        && Set.of(Says.SUSPENDED, Says.IN_PROGRESS, Says.FAILED).contains(reason.get())) {
      return evidence(reason.get(), true, condition);
    }
    if (WAITS.matcher(message).find()) {
      return evidence(Says.IN_PROGRESS, true, condition);
    }
    if (Vocabulary.surelyBad(condition.message())) {
      return evidence(Says.FAILED, true, condition);
    }
    return condition.reason().isEmpty() && message.isEmpty()
        ? evidence(Says.IN_PROGRESS, false, condition)
        : evidence(Says.FAILED, false, condition);
  }

  private void add(Says says, boolean sure, Condition condition) {
    add(says, sure, condition, condition.said());
  }

  private void add(Says says, boolean sure, Condition condition, String sentence) {
    found.add(new Evidence(says, sure, condition.name(), sentence));
  }

  private static Evidence evidence(Says says, boolean sure, Condition condition) {
    return new Evidence(says, sure, condition.name(), condition.said());
  }
}
