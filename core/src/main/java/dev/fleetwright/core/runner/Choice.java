package dev.fleetwright.core.runner;

import dev.fleetwright.core.project.ProjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who gets what; pure.
public final class Choice {

  private Choice() {}

  /// The jobs that a runner may take, the one first that it should: of the project that has the
  /// fewest jobs with runners, and of these the one that waits longest. So one project with a
  /// thousand jobs does not keep the others waiting, as with GitLab's fair scheduling of shared
  /// runners.
  ///
  /// @param offered oldest first
  /// @param taken how many each project has with runners
  public static List<HandOut> inTurn(
      Runner runner, List<HandOut> offered, Map<ProjectName, Integer> taken) {
    return runner.paused()
        ? List.of()
        : offered.stream()
            .filter(o -> runner.fits(o.wish()))
            .sorted(
                Comparator.comparingInt((HandOut o) -> taken.getOrDefault(o.wish().project(), 0))
                    .thenComparingLong(HandOut::id))
            .toList();
  }

  /// Why a job waits, where that is not only because all runners for it are busy; for people.
  ///
  /// @param heard when a machine of each runner was last heard of
  /// @param silence how long a runner may be silent
  public static Optional<String> obstacle(
      Wish wish, List<Runner> runners, Map<Long, Instant> heard, Instant now, Duration silence) {
    var inScope = runners.stream().filter(r -> r.isFor(wish.project())).toList();
    if (inScope.isEmpty()) {
      return Optional.of(
          "there is no runner for project `%s`; make one with `fleetwright runner create`"
              .formatted(wish.project()));
    }
    var fitting = inScope.stream().filter(r -> r.fits(wish)).toList();
    if (fitting.isEmpty()) {
      return Optional.of(unfit(wish, inScope));
    }
    var active = fitting.stream().filter(r -> !r.paused()).toList();
    if (active.isEmpty()) {
      return Optional.of(
          names(fitting) + (fitting.size() == 1 ? " fits and is paused" : " fit and are paused"));
    }
    var live = new HashMap<>(heard);
    live.values().removeIf(at -> at.plus(silence).isBefore(now));
    return active.stream().anyMatch(r -> live.containsKey(r.id()))
        ? Optional.empty()
        : Optional.of(
            "%s %s not been heard of for %d minutes"
                .formatted(
                    names(active), active.size() == 1 ? "has" : "have", silence.toMinutes()));
  }

  private static String unfit(Wish wish, List<Runner> inScope) {
    if (wish.tags().isEmpty()) {
      return inScope.stream().anyMatch(Runner::runUntagged)
          ? "the runners that take jobs without tags are for protected branches only"
          : "there is no runner that takes jobs without tags";
    }
    return inScope.stream().anyMatch(r -> r.tags().containsAll(wish.tags()))
        ? "the runners with the tags %s are for protected branches only"
            .formatted(wish.spokenTags())
        : wish.tags().size() == 1
            ? "there is no runner with the tag " + wish.spokenTags()
            : "there is no runner with all of the tags " + wish.spokenTags();
  }

  private static String names(List<Runner> runners) {
    return (runners.size() == 1 ? "runner " : "runners ")
        + String.join(", ", runners.stream().map(r -> "`" + r.description() + "`").toList());
  }
}
