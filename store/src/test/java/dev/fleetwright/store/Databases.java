package dev.fleetwright.store;

/// Where a contract's tests get their databases from, one at a time.
interface Databases extends AutoCloseable {

  /// Open one with nothing in it.
  Database fresh();

  /// Open again what [#fresh] opened last.
  Database reopened();

  /// Change its tables behind its back.
  void execute(String sql);

  @Override
  void close();
}
