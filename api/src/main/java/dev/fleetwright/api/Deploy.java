package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A deploy and how far it is.
///
/// @param number counts a project's deploys from 1
/// @param release what it brings; empty for a take-down
/// @param rollbackOf the id of the deploy that it takes back or goes back to
/// @param job the id of the pipeline job whose status follows it
/// @param planHash of its plan, once it has one
/// @param summary how much its plan changes
/// @param gates what it waits for, each with what would end it
/// @param approvals how many people have to approve
/// @param approvedBy who has
/// @param step from 0, the one that it stands at
/// @param steps how many its plan has
/// @param inDoubt whether it may or may not have happened what that step does
/// @param outcome why it ended as it did, or goes back; empty when all is well
public record Deploy(
    long id,
    long number,
    String project,
    String environment,
    Kind kind,
    State state,
    Optional<Release.Brief> release,
    Optional<Long> rollbackOf,
    Optional<Long> job,
    Optional<String> planHash,
    Optional<String> summary,
    List<Gate> gates,
    int approvals,
    List<String> approvedBy,
    Optional<Integer> step,
    int steps,
    boolean inDoubt,
    Optional<String> outcome,
    String by,
    String reason,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    Instant updatedAt) {

  /// What a deploy is for.
  public enum Kind {
    START,
    STOP,
    ROLLBACK
  }

  /// How far a deploy is.
  public enum State {
    DRAFT,
    WAITING,
    RUNNING,
    PAUSED,
    VERIFYING,
    ROLLING_BACK,
    /// Each try failed, or the server ended in the middle of it; a person decides.
    QUARANTINED,
    SUCCEEDED,
    ROLLED_BACK,
    STUCK,
    CANCELLED,
    SUPERSEDED,
    PREEMPTED,
    REFUSED;

    /// Whether it never changes again.
    public boolean finished() {
      return switch (this) {
        case SUCCEEDED, ROLLED_BACK, STUCK, CANCELLED, SUPERSEDED, PREEMPTED, REFUSED -> true;
        case DRAFT, WAITING, RUNNING, PAUSED, VERIFYING, ROLLING_BACK, QUARANTINED -> false;
      };
    }
  }

  /// Something that a planned deploy waits for.
  ///
  /// @param name short and fixed, such as `approval` or `queue`
  /// @param reason why it is closed
  /// @param endedBy what would open it
  /// @param opensAt when it opens by itself, where that is known
  public record Gate(String name, String reason, String endedBy, Optional<Instant> opensAt) {}

  /// A deploy with everything that is known of it.
  public record Detail(
      Deploy deploy, Optional<Plan> plan, List<StepStatus> steps, List<Event> events) {}

  /// How far one step is.
  ///
  /// @param target that it changes; empty when it changes nothing
  /// @param note what was done, or why not
  public record StepStatus(
      int index,
      Optional<String> target,
      String words,
      StepState state,
      Optional<String> note,
      Optional<Instant> since) {}

  /// How far a step is.
  public enum StepState {
    /// Its turn has not come.
    WAITING,
    /// It is due or under way.
    RUNNING,
    /// It may or may not have happened.
    IN_DOUBT,
    APPLIED,
    /// The target refused; nothing changed.
    REFUSED,
    /// It is being taken back.
    UNDOING,
    UNDONE,
    /// It could not be taken back.
    UNDO_REFUSED,
    /// The deploy ended before its turn came.
    SKIPPED
  }

  /// Something that happened to a deploy.
  ///
  /// @param kind such as `step_applied`
  /// @param step that it is about
  /// @param text a note or reason
  public record Event(
      long sequence,
      Instant at,
      String by,
      String kind,
      Optional<Integer> step,
      Optional<String> text) {}

  /// Ask what a deploy would do, or ask for it to be done.
  ///
  /// @param release the number of a release; empty for the newest of `ref`
  /// @param ref a branch, tag or commit that has a release; empty for the default branch
  /// @param only names of the components that are brought, the others stay as they are; empty or
  ///   left out for all
  /// @param plan the hash of a previewed plan: only exactly that is done; refused when the target
  ///   has moved since
  /// @param notBefore when it may begin at the earliest
  public record Request(
      String project,
      String environment,
      Optional<Long> release,
      Optional<String> ref,
      Optional<List<String>> only,
      Optional<String> plan,
      Optional<String> reason,
      Optional<Instant> notBefore) {

    /// All components, as soon as its gates are open.
    public Request(
        String project,
        String environment,
        Optional<Long> release,
        Optional<String> ref,
        Optional<String> plan,
        Optional<String> reason) {
      this(project, environment, release, ref, Optional.empty(), plan, reason, Optional.empty());
    }
  }

  /// Open a gate of a waiting deploy, or close it again.
  ///
  /// @param reason needed to open one that a rule keeps closed, such as a freeze
  public record DecideGate(boolean open, Optional<String> reason) {}

  /// Agree to one very plan.
  ///
  /// @param plan its hash
  public record Approve(String plan) {}

  /// Disagree, cancel or roll back, saying why.
  public record Because(Optional<String> reason) {}

  /// Say what is known of a step in doubt that cannot be observed.
  ///
  /// @param step from 0
  /// @param verdict what happened, or what to do
  public record Settle(int step, Verdict verdict) {}

  /// What a person says of a step in doubt.
  public enum Verdict {
    /// It was done: go on after it.
    DONE,
    /// Do it again, whether or not it was done.
    REPEAT,
    /// It was not done: take back the steps before it.
    NOT_DONE
  }
}
