package dev.fleetwright.core.engine;

/// What a loop asks about the lease that it works with.
interface LeaseGuard {

  /// Begin something that changes the world outside. Until it is closed, a server that shall stop
  /// waits for it.
  ///
  /// @throws LeaseLost when the lease may be over by this process's monotonic clock: another server
  ///   may have begun, and asking the database first would take too long to be sure
  Effect effect(Lease lease);

  /// Whether so many leases are held that one who only waits should give its own back.
  default boolean crowded() {
    return false;
  }

  /// Whether this server shall stop: come to an end before the next step, wherever that is safe.
  /// Another server goes on from there.
  boolean leaves(Lease lease);

  /// Whether to come to an end before the next deploy, because this server shall stop or because
  /// another one may want its turn.
  boolean turnIsOver(Lease lease);

  /// Something that changes the world outside is under way.
  interface Effect extends AutoCloseable {
    @Override
    void close();
  }

  /// Lasts for ever and never has to be left: for a loop that runs alone.
  LeaseGuard FOREVER =
      new LeaseGuard() {
        @Override
        public Effect effect(Lease lease) {
          return () -> {};
        }

        @Override
        public boolean leaves(Lease lease) {
          return false;
        }

        @Override
        public boolean turnIsOver(Lease lease) {
          return false;
        }
      };
}
