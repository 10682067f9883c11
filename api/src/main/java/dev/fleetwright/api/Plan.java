package dev.fleetwright.api;

import java.util.List;
import java.util.Optional;

/// Exactly what a deploy will do.
///
/// @param hash what is approved; `sha256:…`
/// @param label of what will run
/// @param summary how much changes: `2 created, 1 updated`
/// @param approvals how many people have to approve
public record Plan(
    String hash,
    String project,
    String environment,
    Deploy.Kind kind,
    Optional<Release.Brief> release,
    String label,
    String summary,
    int approvals,
    List<TargetPlan> targets,
    List<Step> steps) {

  /// What the plan knows of one target.
  ///
  /// @param from the revision that runs there by the record
  /// @param to the revision that will
  public record TargetPlan(
      String target, String kind, String from, String to, List<Change> changes) {}

  /// One thing that would change.
  ///
  /// @param what such as `web on edge-1`
  /// @param detail lines of a diff, each with `+`, `-` or a space first
  public record Change(ChangeKind kind, String what, List<String> detail) {}

  /// What happens to it.
  public enum ChangeKind {
    CREATE,
    UPDATE,
    DELETE,
    NONE
  }

  /// One thing that the plan does.
  ///
  /// @param index from 0
  /// @param target that it changes; empty when it changes nothing, such as a hold
  /// @param words for people
  /// @param observable whether what it did can be seen afterwards; if not, it is run at most once
  ///   by itself
  /// @param undoable whether taking it back does anything
  public record Step(
      int index, Optional<String> target, String words, boolean observable, boolean undoable) {}
}
