package dev.fleetwright.core.deploy;

import dev.fleetwright.core.project.ProjectName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Deploys for those who only look: lists in which one that cannot be read hides no other, and what
/// a request has asked for before.
///
/// The engine does not act on these lists. It asks [Deploys], which throws
/// [dev.fleetwright.core.engine.RecordUnreadable] where something would have to be guessed.
public interface DeployRecords {

  /// Of one environment, newest first.
  List<Entry> of(long environment, int most, int skip);

  /// Of all environments of a project, newest first.
  List<Entry> of(ProjectName project, int most, int skip);

  /// Of one environment, those that have not ended, oldest first.
  List<Entry> unfinished(long environment);

  /// Of one environment, the one that has begun and then the oldest of those that have not ended.
  ///
  /// @param most how many at least, where there are as many
  List<Entry> unfinished(long environment, int most);

  /// Of each environment, those that others wait for in whatever mode its queue is: of those that
  /// have not ended the one that has begun, the oldest and the newest, oldest first.
  ///
  /// @return nothing of environments where all have ended
  Map<Long, List<Entry>> queueEnds(Collection<Long> environments);

  /// Of some projects, the oldest that have not ended and may wait for a person: for an approval,
  /// in a pause, or in the middle of a step.
  List<Entry> mayWaitForPeople(Collection<ProjectName> projects, int most);

  /// The deploy that was asked for under an idempotency key.
  ///
  /// @throws dev.fleetwright.core.engine.RecordUnreadable if it cannot be read
  Optional<DeployView> asked(long environment, String idempotencyKey);

  /// A line of a list.
  sealed interface Entry {}

  /// As it is recorded.
  record Intact(DeployView view) implements Entry {}

  /// It was damaged, or a newer release wrote it. It is left as it is.
  ///
  /// @param number as people know it
  /// @param why what is wrong, for people
  record Unreadable(long id, long number, long environment, String why) implements Entry {}

  /// The id of the environment that an entry is of.
  static long environment(Entry entry) {
    return switch (entry) {
      case Intact(var view) -> view.deploy().environment();
      case Unreadable(_, _, var environment, _) -> environment;
    };
  }

  /// Those that can be read.
  static List<DeployView> readable(List<Entry> entries) {
    return entries.stream()
        .flatMap(entry ->
            switch (entry) {
              case Intact(var view) -> java.util.stream.Stream.of(view);
              case Unreadable _ -> java.util.stream.Stream.<DeployView>of();
            })
        .toList();
  }
}
