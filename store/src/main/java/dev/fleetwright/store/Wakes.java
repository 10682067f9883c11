package dev.fleetwright.store;

/// Tells other servers on the same database that there may be something to do. Only a hint: all of
/// them may get lost, and then it is found by looking.
interface Wakes extends AutoCloseable {

  /// Tell them, soon; returns at once.
  void tell();

  @Override
  void close();

  /// There are no others.
  Wakes NONE =
      new Wakes() {
        @Override
        public void tell() {}

        @Override
        public void close() {}
      };
}
