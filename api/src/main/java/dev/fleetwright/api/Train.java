package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Several deploys that were asked for as one, in an order.
///
/// @param hash over all plans, the order and what happens on a failure; what is approved
/// @param back why it goes back, or went
public record Train(
    long id,
    String hash,
    OnFailure onFailure,
    State state,
    List<Member> members,
    String by,
    String reason,
    Instant askedAt,
    Optional<Back> back) {

  /// What happens when a member does not succeed.
  public enum OnFailure {
    /// Those that come after it wait; the others go on.
    HOLD,
    /// Nothing more begins, and what was done is taken back, the last first.
    BACK
  }

  /// How far a train is.
  public enum State {
    WAITING,
    RUNNING,
    /// A member did not succeed, and those that come after it wait for a person.
    HELD,
    SUCCEEDED,
    /// All members have ended, not all of them well.
    INCOMPLETE,
    GOING_BACK,
    TAKEN_BACK,
    /// Something could not be taken back.
    STUCK;

    /// Whether it never changes again.
    public boolean finished() {
      return switch (this) {
        case SUCCEEDED, INCOMPLETE, TAKEN_BACK, STUCK -> true;
        case WAITING, RUNNING, HELD, GOING_BACK -> false;
      };
    }
  }

  /// One deploy of it.
  ///
  /// @param name `project/environment`
  /// @param after the names of those that have to succeed before it may begin
  public record Member(String name, List<String> after, Deploy deploy) {}

  /// Why it goes back.
  public record Back(String by, String reason, Instant at) {}

  /// What a train would do.
  ///
  /// @param hash what is approved; `sha256:…`
  /// @param approvals how many approvals its members need together
  public record Preview(
      String hash, OnFailure onFailure, int approvals, List<PlannedMember> members) {}

  /// What one member would do.
  public record PlannedMember(String name, List<String> after, Plan plan) {}

  /// Ask what a train would do, or ask for it to be done.
  ///
  /// @param onFailure left out for `HOLD`
  /// @param plan the hash of a preview: only exactly that is done; refused when anything has moved
  ///   since
  public record Request(
      List<Wanted> members,
      Optional<OnFailure> onFailure,
      Optional<String> plan,
      Optional<String> reason) {}

  /// A member that is wanted.
  ///
  /// @param release the number of a release; left out for the newest
  /// @param after names, `project/environment`, of those that have to succeed before
  public record Wanted(
      String project, String environment, Optional<Long> release, Optional<List<String>> after) {}

  /// Agree to one very train.
  ///
  /// @param plan its hash
  public record Approve(String plan) {}

  /// Take it back, saying why.
  public record TakeBack(Optional<String> reason) {}
}
