package dev.fleetwright.kubernetes.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.kubernetes.health.RuleProgram.Answer;
import dev.fleetwright.kubernetes.health.Verdict.Current;
import dev.fleetwright.kubernetes.health.Verdict.Failed;
import dev.fleetwright.kubernetes.health.Verdict.InProgress;
import dev.fleetwright.kubernetes.health.Verdict.NotFound;
import dev.fleetwright.kubernetes.health.Verdict.Suspended;
import dev.fleetwright.kubernetes.health.Verdict.Unknown;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Rules for the objects of certain groups and kinds, written as data: in which order to ask what,
/// in CEL, and what is to be said then. `docs/guide/kubernetes-health.md` is the reference.
///
/// A rule cannot reach anything but the object. What it may cost is bounded ([RuleProgram]). A rule
/// that cannot be evaluated makes the object [Unknown], never current.
public final class HealthRules {

  /// What was read, and everything that is wrong with it. With problems there are no rules.
  public record Reading(HealthRules rules, List<String> problems) {
    public Reading {
      problems = List.copyOf(problems);
    }

    public boolean sound() {
      return problems.isEmpty();
    }
  }

  /// The first check whose `when` is true says how the object is; if none is, the rule has no
  /// opinion and somebody else is asked.
  record Rule(List<KindPattern> kinds, boolean evenIfOutdated, List<Check> checks) {}

  /// @param says one of the words of [#verdict]
  record Check(String says, RuleProgram when, Sentence because) {}

  private static final class Shipped {
    static final HealthRules RULES = load();

    private static HealthRules load() {
      var name = "health-rules.yml";
      try (var file = HealthRules.class.getResourceAsStream(name)) {
        if (file == null) {
          throw new IllegalStateException("reading " + name + ", which is not in the jar");
        }
        var reading = read(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
        if (!reading.sound()) {
          throw new IllegalStateException(
              "reading " + name + ": " + String.join("\n", reading.problems()));
        }
        return reading.rules();
      } catch (IOException e) {
        throw new UncheckedIOException("reading " + name, e);
      }
    }
  }

  private final List<Rule> rules;

  HealthRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /// The rules that ship with Fleetwright. Compiled once, with the first use.
  public static HealthRules shipped() {
    return Shipped.RULES;
  }

  /// Reads a file of rules; never throws.
  ///
  /// @param name of the file, for the messages
  public static Reading read(String name, String text) {
    return HealthRulesReader.read(name, text);
  }

  /// Those of its rules that are for whole API groups: that name no kind.
  HealthRules withoutKinds() {
    return only(rule -> rule.kinds().stream().allMatch(KindPattern::isGroup));
  }

  private HealthRules only(Predicate<Rule> which) {
    return new HealthRules(rules.stream().filter(which).toList());
  }

  /// What the first rule for its kind with an opinion says; nothing if there is none.
  Optional<Verdict> judge(JsonNode object, Instant now) {
    var kind = Kind.of(object);
    RuleInput input = null;
    for (var rule : rules) {
      if (rule.kinds().stream().noneMatch(pattern -> pattern.matches(kind))) {
        continue;
      }
      // Whatever a status says about an earlier generation is not about this one.
      if (!rule.evenIfOutdated() && isOutdated(object)) {
        return Optional.empty();
      }
      if (input == null) {
        input = RuleInput.of(object, now);
      }
      for (var check : rule.checks()) {
        switch (check.when().ask(input)) {
          case Answer.Yes _ -> {
            return Optional.of(verdict(check.says(), check.because().of(input)));
          }
          case Answer.No _ -> {}
          case Answer.Broken(var why) -> {
            return Optional.of(
                new Unknown("a health rule for %s cannot be evaluated: %s".formatted(kind, why)));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isOutdated(JsonNode object) {
    var generation = Numbers.whole(object.path("metadata").path("generation"));
    var conditions = Condition.of(object);
    var decides = ConditionEvidence.deciding(conditions).orElse("");
    return generation.isPresent()
        && Stream.concat(
                Stream.of(Numbers.whole(object.path("status").path("observedGeneration"))),
                conditions.stream()
                    .filter(it -> it.name().equals(decides))
                    .map(Condition::observedGeneration))
            .anyMatch(seen -> seen.isPresent() && seen.getAsLong() < generation.getAsLong());
  }

  static boolean isVerdict(String word) {
    return List.of(
            "current",
            "in-progress",
            "failed",
            "failed-for-good",
            "suspended",
            "not-found",
            "unknown")
        .contains(word);
  }

  private static Verdict verdict(String says, String sentence) {
    return switch (says) {
      case "current" -> new Current(sentence);
      case "in-progress" -> new InProgress(sentence);
      case "failed" -> new Failed(sentence, false);
      case "failed-for-good" -> new Failed(sentence, true);
      case "suspended" -> new Suspended(sentence);
      case "not-found" -> new NotFound(sentence);
      default -> new Unknown(sentence);
    };
  }
}
