package dev.fleetwright.core.target;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One place that releases are deployed to: a folder of this machine, hosts, a cluster, a bucket.
///
/// **The engine calls [#apply] and [#remove] at least once per step.** After a crash it calls again
/// with the same [ApplyId], possibly from another server. An adapter therefore looks before it
/// acts, and answers [Outcome.Applied] for a change that is already there.
///
/// **[Outcome.Refused] promises that the slice is as it was before the call**; an adapter that had
/// begun puts it back first. When it cannot know, it answers [Outcome.Unknown].
///
/// Implementations are free of locks and threads of their own: each call runs on its own virtual
/// thread and may block. Interruption means *stop waiting*, never *undo*. Several environments are
/// worked on at once; for one [Place] the engine calls one at a time, except for [#observe],
/// [#preview] and [#logs].
public interface Target {

  /// The setting of a component whose files are objects for a scheduler.
  String MANIFESTS = "manifests";

  /// What it can do. Constant for as long as this object lives.
  Set<Capability> capabilities();

  /// What runs there. An instance that cannot be reached is part of the answer, as
  /// [Health#UNREACHABLE].
  ///
  /// @throws TargetUnreachable when nothing can be said at all
  Observation observe(Place place);

  /// What of a release runs here, and exactly how. Asked while a deploy is planned; the answer is
  /// what is previewed, approved, applied, and applied again when somebody goes back to it. The
  /// same release and variables give the same revision.
  ///
  /// By default everything but what is written for a scheduler: components whose settings have
  /// [#MANIFESTS].
  ///
  /// @param variables what may stand in templates, by name
  /// @throws IllegalArgumentException when it cannot be rendered; the message says what and where
  default Revision rendered(Place place, Revision release, Map<String, String> variables) {
    return new Revision(
        release.components().stream().filter(c -> c.settings().text(MANIFESTS).isEmpty()).toList());
  }

  /// What applying would change; touches nothing.
  ///
  /// @throws TargetUnreachable when the target cannot be asked
  Preview preview(Place place, Revision desired);

  /// Why a slice of a kind that this target can do in general is of no use for this revision here,
  /// in words that follow `it`, such as `has one component without a port`. Asked while a deploy is
  /// planned; touches nothing.
  ///
  /// @throws TargetUnreachable when the target cannot be asked
  default Optional<String> objection(Place place, Revision desired, Slice slice) {
    return Optional.empty();
  }

  /// Make the slice run what the revision says. Components that already run by digest and are
  /// healthy are left alone. Returns when they are healthy, or refuses and puts back what ran.
  Outcome apply(Order order, Place place, Revision desired, Slice slice);

  /// Take everything away: stop what runs, then delete what this place keeps.
  Outcome remove(Order order, Place place);

  /// What components print, where the target can tell ([Capability#LOGS]).
  default Optional<Logs> logs() {
    return Optional.empty();
  }
}
