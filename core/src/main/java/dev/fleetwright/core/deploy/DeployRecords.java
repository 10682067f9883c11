package dev.fleetwright.core.deploy;

import dev.fleetwright.core.project.ProjectName;
import java.util.List;
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
