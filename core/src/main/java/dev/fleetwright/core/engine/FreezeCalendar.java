package dev.fleetwright.core.engine;

import dev.fleetwright.core.environment.FreezeWindow;
import java.time.Instant;
import java.util.Optional;

/// Knows when freeze windows are. It has no clock: the same question has the same answer always, on
/// every server.
@FunctionalInterface
public interface FreezeCalendar {

  /// When the freeze that this moment lies in is over.
  ///
  /// A moment lies in a freeze when the last time that `from` fired, at or before it, is later than
  /// the last time that `to` fired: GitLab's rule for freeze periods. The minute in which it ends
  /// is therefore free, also when it begins in the same one.
  ///
  /// @return empty when the moment is in no freeze of this window
  /// @throws IllegalArgumentException if `from` or `to` is no cron expression that ever fires;
  ///   reading `fleetwright.yml` refuses such
  Optional<Instant> frozenUntil(FreezeWindow window, Instant moment);
}
