package dev.fleetwright.core.environment;

import dev.fleetwright.core.access.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which environments take nothing by themselves. A deploy of something older sets a hold in the
/// transaction that records it, see [dev.fleetwright.core.deploy.HoldChange].
///
/// Each change writes a ledger record and a feed entry in its transaction.
public interface Holds {

  /// The environment's, if it is held.
  Optional<EnvironmentHold> of(long environment);

  /// All that are in force.
  List<EnvironmentHold> all();

  /// Hold an environment. One that is held already stays as it is, so repeating is safe.
  ///
  /// @return the hold that is in force
  EnvironmentHold set(long environment, String reason, Actor by, Instant at);

  /// End it. From then on the environment takes again what it would have taken: also a release that
  /// was there before it was held.
  ///
  /// @return false when it was not held
  boolean lift(long environment, Actor by, Instant at);
}
