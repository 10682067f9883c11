package dev.fleetwright.core.engine;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// How often work on each lease was in vain, and which deploy it was in vain for.
///
/// The count is committed when a lease is claimed, so it is there also when the server dies of the
/// try. Which deploy it is about is noted from the second try on only: a try that goes well costs
/// no write.
final class Attempts {

  /// Reliability, R18.
  static final int MOST = 3;

  private final Leases leases;
  private final Set<Lease> doubtful = ConcurrentHashMap.newKeySet();

  Attempts(Leases leases) {
    this.leases = leases;
  }

  /// A lease was claimed.
  ///
  /// @return the deploy that every one of the tries was in vain for; empty while it may go on
  Optional<Long> begin(Lease lease) {
    var tries = leases.tries(lease);
    if (tries.count() > 1) {
      doubtful.add(lease);
    }
    return tries.count() > MOST ? tries.suspect() : Optional.empty();
  }

  /// This deploy is worked on from now.
  void on(Lease lease, long deploy) {
    if (doubtful.contains(lease)) {
      leases.suspect(lease, deploy);
    }
  }

  /// Work with it is over.
  void end(Lease lease) {
    doubtful.remove(lease);
  }
}
