package dev.fleetwright.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Says what in a history must not have happened. Each invariant is a class of its own, with tests
/// of hand-made bad histories; here they are only called one after the other.
public final class HistoryChecker {

  private HistoryChecker() {}

  /// Everything that is wrong, in the order of the invariants; empty when nothing is.
  public static List<Violation> check(History history) {
    var violations = new ArrayList<Violation>();
    run(history, violations, Invariant.I1_NOTHING_LOST, Kept::check);
    run(history, violations, Invariant.I2_ONE_AT_A_TIME, OneAtATime::check);
    run(history, violations, Invariant.I3_EFFECTS, Effects::check);
    run(history, violations, Invariant.I4_CONVERGED, Converged::check);
    run(history, violations, Invariant.I5_AUDIT, Audit::check);
    run(history, violations, Invariant.I6_LOGS, Lines::check);
    run(history, violations, Invariant.I7_MONOTONE, Monotone::check);
    run(history, violations, Invariant.I8_TIME, InTime::check);
    return violations;
  }

  private static void run(
      History history,
      List<Violation> violations,
      Invariant invariant,
      BiConsumer<History, Consumer<String>> check) {
    check.accept(history, what -> violations.add(new Violation(invariant, what)));
  }
}
