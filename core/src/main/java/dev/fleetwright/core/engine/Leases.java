package dev.fleetwright.core.engine;

import java.time.Duration;
import java.util.Optional;

/// Hands out environments or pipelines that have work, at most one holder each. Times are the
/// database's: no host's clock is trusted.
public interface Leases {

  /// Take something that has work for the engine and that nobody holds, or whose holder has not
  /// renewed in time.
  ///
  /// @param owner names this server in the record
  /// @param life how long it lasts unless renewed
  Optional<Lease> claim(String owner, Duration life);

  /// Hold it for longer.
  ///
  /// @return false when a newer generation has it: stop at once
  boolean renew(Lease lease, Duration life);

  /// Give it back, if it is still ours.
  void release(Lease lease);
}
