package dev.fleetwright.core.deploy;

import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// How far a deploy is.
public sealed interface DeployState {

  /// The states that the engine takes a deploy on from by itself.
  sealed interface Tended extends DeployState {}

  /// Recorded; what it will do is not decided yet.
  record Draft() implements Tended {}

  /// Decided, not begun.
  ///
  /// @param approvedBy who has approved this very plan
  /// @param held what else it waits for, as last looked at
  /// @param decided what somebody decided about its gates, by the gate's name
  record Waiting(
      Plan plan,
      SortedSet<String> approvedBy,
      List<Gate> held,
      SortedMap<String, GateDecision> decided)
      implements Tended {
    public Waiting {
      approvedBy = Collections.unmodifiableSortedSet(new TreeSet<>(approvedBy));
      held = List.copyOf(held);
      decided = Collections.unmodifiableSortedMap(new TreeMap<>(decided));
    }

    /// As it is right after planning.
    static Waiting on(Plan plan) {
      return new Waiting(plan, new TreeSet<>(), List.of(), new TreeMap<>());
    }

    /// Whether nothing holds it any more.
    public boolean ready() {
      return approved() && held.isEmpty();
    }

    /// Whether enough people have approved.
    public boolean approved() {
      return approvedBy.size() >= plan.approvals();
    }

    /// Everything it waits for, each with what would end it.
    public List<Gate> gates() {
      var gates = new ArrayList<>(held);
      if (!approved()) {
        var missing = plan.approvals() - approvedBy.size();
        gates.addFirst(
            new Gate(
                "approval",
                "%d of %d approvals".formatted(approvedBy.size(), plan.approvals()),
                missing == 1 ? "one more approval" : missing + " more approvals"));
      }
      return gates;
    }
  }

  /// A step is due or under way.
  record Running(Plan plan, int step, Phase phase, Optional<Wish> wish) implements Tended {}

  /// Stopped before a step, on request.
  record Paused(Plan plan, int step, String by) implements DeployState {}

  /// All steps are done; what runs is being watched until it is healthy.
  record Verifying(Plan plan) implements Tended {}

  /// A step is being taken back; the earlier ones follow.
  record RollingBack(Plan plan, int step, Phase phase, String cause) implements Tended {}

  /// Each try to take it on failed, or the server died of it. It stands where it stood, and only a
  /// person lets it go on, takes it back or ends it; meanwhile other deploys have their turn,
  /// unless it had begun.
  record Quarantined(Tended at, String cause) implements DeployState {}

  /// The states that never change again.
  sealed interface Finished extends DeployState {}

  /// Everything the plan says is in place and healthy.
  record Succeeded(Plan plan) implements Finished {}

  /// It failed or was called off, and all that it had done was taken back.
  record RolledBack(Plan plan, String cause) implements Finished {}

  /// Taking it back failed at a step. From here on only a person can help.
  record Stuck(Plan plan, int step, String cause, String refusal) implements Finished {}

  /// Stopped on request; what was done stays.
  ///
  /// @param plan empty when there was none yet
  /// @param applied how many steps were done
  record Cancelled(Optional<Plan> plan, String by, int applied) implements Finished {}

  /// A newer deploy went ahead of it; nothing was done.
  record Superseded(long by) implements Finished {}

  /// A newer deploy took its place while it only waited; what was done stays until the newer one
  /// has changed it, and nobody goes back to it by themselves.
  ///
  /// @param applied how many steps were done
  record Preempted(Plan plan, int applied, long by) implements Finished {}

  /// It could not be done, and nothing was changed.
  record Refused(String reason) implements Finished {}

  /// How far the step is that a deploy stands at.
  sealed interface Phase {
    /// To be done; after a crash it may have been done, so look first.
    record Due() implements Phase {}

    /// Noted as begun before it was, because nobody can see afterwards whether it was done.
    record Begun() implements Phase {}

    /// It may or may not have happened; the target is being asked what it runs.
    record InDoubt(String during) implements Phase {}

    /// The step changes nothing: it watches what runs, since then.
    record Watching(Instant since) implements Phase {}
  }

  /// What a person wants as soon as the step under way has ended.
  sealed interface Wish {
    record Cancel(String by) implements Wish {}

    record Pause(String by) implements Wish {}

    record RollBack(String by, String reason) implements Wish {}
  }

  /// Before anything.
  static DeployState initial() {
    return new Draft();
  }

  /// The plan, where there is one.
  default Optional<Plan> currentPlan() {
    return switch (this) {
      case Draft _, Superseded _, Refused _ -> Optional.empty();
      case Waiting waiting -> Optional.of(waiting.plan());
      case Running running -> Optional.of(running.plan());
      case Paused paused -> Optional.of(paused.plan());
      case Verifying verifying -> Optional.of(verifying.plan());
      case RollingBack back -> Optional.of(back.plan());
      case Quarantined(var at, _) -> at.currentPlan();
      case Succeeded succeeded -> Optional.of(succeeded.plan());
      case RolledBack back -> Optional.of(back.plan());
      case Stuck stuck -> Optional.of(stuck.plan());
      case Cancelled cancelled -> cancelled.plan();
      case Preempted preempted -> Optional.of(preempted.plan());
    };
  }

  /// Whether it has begun to change things and has not ended; at most one deploy of an environment
  /// does.
  default boolean holdsEnvironment() {
    return switch (this) {
      case Running _, Paused _, Verifying _, RollingBack _ -> true;
      case Quarantined(var at, _) -> at.holdsEnvironment();
      case Draft _, Waiting _, Finished _ -> false;
    };
  }

  /// Whether it has begun but changes nothing now: it waits for health, for a hold to end, or for
  /// the person who paused it. Only such a deploy may be pre-empted.
  default Optional<Idleness> idleness() {
    return switch (this) {
      case Verifying _ -> Optional.of(Idleness.HEALTH);
      case Paused _ -> Optional.of(Idleness.PAUSE);
      case Running running when running.phase() instanceof Phase.Watching ->
          Optional.of(Idleness.HOLD);
      case Draft _, Waiting _, Running _, RollingBack _, Quarantined _, Finished _ ->
          Optional.empty();
    };
  }

  /// Whether the engine has something to do for it, now or when some time has passed, without
  /// anybody else acting first.
  default boolean needsEngine() {
    return switch (this) {
      case Draft _, Waiting _, Verifying _, RollingBack _ -> true;
      case Running(var plan, var step, var phase, var wish) ->
          // A begun step that cannot be observed waits for a person, once it is in doubt. The wish
          // for a pause does not end the doubt: after the pause the step would be done again.
          !(phase instanceof Phase.InDoubt
                  && plan.steps().get(step) instanceof Step.Change change
                  && !change.observable())
              || wish.filter(w -> !(w instanceof Wish.Pause)).isPresent();
      case Paused _, Quarantined _, Finished _ -> false;
    };
  }

  /// As it is written in answers: `rolling_back`, `succeeded` …
  default String keyword() {
    return Keyword.of(getClass());
  }
}
