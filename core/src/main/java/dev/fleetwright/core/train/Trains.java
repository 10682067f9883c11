package dev.fleetwright.core.train;

import dev.fleetwright.core.access.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The trains that were asked for. Each change writes a ledger record and a feed entry in its
/// transaction.
public interface Trains {

  /// Record a train and all its deploys, in one transaction: there is never a part of it. Without
  /// an idempotency key a repetition after an exception may record a second one.
  ///
  /// @return the train that was recorded, now or under the same key before
  Train add(TrainRequest request, Actor by, Instant at);

  /// The train that was asked for under an idempotency key.
  Optional<Train> asked(String idempotencyKey);

  /// One train.
  Optional<Train> find(long id);

  /// The one that a deploy is a member of.
  Optional<Train> ofDeploy(long deploy);

  /// Newest first.
  List<Train> all(int most, int skip);

  /// Those that are not over, oldest first.
  List<Train> unfinished();

  /// Note that it goes back. The first word counts: one that goes back already, or is over, stays
  /// as it is, so repeating is safe.
  ///
  /// @return whether it was noted now
  boolean goBack(long id, String reason, Actor by, Instant at);

  /// Note that a failure of a member takes nothing back from now on. Without effect on one that
  /// goes back already, or is over.
  void keep(long id, Actor by, Instant at);

  /// Note that it is over. The first word counts.
  ///
  /// @param how a state that is [TrainState#over]
  void end(long id, TrainState how, Instant at);

  /// Have the environment of a member looked at soon: what it waited for in the train has come.
  void wake(long deploy);
}
