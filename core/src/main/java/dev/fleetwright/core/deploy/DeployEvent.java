package dev.fleetwright.core.deploy;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.plan.Plan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Something that happened to a deploy. Stored for good; the state is what they add up to.
public sealed interface DeployEvent {

  /// It was decided what it will do. While it waits, a new plan takes the place of the old one and
  /// with it every approval.
  record Planned(Plan plan) implements DeployEvent {}

  /// It was decided that it cannot be done.
  record PlanRefused(String reason) implements DeployEvent {}

  /// A person agreed to one very plan.
  record Approved(String by, Digest plan) implements DeployEvent {}

  /// A person disagreed.
  record Rejected(String by, String reason) implements DeployEvent {}

  /// What it waits for, when that changed.
  record Held(List<Gate> gates) implements DeployEvent {
    public Held {
      gates = List.copyOf(gates);
    }
  }

  /// Somebody decided about one gate; the last decision counts. It outlives a new plan, because it
  /// is about the deploy and the hour, not about what will change.
  record GateDecided(String gate, GateDecision decision) implements DeployEvent {}

  /// Every gate is open; the first step is due.
  record Started() implements DeployEvent {}

  /// What the plan was made on has changed, and it must not be made anew.
  record BasisMoved(String what) implements DeployEvent {}

  /// A step that cannot be observed is about to be done.
  record StepBegun(int step) implements DeployEvent {}

  /// The answer to a step, or to taking it back, was lost.
  record StepInDoubt(int step, String during) implements DeployEvent {}

  /// A step is done.
  record StepApplied(int step, String note) implements DeployEvent {}

  /// A step was refused; the target is as it was before it.
  record StepRefused(int step, String reason) implements DeployEvent {}

  /// It stayed unknown for too long whether a step was done, or a step was refused after it may
  /// have been done in part: it is taken back like those before it.
  record StepAbandoned(int step, String reason) implements DeployEvent {}

  /// A wish was granted before the step was done.
  record StoppedBefore(int step) implements DeployEvent {}

  /// A person wants a step in doubt to be done again.
  record RepeatAsked(int step, String by) implements DeployEvent {}

  /// A step that changes nothing, such as a canary's hold, watches what runs from now on.
  record WatchBegan(int step, Instant since) implements DeployEvent {
    public WatchBegan {
      // As it is kept, so that the event that was read equals the one that was written.
      since = since.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  /// Such a step is over, and the next one is due.
  record WatchEnded(int step, String note) implements DeployEvent {}

  /// What was watched is not as it should be.
  record WatchFailed(int step, String reason) implements DeployEvent {}

  /// Everything that runs is healthy.
  record Verified() implements DeployEvent {}

  /// It did not become healthy in time.
  record VerificationFailed(String reason) implements DeployEvent {}

  /// A step was taken back.
  record StepUndone(int step, String note) implements DeployEvent {}

  /// A step could not be taken back.
  record UndoRefused(int step, String reason) implements DeployEvent {}

  record CancelAsked(String by) implements DeployEvent {}

  record PauseAsked(String by) implements DeployEvent {}

  record ResumeAsked(String by) implements DeployEvent {}

  record RollbackAsked(String by, String reason) implements DeployEvent {}

  /// A newer deploy of the same environment went ahead.
  record SupersededBy(long deploy) implements DeployEvent {}

  /// A newer deploy of the same environment was ready while this one only waited. What this one did
  /// stays until the newer one has changed it.
  record PreemptedBy(long deploy) implements DeployEvent {}

  /// Each try to take it on failed, or the server died of it: no more tries without a person.
  record QuarantineBegan(String cause) implements DeployEvent {}

  /// A person lets it be tried again.
  record QuarantineLifted(String by, String reason) implements DeployEvent {}

  /// As it is written in the ledger and in answers: `step_applied` …
  default String keyword() {
    return Keyword.of(getClass());
  }
}
